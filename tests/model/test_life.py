"""A finding's life over any sequence of looks: open until it is seen to be mended, and never disturbed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from auditor.model.life import FAIL, UNKNOWN, Closing, Life, LifeState, Lives, Look, Seen, Unread, advance
from auditor.model.waiver import WaiverKind, WaiverMark
from tests.support import NOW

MARKS = ("a", "b", "c", "d")
RULES = {"a": "one", "b": "one", "c": "two", "d": "two"}


def look(number: int) -> Look:
    """Return the ``number``-th look, a day after the one before."""
    return Look(number, f"snapshot-{number}", NOW + timedelta(days=number))


def seen(mark: str, verdict: str = FAIL, *, severity: str = "high") -> Seen:
    """Return one finding, each on an account of its own."""
    return Seen(
        mark, RULES[mark], "pack", severity, verdict, "grant", f"x:{mark}|p", f"about {mark}",
        "x", f"x:{mark}", f"x:p{mark}", None, 50,
    )  # fmt: skip


@dataclass(frozen=True)
class Step:
    """What one look shows."""

    verdicts: dict[str, str]
    unread: frozenset[str]
    """Marks whose account could not be judged."""
    rules: frozenset[str]

    def on(self, lives: Lives, number: int) -> Lives:
        """Return the lives after it."""
        found = [seen(mark, verdict) for mark, verdict in self.verdicts.items()]
        keys = frozenset((RULES[mark], f"x:{mark}") for mark in self.unread)
        marks = frozenset(mark for mark, verdict in self.verdicts.items() if verdict == UNKNOWN)
        return advance(lives, look(number), found, rules=self.rules, unread=Unread(marks, keys))


STEPS = st.builds(
    Step,
    st.dictionaries(st.sampled_from(MARKS), st.sampled_from([FAIL, UNKNOWN])),
    st.frozensets(st.sampled_from(MARKS)),
    st.sampled_from([frozenset({"one", "two"}), frozenset({"one"})]),
)


def live(steps: Sequence[Step]) -> list[Lives]:
    """Return the lives after each of ``steps``."""
    lives: Lives = {}
    told = []
    for number, step in enumerate(steps):
        lives = step.on(lives, number)
        told.append(lives)
    return told


@given(st.lists(STEPS, max_size=6), STEPS)
def test_looking_twice_changes_nothing(steps: list[Step], step: Step) -> None:
    """The same look a second time gives the same lives."""
    before = live(steps)[-1] if steps else {}
    once = step.on(before, len(steps))
    assert step.on(once, len(steps)) == once


@given(st.lists(STEPS, min_size=1, max_size=6))
def test_unread_never_resolves_and_found_is_never_closed(steps: list[Step]) -> None:
    """A life ends only in a look that could see and did not find it, or whose rules left it out."""
    before: Lives = {}
    for number, (step, after) in enumerate(zip(steps, live(steps), strict=True)):
        assert set(after) == set(before) | set(step.verdicts)
        for mark, life in after.items():
            if mark in step.verdicts:
                assert life.is_open
                assert life.last == look(number)
                assert (life.unknown is None) == (step.verdicts[mark] == FAIL)
            elif mark in before and before[mark].is_open and RULES[mark] in step.rules:
                assert life.is_open == (mark in step.unread)
                assert life.resolved == (None if mark in step.unread else look(number))
            elif mark in before and before[mark].is_open:
                assert (life.resolved, life.closing) == (look(number), Closing.RETIRED)
            else:
                assert life == before[mark]
            assert life.first == (before[mark].first if mark in before else look(number))
            assert life.first.number <= life.opened.number <= life.last.number
            assert life.openings == 1 or life.state in (LifeState.REOPENED, LifeState.RESOLVED)
        before = after


@given(st.lists(STEPS, min_size=1, max_size=6))
def test_a_life_counts_its_openings(steps: list[Step]) -> None:
    """It has been opened as often as it turned from closed, or from nothing, to open."""
    told = live(steps)
    for mark, life in told[-1].items():
        standing = [mark in lives and lives[mark].is_open for lives in told]
        assert life.openings == sum(
            now and not was for was, now in zip([False, *standing], standing, strict=False)
        )


def test_a_finding_from_new_to_reopened() -> None:
    """New, open, resolved by a look that is named, then reopened with its first sight kept."""
    everything = frozenset({"one", "two"})
    there, gone = Step({"a": FAIL}, frozenset(), everything), Step({}, frozenset(), everything)
    states = [lives["a"] for lives in live([there, there, gone, gone, there, there])]
    assert [life.state.value for life in states] == [
        "new",
        "open",
        "resolved",
        "resolved",
        "reopened",
        "reopened",
    ]
    assert states[3].resolved == look(2)
    assert (states[5].first, states[5].opened, states[5].openings) == (look(0), look(4), 2)


def test_an_unknown_that_becomes_a_fail_is_new_then() -> None:
    """What was never known begins as a fail on the look that first shows it as one."""
    steps = [Step({"a": verdict}, frozenset(), frozenset({"one"})) for verdict in (UNKNOWN, FAIL, FAIL)]
    first, second, third = (lives["a"] for lives in live(steps))
    assert (first.failed, first.unknown) == (None, look(0))
    assert (second.state, second.failed, second.unknown) == (LifeState.NEW, look(1), None)
    assert third.state is LifeState.OPEN


def test_a_new_judgement_of_the_same_look_may_take_back_what_it_resolved() -> None:
    """With a rule mended, the newest snapshot judged again opens it as if nothing had been."""
    everything = frozenset({"one"})
    lives = live([Step({"a": FAIL}, frozenset(), everything), Step({}, frozenset(), everything)])[-1]
    again = Step({"a": FAIL}, frozenset(), everything).on(lives, 1)["a"]
    assert (again.state, again.openings, again.resolved) == (LifeState.OPEN, 1, None)


def test_things_that_were_not_read_keep_what_hangs_on_them() -> None:
    """A subject or an account that is gone unread closes nothing."""
    lives: Lives = {"a": Life(seen("a"), LifeState.OPEN, look(0), look(0), look(0), look(0))}
    for things in ({"x:a|p"}, {"x:a"}):
        after = advance(lives, look(1), (), rules={"one"}, unread=Unread(things=things))["a"]
        assert (after.is_open, after.unknown, after.last) == (True, look(1), look(0))
    assert not advance(lives, look(1), (), rules={"one"}, unread=Unread(things={"x:b"}))["a"].is_open


def test_a_waiver_ends_on_its_day_and_a_late_finding_is_overdue_again() -> None:
    """Up to the day before it is waived and not overdue; on the day it stands as it did before."""
    mark = WaiverMark("w", WaiverKind.ACCEPTED_RISK, date(2026, 12, 24))
    life = Life(
        seen("a"), LifeState.OPEN, look(0), look(0), look(0), look(0), due_on=date(2026, 12, 1), waiver=mark
    )
    assert life.standing(date(2026, 12, 23)) is LifeState.WAIVED
    assert not life.is_overdue(date(2026, 12, 23))
    assert life.standing(date(2026, 12, 24)) is LifeState.OPEN
    assert life.is_overdue(date(2026, 12, 24))
