"""Waivers cover what they were written for and nothing else; what is written wrong is an error with its line."""

from __future__ import annotations

import fnmatch
import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import policies
from auditor.errors import DocumentError
from auditor.model.life import Seen
from auditor.model.waiver import Waiver, WaiverKind
from policies.waivers import load_waivers
from policies.waivers_cover import Signatory, cover
from policies.waivers_match import glob, match_waivers

TODAY = date(2026, 11, 20)
RULES = ("shared-login", "former-staff-access")
WAIVER = Waiver(
    rule="shared-login",
    subject="x:RiversideHealth",
    kind=WaiverKind.ACCEPTED_RISK,
    reason="One login until the suite comes",
    control="Password rotated weekly",
    owner="sam.poe@riverside.example",
    approver="lee.ray@riverside.example",
    expires=date(2027, 3, 31),
)
ENTRY = """\
- rule: shared-login
  subject: "x:RiversideHealth"
  kind: accepted-risk
  reason: One login until the suite comes
  control: Password rotated weekly
  owner: sam.poe@riverside.example
  approver: lee.ray@riverside.example
  expires: 2027-03-31
"""
PEOPLE = {WAIVER.owner: Signatory("0009"), WAIVER.approver: Signatory("0010")}


def seen(number: int, rule: str = "shared-login", subject: str = "", person: str | None = None) -> Seen:
    """Return one finding."""
    account = "x:RiversideHealth"
    return Seen(
        f"{number:032x}", rule, "pack", "high", "fail", "grant", subject or f"{account}|x:{number}|direct",
        "shared", "x", account, f"x:{number}", person, 50,
    )  # fmt: skip


def load(folder: Path, text: str) -> tuple[Waiver, ...]:
    """Return the waivers of a file with this text."""
    path = folder / "waivers.yaml"
    path.write_text(text, encoding="utf-8")
    return load_waivers(path, rules=RULES, today=TODAY, max_days=365)


IDS = st.text(st.sampled_from("ab:|.+\n(é"), max_size=9)
PATTERNS = st.text(st.sampled_from("ab:|.+(é*?"), min_size=1, max_size=9)


@given(st.lists(st.tuples(PATTERNS, PATTERNS), max_size=12), st.lists(st.tuples(IDS, IDS, IDS), max_size=8))
def test_matching_is_what_its_words_say(
    patterns: list[tuple[str, str]], named: list[tuple[str, str, str]]
) -> None:
    """Each waiver has the findings whose rule, and subject or account, fit from end to end; one by one it is the same."""
    waivers = [replace(WAIVER, rule=rule, subject=subject) for rule, subject in patterns]
    found = [
        seen(number, rule)._replace(subject_id=subject, account_id=account)
        for number, (rule, subject, account) in enumerate(named)
    ]

    def fits(text: str, pattern: str) -> bool:
        return fnmatch.fnmatchcase(text, pattern)  # "[" is not among the letters

    expected = [
        [
            place
            for place, one in enumerate(found)
            if fits(one.rule, waiver.rule)
            and (fits(one.subject_id, waiver.subject) or fits(one.account_id or "", waiver.subject))
        ]
        for waiver in waivers
    ]
    assert match_waivers(waivers, found) == expected


@given(st.lists(PATTERNS, min_size=9, max_size=20, unique=True), st.lists(IDS, max_size=30, unique=True))
def test_many_globs_find_what_each_finds_alone(patterns: list[str], subjects: list[str]) -> None:
    """Looking ids up by the letters they hold loses none and adds none."""
    waivers = [replace(WAIVER, subject=subject) for subject in patterns]
    found = [seen(n)._replace(subject_id=s, account_id=None) for n, s in enumerate(subjects)]
    alone = [match_waivers([waiver], found)[0] for waiver in waivers]
    assert match_waivers(waivers, found) == alone


