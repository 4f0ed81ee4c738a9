"""Evidence: content-addressed, redacted, kept once, and checked whenever it is read."""

from __future__ import annotations

import hashlib
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from auditor.errors import StoreError
from auditor.store.schema import evidence
from auditor.store.store import Store
from auditor.store.text import canonical_json
from tests.store.support_store import HOSTILE_TEXT, grant
from tests.support import NOW

RECORD = {"id": "1", "name": "Zoë", "n": [1, None, 2.5]}


def put(store: Store, record: object, kind: str = "x.user") -> str:
    """Keep one record in a snapshot of its own."""
    with store.begin_snapshot(NOW) as writer:
        digest = writer.evidence.put(record, kind=kind)
        writer.finish(NOW, [])
    return digest


def test_the_id_is_the_hash_of_canonical_json(store: Store) -> None:
    """Anybody can recompute an id from the record with sorted keys and no spaces."""
    digest = put(store, RECORD)
    content = '{"id":"1","n":[1,null,2.5],"name":"Zoë"}'.encode()
    assert digest == hashlib.sha256(content).hexdigest()
    kept = store.evidence(digest)
    assert (kept.kind, kept.record, kept.first_seen) == ("x.user", RECORD, NOW)


def test_a_record_is_kept_once_and_its_uses_are_known(store: Store) -> None:
    """The same record in two runs is one row, with both snapshots pointing at it."""
    assert put(store, RECORD) == put(store, dict(reversed(RECORD.items())))
    digest = put(store, RECORD, kind="other")
    with store._database.read() as connection:
        assert connection.execute(select(func.count()).select_from(evidence)).scalar_one() == 1
    assert set(store.evidence_uses(digest)) == {info.id for info in store.snapshots()}
    assert store.evidence(digest).kind == "x.user"


def test_secrets_never_reach_the_store(store: Store) -> None:
    """Values under secret names and tokens inside text are masked before the hash is taken."""
    digest = put(
        store, {"access_token": "EAAB-very-secret", "next": "https://g/?access_token=EAAB-very-secret"}
    )
    with store._database.read() as connection:
        content = zlib.decompress(connection.execute(select(evidence.c.content)).scalar_one())
    assert b"very-secret" not in content
    assert hashlib.sha256(content).hexdigest() == digest


@given(
    record=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | HOSTILE_TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE_TEXT, inner, max_size=3),
        max_leaves=8,
    )
)
def test_canonical_json_is_utf8_that_reads_back_the_same(record: object) -> None:
    """Also lone surrogates and NUL survive, as escapes, in valid UTF-8."""
    content = canonical_json(record)
    assert json.loads(content.decode("utf-8")) == record
    assert canonical_json(json.loads(content)) == content


def test_numbers_that_are_not_finite_are_kept_as_words() -> None:
    """NaN is not JSON; it is written as text instead of making the file unreadable elsewhere."""
    assert canonical_json([float("nan"), float("inf")]) == b'["nan","inf"]'


@pytest.mark.parametrize("record", [{"a": object()}, {1, 2}, b"bytes"], ids=["object", "set", "bytes"])
def test_what_is_not_json_is_refused(store: Store, record: object) -> None:
    """A record no reader could show later is refused when it is put."""
    with store.begin_snapshot(NOW) as writer, pytest.raises(ValueError, match="JSON"):
        writer.evidence.put(record, kind="x")


def test_a_record_nested_too_deep_is_refused(store: Store) -> None:
    """A hostile nesting ends in a plain refusal, not in a crash of the interpreter."""
    record: list[object] = []
    for _ in range(100_000):
        record = [record]
    with store.begin_snapshot(NOW) as writer, pytest.raises(ValueError, match=r"deep|JSON"):
        writer.evidence.put(record, kind="x")


@pytest.mark.parametrize(
    "content", [zlib.compress(b'{"id":"2"}'), b"garbage", zlib.compress(b'{"id":"1"}')[:-3], b""]
)
def test_altered_evidence_is_not_shown(store: Store, content: bytes) -> None:
    """A record that no longer hashes to its id is refused with the reason."""
    digest = put(store, {"id": "1"})
    with store._database.write() as connection:
        connection.execute(update(evidence).values(content=content))
    with pytest.raises(StoreError, match="altered"):
        store.evidence(digest)


def test_unknown_evidence_is_said_to_be_unknown(store: Store) -> None:
    """An id nobody recorded is an error, not an empty record."""
    with pytest.raises(StoreError, match="no evidence"):
        store.evidence("ab" * 32)


def test_abandoning_removes_only_evidence_nobody_else_uses(store: Store) -> None:
    """What an earlier snapshot refers to stays; what only the abandoned one brought goes."""
    shared = put(store, RECORD)
    with store.begin_snapshot(NOW) as writer:
        writer.evidence.put(RECORD, kind="x.user")
        own = writer.evidence.put({"id": "own"}, kind="x.user")
        writer.add(grant(number) for number in range(5_000))
    assert store.evidence(shared).record == RECORD
    with pytest.raises(StoreError, match="no evidence"):
        store.evidence(own)


def test_a_record_of_no_snapshot_outlives_them_all(store: Store) -> None:
    """What is kept alone has the hash of its content for id, is kept once, and no abandoned snapshot removes it."""
    record = {"png": "iVBORw0KGgo=", "token": "CANARY"}
    kept = store.keep_evidence(record, "case:picture")
    assert kept == store.keep_evidence(record, "case:picture")
    writer = store.begin_snapshot(NOW)
    writer.abandon()
    found = store.evidence(kept)
    assert (found.id, found.kind, found.first_seen) == (kept, "case:picture", NOW)
    assert found.record["png"] == "iVBORw0KGgo="
    assert "CANARY" not in str(found.record)
