"""Principals matched to people by exact evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.identity import PERSON_COLUMNS, PRINCIPAL_COLUMNS, REVIEWED_COLUMNS, Matching, match

Rows = Sequence[Mapping[str, Any]]


def frame(rows: Rows, columns: Sequence[str]) -> pd.DataFrame:
    """Return ``rows`` with missing cells None."""
    return pd.DataFrame([{name: row.get(name) for name in columns} for row in rows], columns=list(columns))


def matched(principals: Rows, people: Rows, reviewed: Rows = (), **options: Any) -> Matching:
    """Match rows given as mappings."""
    plain = [
        {
            **row,
            "other_emails": json.dumps(row.get("other_emails", [])),
            "handles": json.dumps(row.get("handles", [])),
        }
        for row in people
    ]
    return match(
        frame(principals, PRINCIPAL_COLUMNS),
        frame(plain, PERSON_COLUMNS),
        frame(reviewed, REVIEWED_COLUMNS),
        **options,
    )


def pairs(found: Matching) -> dict[str, tuple[str, str]]:
    """Return principal to person and method."""
    rows = found.matches.itertuples()
    return {str(row.principal_id): (str(row.person_id), str(row.method)) for row in rows}


def kinds(found: Matching) -> list[tuple[str, str]]:
    """Return principal and kind of every problem."""
    return [(str(row.principal_id), str(row.kind)) for row in found.problems.itertuples()]


BO = {"person_id": "007", "work_email": "bo.fox@riverside.example", "handles": ["x:BoFox"]}
EVE = {"person_id": "008", "work_email": "eve@riverside.example", "other_emails": ["eve.stone@gmail.com"]}
REVIEW = {"reviewed_by": "ana@riverside.example", "reviewed_on": "2026-11-01"}


@pytest.mark.parametrize(
    ("email", "confidence"),
    [
        ("bo.fox@riverside.example", 1.0),
        ("Bo.Fox@Riverside.Example", 1.0),
        (" bo.fox@riverside.example ", 1.0),
        ("bo.fox+social@riverside.example", 0.95),
        ("bo.fox@old.example", 0.95),
        ("bo.fox@older.example", 0.95),
    ],
)
def test_work_email(email: str, confidence: float) -> None:
    """Case, plus-tags and alias domains do not tell two addresses apart."""
    found = matched(
        [{"principal_id": "facebook:1", "platform": "facebook", "email": email}],
        [BO, EVE],
        email_domain_aliases={"old.example": "riverside.example", "Older.example": "old.example"},
    )
    assert pairs(found) == {"facebook:1": ("007", "email")}
    assert found.matches["confidence"].tolist() == [confidence]
    assert found.problems.empty


def test_plus_tags_can_be_told_apart() -> None:
    """Where the mail system has no plus-tags, the tag is part of the address."""
    found = matched(
        [{"principal_id": "f:1", "platform": "f", "email": "bo.fox+x@riverside.example"}],
        [BO],
        plus_tags=False,
    )
    assert found.matches.empty


def test_other_addresses_and_gmail_dots() -> None:
    """Other addresses of a person count, and Gmail's dots do not."""
    found = matched([{"principal_id": "f:1", "platform": "f", "email": "EveStone@googlemail.com"}], [BO, EVE])
    assert pairs(found) == {"f:1": ("008", "email")}


def test_dots_count_elsewhere() -> None:
    """At any other domain a dot makes another mailbox."""
    assert matched(
        [{"principal_id": "f:1", "platform": "f", "email": "bofox@riverside.example"}], [BO]
    ).matches.empty


@pytest.mark.parametrize(
    "email",
    [
        "\uff42\uff4f.fox@riverside.example",
        "bo.fox@riverside.example\u200b",
        "bo.fox@riverside.example.evil.example",
        "b\u043e.fox@riverside.example",
        "bo.fox@evil@riverside.example",
        "bo.fox",
        "@riverside.example",
        "+x@riverside.example",
    ],
)
def test_lookalike_addresses_match_nobody(email: str) -> None:
    """Full-width letters, Cyrillic letters, hidden characters and broken addresses match nobody."""
    found = matched([{"principal_id": "f:1", "platform": "f", "email": email}], [BO, EVE])
    assert found.matches.empty