def test_nothing_is_matched_by_its_beginning_or_by_a_regular_expression() -> None:
    """An id fits itself alone; dots, brackets and anchors are letters; a fingerprint names one finding."""
    near = [seen(n, subject=s) for n, s in enumerate(("x:Riverside", "x:RiversideHealth2", "ax:Riverside"))]
    near = [one._replace(account_id=None) for one in near]
    for subject, places in {
        "x:Riverside": [0],
        "x:Riverside.*": [],
        "^x:Riverside$": [],
        "x:[R]iverside": [],
        "x:R*": [0, 1],
        "x:Riverside?": [],
        "*Riverside": [0, 2],
        f"{1:032x}": [1],
        f"{1:032x}"[:12]: [],
    }.items():
        assert match_waivers([replace(WAIVER, subject=subject)], near) == [places], subject


def test_a_hostile_name_costs_no_time() -> None:
    """A pattern of many stars over ten thousand letters that nearly fit is answered at once."""
    fits = glob("*a" * 12 + "b")
    before = time.process_time()
    assert not fits("a" * 10_000)
    assert time.process_time() - before < 1


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    """Every key comes back; what is left out has its meaning; an empty file holds none."""
    assert load(tmp_path, ENTRY) == (replace(WAIVER, line=1),)
    assert load(tmp_path, "# none yet\n") == ()
    (waiver,) = load(tmp_path, ENTRY + "  expect: 3\n")
    assert waiver.expect == 3


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("rule: shared-login", "rule: shared-logins", 1, "Did you mean 'shared-login'?"),
        ("rule: shared-login", "rule: shred-*", 1, "fits no rule"),
        ("kind: accepted-risk", "kind: accepted-risks", 3, "Did you mean 'accepted-risk'?"),
        ("control:", "controls:", 5, "Did you mean 'control'?"),
        ("  control: Password rotated weekly\n", "", 3, "control: is missing"),
        ("  expires: 2027-03-31\n", "", 1, "expires: is missing"),
        ("2027-03-31", "2028-03-31", 8, "waiver_max_days"),
        ("2027-03-31", "soon", 8, "is not a day"),
        ("2027-03-31", "2027-03-31\n  expect: 0", 9, "expect"),
        ("2027-03-31", "2027-03-31\n  expect: true", 9, "expect"),
        ("lee.ray@riverside.example", "Sam.Poe@riverside.example", 7, "is the owner"),
        ("lee.ray@riverside.example", "Lee Ray", 7, "not an e-mail address"),
        ("reason: One login until the suite comes", "reason: ''", 4, "reason: is not text"),
        ("- rule", "rule", 1, "not a list"),
    ],
)
def test_what_is_written_wrong_is_an_error(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    """Never zero waivers in silence: the error has the file, the line and the mend."""
    assert old in ENTRY
    text = (
        ENTRY.replace(old, new) if old != "- rule" else ENTRY.replace("- rule", "rule").replace("\n  ", "\n")
    )
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, text)
    assert words in str(caught.value)
    assert f"waivers.yaml:{line}: " in str(caught.value)
    assert caught.value.remedy


def test_the_documentation_shows_a_file_that_is_taken(tmp_path: Path) -> None:
    """What docs/waivers.md shows is read, against the rules that are built in."""
    page = (Path(__file__).parents[2] / "docs" / "waivers.md").read_text(encoding="utf-8")
    path = tmp_path / "waivers.yaml"
    path.write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    packs = (Path(policies.__file__).parent / "packs").glob("*.yaml")
    rules = {
        rule
        for pack in packs
        for rule in re.findall(r"(?m)^  - id: (\S+)$", pack.read_text(encoding="utf-8"))
    }
    (shown,) = load_waivers(path, rules=rules, today=date(2026, 11, 20), max_days=365)
    assert (shown.kind, shown.expect) == (WaiverKind.ACCEPTED_RISK, 1)


