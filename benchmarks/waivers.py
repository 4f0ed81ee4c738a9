"""121,117 findings held against 1,000 waivers, beside the mutelist of Prowler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from auditor.model.finding import fingerprint
from auditor.model.life import Seen
from auditor.model.waiver import Waiver, WaiverKind
from benchmarks.measure import Contender, race, times
from benchmarks.peers import mutelist
from benchmarks.result import Goal, Result, Table
from policies.waivers_match import match_waivers

FINDINGS = {False: 121_117, True: 4_000}
WAIVERS = {False: 1_000, True: 100}
PEER_FINDINGS = {False: 2_000, True: 200}
RUNS = {False: 5, True: 2}
RULES, ACCOUNTS, PATHS = 63, 1_200, ("direct", "portfolio:p1", "agency:a7")
_LIMIT_S = 2
_TIMES = 997
"""Waivers are planted on every so-manieth finding; a prime, so that they fall on every rule and account."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A waiver, and the numbers of the findings it is written for: the known answer, without any matching."""

    waiver: Waiver
    places: frozenset[int]


def finding(number: int) -> Seen:
    """Return the ``number``-th finding: an identity of its own on one of the accounts, by one of the paths."""
    rule, account = rule_of(number), account_of(number)
    subject = f"{account}|facebook:u{number}|{path_of(number)}"
    return Seen(
        fingerprint(rule, "grant", subject), rule, "pack", "high", "fail", "grant", subject,
        f"Person {number} holds admin", "facebook", account, f"facebook:u{number}", f"hr:{number}", 50,
    )  # fmt: skip


def rule_of(number: int) -> str:
    """Return a finding's rule."""
    return f"rule-{number % RULES:02}"


def account_of(number: int) -> str:
    """Return a finding's account."""
    return f"facebook:{10_000 + number // 7 % ACCOUNTS}"


def path_of(number: int) -> str:
    """Return how the access came about."""
    return PATHS[number // 11 % len(PATHS)]


def planted(count: int, findings: int) -> list[Planted]:
    """Return as many waivers.

    Of ten, six name one subject, one an account, two are globs over subjects, one over rules too.
    """
    return [_planted(number, number * _TIMES % findings, findings) for number in range(count)]


def _planted(number: int, place: int, findings: int) -> Planted:
    rule, account, path = rule_of(place), account_of(place), path_of(place)
    same_rule = range(place % RULES, findings, RULES)
    kind = number % 10
    if kind < 6:
        return Planted(_waiver(rule, finding(place).subject_id), frozenset({place}))
    if kind == 6:
        places = frozenset(n for n in same_rule if account_of(n) == account)
        return Planted(_waiver(rule, account), places)
    if kind == 7:
        places = frozenset(n for n in same_rule if (account_of(n), path_of(n)) == (account, path))
        return Planted(_waiver(rule, f"{account}|*|{path}"), places)
    if kind == 8:
        digits = str(place)[:-1]
        places = frozenset(n for n in same_rule if str(n)[:-1] == digits)
        return Planted(_waiver(rule, f"*|facebook:u{digits}?|*"), places)
    return Planted(_waiver(f"{rule[:-1]}*", f"{account}|facebook:u{place}|*"), frozenset({place}))


def _waiver(rule: str, subject: str) -> Waiver:
    return Waiver(
        rule=rule,
        subject=subject,
        kind=WaiverKind.ACCEPTED_RISK,
        reason="Known",
        control="Watched",
        owner="sam.poe@riverside.example",
        approver="lee.ray@riverside.example",
        expires=date(2027, 3, 31),
    )


def known_answer(plants: Sequence[Planted]) -> frozenset[tuple[int, int]]:
    """Return waiver and finding of every pair that belongs together, by arithmetic alone."""
    return frozenset((number, place) for number, plant in enumerate(plants) for place in plant.places)


def run(*, quick: bool) -> Result:
    """Measure."""
    count, peer_count = FINDINGS[quick], PEER_FINDINGS[quick]
    found = [finding(number) for number in range(count)]
    plants = planted(WAIVERS[quick], count)
    waivers = [plant.waiver for plant in plants]
    known = known_answer(plants)
    _check(known, match_waivers(waivers, found))
    sample = found[:: max(1, count // peer_count)][:peer_count]
    waived = {found[place].fingerprint for _number, place in known}
    expected = frozenset(seen.fingerprint for seen in sample if seen.fingerprint in waived)
    mute = mutelist.muter(waivers)
    timings = race(
        [
            Contender("Auditor", partial(match_waivers, waivers, found), lambda hits: _pairs(hits) == known),
            Contender("Prowler", partial(mute, sample), lambda muted: muted == expected),
        ],
        RUNS[quick],
    )
    ours, theirs = timings
    pace = ours.median / count
    ratio = None if theirs.disagrees else theirs.median / len(sample) / pace
    rows = [
        ("Auditor: which findings each waiver is for", f"{count:,}", ours.shown, _micro(pace), "1"),
        (
            "Prowler's Mutelist: whether each finding is muted",
            f"{len(sample):,}",
            theirs.shown,
            "" if ratio is None else _micro(theirs.median / len(sample)),
            "" if ratio is None else times(ratio),
        ),
    ]
    figures = {"ours_s": ours.median, "ours_us_per_finding": pace * 1e6, "pairs": float(len(known))}
    if ratio is not None:
        figures["ratio"] = ratio
    return Result(
        name="waivers",
        title=f"{count:,} findings against {len(waivers):,} waivers",
        what=(
            f"{len(waivers):,} waivers: of ten, six name one subject, one an account, two are globs over subjects and one over"
            f" rules and subjects. The known answer, {len(known):,} pairs of waiver and finding, is arithmetic over the numbers"
            " the data is made from; both must give it before their speed counts."
        ),
        tables=[Table(("", "findings", "median (range)", "a finding", "to ours"), rows)],
        goals=[Goal("All waivers over all findings", ours.median, _LIMIT_S, "s")],
        notes=[
            (
                "Prowler pins versions of pandas, pydantic and others that do not go with ours, so its wheel is installed without"
                " its dependencies (`lock/without_dependencies.txt`); `Mutelist` itself needs nothing of them. It searches for its patterns"
                " anywhere in a text, so they are written with anchors. It is given fewer"
                " findings, and compiles most patterns anew for each, because they outnumber what Python's `re` remembers."
            )
        ],
        figures=figures,
        peers=("prowler",),
    )


def _pairs(hits: Sequence[Sequence[int]]) -> frozenset[tuple[int, int]]:
    return frozenset((number, place) for number, places in enumerate(hits) for place in places)


def _check(known: frozenset[tuple[int, int]], hits: Sequence[Sequence[int]]) -> None:
    if _pairs(hits) != known:
        raise RuntimeError("our matching does not give the known answer")


def _micro(value: float) -> str:
    return f"{value * 1e6:,.1f} µs"
