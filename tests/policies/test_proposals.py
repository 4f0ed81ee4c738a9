"""Guesses by name: with reasons, bounded, and never a match."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.people import IdentityProposal
from policies.identity import match
from policies.proposals import propose

PEOPLE = pd.DataFrame(
    [
        ("1", "Robert Smith", None),
        ("2", "Joan Smith", None),
        ("3", "John Smith", "Jack Smith"),
        ("4", "Fox, Bo", None),
        ("5", "Jos\u00e9 Garc\u00eda L\u00f3pez", None),
        ("6", "Oleksandr Kovalenko", None),
        ("7", "Elizabeth O'Neil", None),
        ("8", "Kim Do", None),
        ("9", None, None),
    ],
    columns=["person_id", "name", "preferred_name"],
)


def guesses(
    name: str | None = None, handle: str | None = None, email: str | None = None, **options: Any
) -> list[IdentityProposal]:
    """Return the proposals for one principal."""
    principal = pd.DataFrame(
        [("x:1", options.pop("kind", "human"), name, handle, email)],
        columns=["principal_id", "kind", "name", "handle", "email"],
    )
    return propose(principal, PEOPLE, **options)


@pytest.mark.parametrize(
    ("name", "person_id", "reason"),
    [
        ("Bob Smith", "1", "'bob' and 'robert' are forms of one name"),
        ("Fox Bo", "4", "given and family name change places"),
        ("B. Fox", "4", "the initial 'b' fits"),
        ("Jose Lopez", "5", "the same family name 'lopez'"),
        ("Oleksandr Kowalenko", "6", "similar family names 'kowalenko' and 'kovalenko'"),
        ("Liz ONeil", "7", "'liz' and 'elizabeth' are forms of one name"),
        ("Jack Smith", "3", "by the preferred name"),
        ("Dr. Joan Smith RN", "2", "the same given name 'joan'"),
        ("Do, Kim", "8", "the same family name 'do'"),
    ],
)
def test_names(name: str, person_id: str, reason: str) -> None:
    """Nicknames, initials, changed places, accents and misspellings are found, each with its reason."""
    best = guesses(name)[0]
    assert best.person_id == person_id
    assert reason in best.reasons


def test_different_given_name_is_no_guess() -> None:
    """John and Joan Smith are nearly alike as text and are two people."""
    assert [guess.person_id for guess in guesses("John Smith")] == ["3"]


@pytest.mark.parametrize(
    ("handle", "email"),
    [("BoFox", None), ("fox.bo", None), (None, "bfox+x@mail.example"), ("bofox_99", None)],
)
def test_handles_and_addresses_that_spell_a_name(handle: str | None, email: str | None) -> None:
    """A handle or private address that spells a name is a guess with its reason, never more."""
    (guess,) = guesses(handle=handle, email=email)
    assert guess.person_id == "4"
    assert "spells" in guess.reasons[0]


def test_near_scores_are_ambiguous() -> None:
    """Where another person scores within the margin, all of them are marked."""
    found = guesses(email="jsmith@mail.example")
    assert {guess.person_id for guess in found} == {"2", "3"}
    assert all(guess.ambiguous for guess in found)
    assert not guesses("Bo Fox")[0].ambiguous


def test_only_humans() -> None:
    """Services, agencies and shared logins are nobody's name; an unknown kind may be a human."""
    assert guesses("Bo Fox", kind="service") == []
    assert guesses("Bo Fox", kind=None) != []


@pytest.mark.parametrize(
    "name", ["Acme Social Team", "", None, "Fox", "\u202e", "<script>alert(1)</script>", "N" * 10_000]
)
def test_no_guess(name: str | None) -> None:
    """Names that are nobody's, and hostile ones, give nothing."""
    assert guesses(name) == []


def test_bounded() -> None:
    """However many people share a name, a principal has few proposals, the same ones every time."""
    people = pd.DataFrame({"person_id": [f"{n:05}" for n in range(5_000)], "name": ["Bo Fox"] * 5_000})
    principal = pd.DataFrame({"principal_id": ["x:1"], "kind": ["human"], "name": ["Bo Fox"]})
    found = propose(principal, people)
    assert [guess.person_id for guess in found] == ["00000", "00001", "00002"]
    assert all(guess.ambiguous for guess in found)


def test_a_guess_is_no_match() -> None:
    """A principal with a perfect proposal is matched to nobody."""
    principals = pd.DataFrame(
        {
            "principal_id": ["x:1"],
            "platform": ["x"],
            "kind": ["human"],
            "name": ["Bo Fox"],
            "handle": ["bofox"],
        }
    )
    assert propose(principals, PEOPLE)[0].score == 100
    assert match(principals, PEOPLE).matches.empty


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=30), st.text(max_size=15))
def test_any_name(name: str, handle: str) -> None:
    """Whatever the name, scores stay between 0 and 100, best first, with reasons."""
    found = guesses(name, handle)
    scores = [guess.score for guess in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= guess.score <= 100 and guess.reasons for guess in found)