def test_the_same_finding_is_waived_once(tmp_path: Path) -> None:
    """A second entry for the same rule and subject is an error that names the first."""
    with pytest.raises(DocumentError, match="already on line 1"):
        load(tmp_path, ENTRY + ENTRY.replace("accepted-risk", "false-positive"))


def test_a_waiver_never_covers_more_than_it_says() -> None:
    """With one finding too many only those it covered before stay covered, and that is told."""
    waiver = replace(WAIVER, expect=2)
    found = [seen(1), seen(2), seen(3)]
    fitting = cover([waiver], found[:2], today=TODAY, held={}, people=PEOPLE, has_roster=True)
    assert (len(fitting.by_finding), fitting.uses[0].problems) == (2, ())
    held = dict.fromkeys(fitting.by_finding, waiver.key)
    more = cover([waiver], found, today=TODAY, held=held, people=PEOPLE, has_roster=True)
    assert set(more.by_finding) == {found[0].fingerprint, found[1].fingerprint}
    assert "fits 3 findings and expects 2" in more.uses[0].problems[0]
    fresh = cover([waiver], found, today=TODAY, held={}, people=PEOPLE, has_roster=True)
    assert fresh.by_finding == {}


def test_a_waiver_for_fewer_or_for_nothing_is_told() -> None:
    """One that lost part of its findings still covers the rest; both are reported."""
    waivers = [replace(WAIVER, expect=3), replace(WAIVER, subject="x:Gone")]
    covering = cover(waivers, [seen(1)], today=TODAY, held={}, people=PEOPLE, has_roster=True)
    assert [use.problems for use in covering.uses] == [
        ("it is written for 1 of the 3 findings it expects",),
        ("it is written for no open finding",),
    ]
    assert list(covering.by_finding.values()) == [waivers[0]]


def test_it_ends_on_its_day() -> None:
    """The day before it covers; on the day itself it has expired."""
    for today, covered in ((date(2027, 3, 30), 1), (date(2027, 3, 31), 0)):
        covering = cover([WAIVER], [seen(1)], today=today, held={}, people=PEOPLE, has_roster=True)
        assert (len(covering.by_finding), covering.uses[0].is_expired) == (covered, not covered)


def test_the_exact_waiver_counts_before_the_glob() -> None:
    """Where two are written for one finding the exact one covers it, wherever it stands in the file."""
    wide, exact = replace(WAIVER, subject="x:*"), replace(WAIVER, subject=seen(1).subject_id)
    covering = cover([wide, exact], [seen(1)], today=TODAY, held={}, people=PEOPLE, has_roster=True)
    assert covering.by_finding[seen(1).fingerprint] == exact
    assert [len(use.covers) for use in covering.uses] == [0, 1]


@pytest.mark.parametrize(
    ("people", "has_roster", "covers"),
    [
        ({WAIVER.owner: Signatory("0009"), WAIVER.approver: Signatory("0007")}, True, False),
        ({WAIVER.owner: Signatory("0009"), WAIVER.approver: Signatory()}, True, False),
        ({WAIVER.owner: Signatory("0010"), WAIVER.approver: Signatory("0010")}, True, False),
        ({WAIVER.owner: Signatory(), WAIVER.approver: Signatory(None, frozenset({"x:1"}))}, False, False),
        ({WAIVER.owner: Signatory(), WAIVER.approver: Signatory()}, False, True),
        (PEOPLE, True, True),
    ],
    ids=["holder", "stranger", "one-person", "holder-by-address", "no-roster", "second-person"],
)
def test_who_may_approve(people: dict[str, Signatory], has_roster: bool, covers: bool) -> None:
    """Not whom the access belongs to, not somebody the roster does not know, not the owner alone."""
    found = [seen(1, person="0007")]
    covering = cover([WAIVER], found, today=TODAY, held={}, people=people, has_roster=has_roster)
    assert bool(covering.by_finding) == covers
    assert bool(covering.uses[0].problems) != covers