def test_folded_lookalike_is_told() -> None:
    """An address that only looks like another after folding is told as a problem."""
    found = matched(
        [{"principal_id": "f:1", "platform": "f", "email": "\uff42o.fox@riverside.example"}], [BO]
    )
    assert kinds(found) == [("f:1", "address")]


def test_international_domain() -> None:
    """A domain in its own letters and in its ASCII form is one domain."""
    person = {"person_id": "1", "work_email": "bo@b\u00fccher.example"}
    found = matched([{"principal_id": "f:1", "platform": "f", "email": "Bo@xn--bcher-kva.example"}], [person])
    assert pairs(found) == {"f:1": ("1", "email")}


def test_declared_handle() -> None:
    """A handle the person declared matches on its own platform, whatever its case, and ranks above e-mail."""
    principals = [
        {"principal_id": "x:1", "platform": "x", "handle": "@bofox", "email": "eve@riverside.example"},
        {"principal_id": "instagram:1", "platform": "instagram", "handle": "bofox"},
    ]
    found = matched(principals, [BO, EVE])
    assert pairs(found) == {"x:1": ("007", "declared")}
    assert kinds(found) == [("x:1", "contradiction")]


def test_handle_is_never_inferred() -> None:
    """A handle that equals a person's name or mailbox, undeclared, matches nobody."""
    people = [{**EVE, "name": "Eve"}]
    assert matched([{"principal_id": "x:9", "platform": "x", "handle": "eve"}], people).matches.empty


def test_kelvin_sign_in_a_handle() -> None:
    """A letter that only turns into a k when lowered is another handle."""
    person = {"person_id": "1", "handles": ["x:kim"]}
    assert matched([{"principal_id": "x:1", "platform": "x", "handle": "\u212aim"}], [person]).matches.empty


@pytest.mark.parametrize(
    "row",
    [
        {"principal_id": "x:1", "person_id": "008"},
        {"platform": "X", "handle": "@BOFOX", "person_id": "008"},
        {"platform": "x", "email": "Bo.Fox@riverside.example", "work_email": "EVE@riverside.example"},
        {"principal_id": "x:1", "person_id": "008", "work_email": "eve@riverside.example"},
    ],
)
def test_reviewed_mapping_wins(row: dict[str, str]) -> None:
    """A reviewed mapping ranks above everything, however it names principal and person."""
    principal = {
        "principal_id": "x:1",
        "platform": "x",
        "handle": "bofox",
        "email": "bo.fox@riverside.example",
    }
    found = matched([principal], [BO, EVE], [{**row, **REVIEW}])
    assert pairs(found) == {"x:1": ("008", "reviewed")}
    assert found.matches["detail"].tolist() == ["reviewed by ana@riverside.example on 2026-11-01"]
    assert kinds(found) == [("x:1", "contradiction")] * 2


@pytest.mark.parametrize(
    "reviewed",
    [
        [{"principal_id": "x:1", "person_id": "999"}],
        [{"principal_id": "x:1", "person_id": "007"}, {"principal_id": "x:1", "person_id": "008"}],
        [{"principal_id": "x:1", "person_id": "007", "work_email": "eve@riverside.example"}],
        [{"principal_id": "x:1", "person_id": "999", "work_email": "eve@riverside.example"}],
    ],
)
def test_reviewed_mapping_that_leads_nowhere_blocks(reviewed: Rows) -> None:
    """A review of somebody gone from the roster, or of two people, is told, and nothing weaker decides."""
    principal = {
        "principal_id": "x:1",
        "platform": "x",
        "handle": "bofox",
        "email": "bo.fox@riverside.example",
    }
    found = matched([principal], [BO, EVE], [{**row, **REVIEW} for row in reviewed])
    assert found.matches.empty
    assert kinds(found) == [("x:1", "reviewed")]


def test_shared_key_matches_nobody() -> None:
    """An address or handle of two people identifies neither, and is told."""
    twin = {"person_id": "009", "work_email": "BO.FOX@riverside.example", "handles": ["x:bofox"]}
    principals = [
        {"principal_id": "f:1", "platform": "f", "email": "bo.fox@riverside.example"},
        {"principal_id": "x:1", "platform": "x", "handle": "bofox"},
    ]
    found = matched(principals, [BO, twin])
    assert found.matches.empty
    assert kinds(found) == [("f:1", "ambiguous"), ("x:1", "ambiguous")]


