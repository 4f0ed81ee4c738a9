"""The access matrix: reading it, and what it answers for a grant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from auditor.errors import DocumentError, RuleError
from auditor.model.estate import Level, PrincipalKind
from auditor.model.people import PersonKind
from policies.access import AccessMatrix, load_access
from tests.policies.support_engine import BRAND, SETTINGS, Estate, seen

MATRIX = """
- {department: IT, account: "@Quiet", level: none}
- {department: [Marketing, "Communications "], tier: [2, 3], level: manager, messages: true}
- {title: editor, platform: x, level: publisher}
- {person_kind: contractor, level: analyst}
- {principal_kind: [service, agency], level: moderator}
- {platform: facebook, tier: 1, person_kind: employee, level: viewer}
"""


def matrix(tmp_path: Path, text: str = MATRIX) -> AccessMatrix:
    """Read ``text`` as an access matrix."""
    path = tmp_path / "access.yaml"
    path.write_text(text, encoding="utf-8")
    return load_access(path)


def answer(
    tmp_path: Path,
    *,
    account_id: str = "facebook:100",
    tier: int | None = 1,
    kind: str | None = "human",
    text: str = MATRIX,
    **person: object,
) -> tuple[object, object, object]:
    """Return level, rank and messages allowed to one holder."""
    facts = Estate().account(account_id, tier=tier, handle="quiet")
    facts.holder(
        "bo",
        account_id=account_id,
        kind=PrincipalKind(kind) if kind else None,
        person="E1" if person else None,
    )
    facts.person(**({"kind": PersonKind.EMPLOYEE} | person))
    with seen(facts, replace(SETTINGS, access=matrix(tmp_path, text))) as views:
        row = views.query("grants").iloc[0]
    return tuple(
        None if pd.isna(row[name]) else row[name]
        for name in ("allowed_level", "allowed_rank", "allowed_messages")
    )  # type: ignore[return-value]


def test_the_first_line_that_matches_decides(tmp_path: Path) -> None:
    """Lines are tried in their order, values compared without regard to case and outer blanks."""
    assert answer(tmp_path, tier=2, department="marketing ", title="Editor") == ("manager", 6, True)
    assert answer(tmp_path, account_id=BRAND, department="Care", title="Editor") == ("publisher", 5, False)
    assert answer(tmp_path, department="Care", title="Nurse", kind="human") == ("viewer", 1, False)


def test_no_line_means_no_access(tmp_path: Path) -> None:
    """Who matches no line may hold nothing; a line can also say so itself."""
    assert answer(tmp_path, tier=2, department="Care", title="Nurse") == ("none", 0, False)
    assert answer(tmp_path, department="IT", title="Admin") == ("none", 0, False)


def test_what_is_not_known_leaves_the_answer_open(tmp_path: Path) -> None:
    """A holder matched to nobody, or an unknown tier that a line asks for, gives no answer."""
    assert answer(tmp_path) == (None, None, None)
    assert answer(tmp_path, tier=None, department="Marketing", title="Lead") == (None, None, None)
    assert answer(tmp_path, kind=None) == (None, None, None)


def test_a_definite_line_before_the_open_one_decides(tmp_path: Path) -> None:
    """Only an open line before the first match leaves the answer open."""
    text = "- {platform: facebook, level: admin}\n- {department: IT, level: viewer}\n"
    assert answer(tmp_path, text=text) == ("admin", 7, False)


def test_what_is_no_human_has_no_department(tmp_path: Path) -> None:
    """Lines about people do not concern a service, an agency or a shared login."""
    assert answer(tmp_path, kind="service") == ("moderator", 4, False)
    assert answer(tmp_path, kind="shared") == ("none", 0, False)


def test_without_a_matrix_nothing_is_allowed_or_forbidden() -> None:
    """No matrix: the columns are not known."""
    facts = Estate().account().person().holder("bo", person="E1")
    with seen(facts) as views:
        assert views.query("grants")[["allowed_level", "allowed_rank", "allowed_messages"]].isna().all().all()


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("[]", "not a list", None),
        ("a: 1", "not a list", None),
        ("- x", "not a mapping", 1),
        ("- {level: admin}\n- {levle: admin}", "Did you mean 'level'", 2),
        ("- {level: amdin}", "Did you mean 'admin'", 1),
        ("- {department: IT}", "level: there is no", 1),
        ("- {level: admin, tier: one}", "not a number", 1),
        ("- {level: admin, tier: true}", "not a number", 1),
        ("- {level: admin, messages: yes}", "neither true nor false", 1),
        ("- {level: admin, person_kind: robot}", "there is no 'robot'", 1),
        ("- {level: admin, platform: facebok}", "Did you mean 'facebook'", 1),
        ("- {level: admin, department: []}", "empty list", 1),
        ("- {level: admin, title: 5}", "not text", 1),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, text: str, said: str, line: int | None) -> None:
    """An access matrix that cannot be meant is refused with file, line and mend."""
    with pytest.raises(RuleError, match=said) as caught:
        matrix(tmp_path, text)
    assert caught.value.line == line


def test_a_missing_matrix_is_an_error(tmp_path: Path) -> None:
    """A matrix that is named but not there is an error, not "nothing allowed"."""
    with pytest.raises(DocumentError):
        load_access(tmp_path / "none.yaml")


def test_quotes_in_a_matrix_stay_text(tmp_path: Path) -> None:
    """A department with quotes in its name is compared as text."""
    text = "- {department: \"O'Hara's') OR TRUE --\", level: admin}\n"
    assert matrix(tmp_path, text).lines[0].level is Level.ADMIN
    assert answer(tmp_path, text=text, department="Care") == ("none", 0, False)
    assert answer(tmp_path, text=text, department="O'Hara's') OR TRUE --") == ("admin", 7, False)
