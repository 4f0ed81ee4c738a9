"""Problem objects of both generations, and whatever else may come in their place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import FailureKind
from auditor.model.estate import CoverageState
from connectors.x import facts
from connectors.x.gaps import absence
from connectors.x.problems import XFailure, coverage_state, failure_of, quoted, read_problems

OLD, NEW = "https://api.twitter.com/2/problems/", "https://api.x.com/2/problems/"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "title",
                    "detail",
                    "errors",
                    "parameters",
                    "parameter",
                    "value",
                    "code",
                    "message",
                    "field",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)
USER_JSON = st.dictionaries(
    st.sampled_from([*facts.OWN_FIELDS, "id", "name", "username", "email", "pinned_post_id"]),
    JSON | st.from_regex(r"[0-9]{1,19}", fullmatch=True) | st.just({"followers_count": 5}),
)


@given(st.integers(300, 599), JSON, st.dictionaries(st.just("x-rate-limit-reset"), st.text()))
def test_any_body_is_judged(status: int, body: object, headers: dict[str, str]) -> None:
    """Whatever the body, a failure has a kind and one printable, short line."""
    failure = failure_of(status, headers, body, "/2/users/by")
    assert isinstance(failure.kind, FailureKind)
    assert failure.message.isprintable()
    assert len(failure.message) < 300
    assert failure.refused_fields(["verified"]) <= {"verified"}


@given(USER_JSON)
def test_a_user_record_keeps_only_what_is_declared(record: dict[str, object]) -> None:
    """Whatever X sends, what is kept is declared, storable, and makes an account or nothing."""
    kept = facts.user_record(record, facts.USER_KIND)
    if kept is None:
        return
    assert set(kept) <= facts.KEPT_FIELDS[facts.USER_KIND]
    repr(kept).encode()
    account = facts.account_of(kept, source="s", at=datetime(2026, 11, 20, tzinfo=UTC), evidence_id="e")
    assert account.account_id == f"x:{kept['id']}"
    assert account.created_at is None or account.created_at.tzinfo is UTC


@given(st.text(st.characters(codec=None)))
def test_storable_text_is_utf8_without_nul(text: str) -> None:
    """Any text becomes one that UTF-8 and a database can hold; harmless text stays as it is."""
    clean = facts.storable(text)
    assert "\x00" not in clean.encode().decode()
    assert len(clean) <= len(text)


@pytest.mark.parametrize("base", [OLD, NEW])
@pytest.mark.parametrize(
    ("title", "detail", "state"),
    [
        ("Not Found Error", "Could not find user with usernames: [brand].", CoverageState.FAILED),
        ("Forbidden", "User has been suspended: [brand].", CoverageState.PARTIAL),
        ("Forbidden", "", CoverageState.PARTIAL),
    ],
)
def test_suspended_and_missing_are_told_apart(
    base: str, title: str, detail: str, state: CoverageState
) -> None:
    """X uses one problem type for both, so the words decide."""
    entry = {"type": base + "resource-not-found", "title": title, "detail": detail, "value": "brand"}
    (problem,) = read_problems({"errors": [entry]})
    assert problem.concerns("Brand")
    published, gap = absence("brand", problem)
    assert (published, gap.state) == (False, state)


def test_another_reason_for_absence_is_not_judged_as_gone() -> None:
    """A user not shown for want of permission is neither suspended nor free."""
    entry = {"type": NEW + "not-authorized-for-resource", "detail": "Not for you", "value": "brand"}
    (problem,) = read_problems({"errors": [entry]})
    published, gap = absence("brand", problem)
    assert published is None
    assert gap.state is CoverageState.DENIED


@pytest.mark.parametrize("base", [OLD, NEW])
def test_field_problems_name_the_field(base: str) -> None:
    """Both generations' field problems are refusals of that field alone."""
    body = {
        "type": base + "not-authorized-for-field",
        "title": "Field Authorization Error",
        "field": "verified",
    }
    failure = failure_of(403, {}, body, "/2/users/me")
    assert failure.refused_fields(["verified", "name"]) == {"verified"}


def test_a_value_that_repeats_its_parameter() -> None:
    """Old answers write [user.fields=affiliation,...]; the field is still found."""
    body = {
        "type": OLD + "invalid-request",
        "errors": [
            {
                "parameters": {"user.fields": ["user.fields=affiliation,verified"]},
                "message": "The `user.fields` query parameter value [user.fields=affiliation] is not one of [verified,id]",
            }
        ],
    }
    failure = failure_of(400, {}, body, "/2/users/by")
    assert failure.refused_fields(["affiliation", "verified"]) == {"affiliation"}


def test_a_refused_parameter_is_no_refused_field() -> None:
    """A 400 about another parameter drops no field."""
    body = {
        "type": NEW + "invalid-request",
        "parameter": "usernames",
        "value": "verified",
        "detail": "The `usernames` query parameter value [verified] is not one of [x]",
    }
    assert failure_of(400, {}, body, "/2/users/by").refused_fields(["verified"]) == set()


def test_quotes_are_short_and_printable() -> None:
    """X's words are quoted without control characters, on one line, and cut."""
    assert quoted("a\r\nb\x1b[31m\u202ec") == "a b [31m c"
    assert len(quoted("x" * 10_000)) == 200


def test_refusals_are_denied_and_mishaps_failed() -> None:
    """Coverage tells a refusal from a mishap."""
    denied = XFailure("no", kind=FailureKind.LICENCE_MISSING)
    failed = XFailure("oh", kind=FailureKind.TRANSIENT)
    assert coverage_state(denied) is CoverageState.DENIED
    assert coverage_state(failed) is CoverageState.FAILED
