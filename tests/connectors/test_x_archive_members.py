"""The archive's own format: members cut, dates read, mutated bytes survived."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.demo import x_archive_writer as writer
from auditor.errors import ConnectorError
from connectors.x_archive.members import instant, parse_member, read_archive, text
from tests.connectors.support_archive import MADE, archive, collect
from tests.support import make_context


@pytest.mark.parametrize(
    "member",
    [
        b'window.YTD.sso.part0 = [ {"a" : 1} ]',
        b'window.YTD.sso.part0 = [\n  {"a" : 1} ]\n',
        b'\xef\xbb\xbfwindow.YTD.sso.part0 = [{"a":1}];\n',
    ],
)
def test_both_generations_of_whitespace_are_read(member: bytes) -> None:
    """The cut is at the first ' = ', on whatever line the list begins."""
    assert parse_member(member) == ("YTD.sso.part0", [{"a": 1}])


def test_an_equals_sign_in_the_data_is_data() -> None:
    """Only the first ' = ' is the assignment."""
    assert parse_member(b'window.a = ["x = y"]') == ("a", ["x = y"])


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_value_survives_the_members_format(value: object) -> None:
    """What is assigned is what is read."""
    assert parse_member(f"window.YTD.a.part0 = {json.dumps(value)}".encode()) == ("YTD.a.part0", value)


@given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda tail: b"window.a = " + tail))
def test_any_bytes_are_a_member_or_a_value_error(data: bytes) -> None:
    """No other exception comes out of the parser."""
    with contextlib.suppress(ValueError):
        parse_member(data)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019-03-02T18:11:02.000Z", datetime(2019, 3, 2, 18, 11, 2, tzinfo=UTC)),
        ("2015.07.01", datetime(2015, 7, 1, tzinfo=UTC)),
        ("2026-01-05T10:00:00-05:00", datetime(2026, 1, 5, 15, tzinfo=UTC)),
        ("1767607200000", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("", None),
        (None, None),
        (7, None),
        ("yesterday", None),
        ("2015.13.01", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_dates_of_every_member_are_read(value: object, expected: datetime | None) -> None:
    """ISO instants, dotted days and epoch milliseconds become UTC; anything else is not known."""
    assert instant(value) == expected


@given(st.text(st.characters(), max_size=30))
def test_text_is_always_storable(value: str) -> None:
    """Whatever JSON smuggles in, what comes out encodes as UTF-8 and holds no NUL."""
    found = text(value)
    assert found is None or (found.encode() and "\0" not in found)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_mutated_archives_raise_nothing_but_connector_errors(tmp_path: Path, data: st.DataObject) -> None:
    """Bytes changed inside members, or in the zip itself, are read or refused."""
    members: dict[str, str | bytes] = dict(writer.current_members(archive()))
    name = data.draw(st.sampled_from([name for name in sorted(members) if name.startswith("data/")]))
    raw = bytearray(str(members[name]).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    members[name] = bytes(raw)
    path = writer.write_archive(tmp_path / "a.zip", members, MADE)
    if data.draw(st.booleans()):
        whole = bytearray(path.read_bytes())
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(bytes(whole))
    with contextlib.suppress(ConnectorError):
        collect(path, make_context(tmp_path))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(member=st.sampled_from([name for name in writer.WRAPPERS if name != "account"]), data=st.data())
def test_records_of_any_shape_are_survived(tmp_path: Path, member: str, data: st.DataObject) -> None:
    """Every field of every record may be of any JSON type: no exception, and no secret key kept."""
    known = ["id", "permissions", "organization", "pushDevice", "messagingDevice", "emailChange", "createdAt"]
    known += [
        "screenNameChange",
        "deviceMetadataList",
        "ssoEmail",
        "phoneNumber",
        "loginIp",
        "verified",
        "action",
    ]
    record = st.dictionaries(
        st.sampled_from(known), JSON | st.lists(st.fixed_dictionaries({"createdAt": JSON}))
    )
    records = tuple(data.draw(st.lists(record, max_size=3)))
    path = writer.write_current(tmp_path, archive(**{member: records}))
    facts = collect(path, make_context(tmp_path))
    assert len({getattr(fact, "login_key", id(fact)) for fact in facts}) == len(facts)


def test_the_writer_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    """The demo's archives are reproducible, so that evidence hashes are."""
    one, two = (writer.write_current(tmp_path / name, archive()) for name in "ab")
    assert one.read_bytes() == two.read_bytes()
    assert read_archive(one).native_id == read_archive(two).native_id