def test_one_principal_with_two_addresses() -> None:
    """Two sources that give one principal the addresses of two people leave it unmatched."""
    principals = [
        {"principal_id": "f:1", "platform": "f", "email": email}
        for email in ("bo.fox@riverside.example", "eve@riverside.example")
    ]
    found = matched(principals, [BO, EVE])
    assert found.matches.empty
    assert kinds(found) == [("f:1", "ambiguous")]


def test_missing_frames_and_columns() -> None:
    """No roster, no reviews and frames without the columns give no match and no error."""
    empty = pd.DataFrame()
    assert match(empty, empty).matches.empty
    assert match(pd.DataFrame({"principal_id": ["x:1"]}), pd.DataFrame({"person_id": ["1"]})).matches.empty
    assert list(match(empty, empty).matches.columns) == [
        "principal_id",
        "person_id",
        "method",
        "detail",
        "confidence",
    ]


def test_broken_lists_match_nobody() -> None:
    """A cell that is no JSON list of text is no list."""
    people = pd.DataFrame(
        {
            "person_id": ["1", "2", "3"],
            "work_email": [None] * 3,
            "other_emails": ["{}", "[", "[null, 5]"],
            "handles": ["x", '"x:a"', "[[]]"],
        }
    )
    principals = pd.DataFrame({"principal_id": ["x:1"], "platform": ["x"], "email": ["5"], "handle": ["a"]})
    assert match(principals, people).matches.empty


MISSING = st.sampled_from([None, "", " ", float("nan"), pd.NA])


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(MISSING, MISSING), min_size=1, max_size=4),
    st.lists(st.tuples(MISSING, MISSING), min_size=1, max_size=4),
)
def test_missing_never_matches_missing(holders: list[tuple[Any, Any]], roster: list[tuple[Any, Any]]) -> None:
    """However a value is missing, it is like no other missing value."""
    principals = pd.DataFrame(
        [(f"x:{n}", "x", email, handle) for n, (email, handle) in enumerate(holders)],
        columns=list(PRINCIPAL_COLUMNS),
    )
    people = pd.DataFrame(
        [
            (str(n), work, json.dumps([""]), json.dumps(["x:", ":", ""]))
            for n, (work, _other) in enumerate(roster)
        ],
        columns=list(PERSON_COLUMNS),
    )
    reviewed = pd.DataFrame(
        [
            (None, "x", handle, email, "0", work, "ana", "2026-11-01")
            for (email, handle), (work, _o) in zip(holders, roster, strict=False)
        ],
        columns=list(REVIEWED_COLUMNS),
    )
    assert match(principals, people, reviewed).matches.empty


EMAILS = st.sampled_from(
    [None, "a@r.example", "A@r.example", "a+t@r.example", "b@r.example", "b@old.example", "c@r.example"]
)
HANDLES = st.sampled_from([None, "ann", "Ann", "@ben", "cid"])
PRINCIPALS = st.lists(st.tuples(EMAILS, HANDLES), min_size=1, max_size=5)
PEOPLE = st.lists(st.tuples(EMAILS, st.lists(HANDLES.filter(bool), max_size=2)), min_size=1, max_size=5)


@settings(max_examples=20, deadline=None)
@given(PRINCIPALS, PEOPLE, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(holders: Any, roster: Any, shuffle: Any) -> None:
    """The same rows in any order give the same identities and the same problems, one match a principal."""
    principals = [
        {"principal_id": f"x:{n}", "platform": "x", "email": e, "handle": h}
        for n, (e, h) in enumerate(holders)
    ]
    people = [
        {"person_id": str(n), "work_email": e, "handles": [f"x:{h.lstrip('@')}" for h in handles]}
        for n, (e, handles) in enumerate(roster)
    ]
    options = {"email_domain_aliases": {"old.example": "r.example"}}
    before = matched(principals, people, **options)
    shuffle.shuffle(principals)
    shuffle.shuffle(people)
    after = matched(principals, people, **options)
    pd.testing.assert_frame_equal(before.matches, after.matches)
    pd.testing.assert_frame_equal(before.problems, after.problems)
    assert before.matches["principal_id"].is_unique
