"""Which findings each waiver is written for: exact by dictionary, globs by the rarest letters they hold.

A glob is anchored: ``*`` stands for any letters or none, ``?`` for one, and the whole of the id has to
fit. There is no prefix matching and there are no regular expressions, so ``x:Riverside`` never takes in
``x:RiversideHealth``. A glob is only tried on the ids that hold its rarest three letters in a row.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from auditor.model.waiver import WILD, Waiver

_RUN = 3
"""Letters in a row by which ids are looked up."""
_FEW = 8
"""Up to so many globs are tried on every id at once; looking ids up would cost more."""


class Named(Protocol):
    """What a waiver may name of a finding; `auditor.model.life.Seen` is one."""

    @property
    def fingerprint(self) -> str:
        """Its own id."""
        ...

    @property
    def rule(self) -> str:
        """Id of its rule."""
        ...

    @property
    def subject_id(self) -> str:
        """Id of what it is about."""
        ...

    @property
    def account_id(self) -> str | None:
        """Id of the account it is on."""
        ...


def match_waivers(waivers: Sequence[Waiver], found: Sequence[Named]) -> list[list[int]]:
    """Return for each waiver the places in ``found`` of the findings it is written for, in order.

    Whether it is in force, and whether it may cover so many, is asked elsewhere.
    """
    by_rule: defaultdict[str, list[int]] = defaultdict(list)
    for place, finding in enumerate(found):
        by_rule[finding.rule].append(place)
    fitting = _by_rule(waivers, by_rule)
    hits: list[list[int]] = [[] for _ in waivers]
    for rule, places in by_rule.items():
        if rule in fitting:
            _match_rule(waivers, fitting[rule], found, places, hits)
    return [sorted(places) for places in hits]


def glob(pattern: str) -> Callable[[str], object]:
    """Return a function that is true of the texts that ``pattern`` fits from end to end.

    It takes time in proportion to the text: what has been matched is never given back.
    """
    first, *rest = ("".join("." if c == "?" else re.escape(c) for c in part) for part in pattern.split("*"))
    if not rest:
        return re.compile(first, re.DOTALL).fullmatch
    *inner, last = rest
    middle = "".join(f"(?>.*?{part})" for part in inner if part)
    return re.compile(f"{first}{middle}.*{last}", re.DOTALL).fullmatch


def is_wild(pattern: str) -> bool:
    """Whether ``pattern`` holds a ``*`` or a ``?``."""
    return not WILD.isdisjoint(pattern)


def _by_rule(waivers: Sequence[Waiver], rules: Iterable[str]) -> dict[str, list[int]]:
    """Return for each rule that was found the waivers written for it."""
    exact: defaultdict[str, list[int]] = defaultdict(list)
    wild = []
    for number, waiver in enumerate(waivers):
        if is_wild(waiver.rule):
            wild.append((number, glob(waiver.rule)))
        else:
            exact[waiver.rule].append(number)
    fitting = {rule: [*exact.get(rule, ()), *(n for n, fits in wild if fits(rule))] for rule in rules}
    return {rule: numbers for rule, numbers in fitting.items() if numbers}


def _match_rule(
    waivers: Sequence[Waiver],
    numbers: Sequence[int],
    found: Sequence[Named],
    places: Sequence[int],
    hits: list[list[int]],
) -> None:
    """Add the findings of one rule to the ``hits`` of the waivers written for it."""
    exact: defaultdict[str, list[int]] = defaultdict(list)
    globs: dict[int, str] = {}
    for number in numbers:
        subject = waivers[number].subject
        if is_wild(subject):
            globs[number] = subject
        else:
            exact[subject].append(number)
    ids = {found[place].subject_id for place in places} if globs else set()
    ids |= {account for place in places if (account := found[place].account_id)} if globs else set()
    wild = _fitting_globs(globs, sorted(ids))
    for place in places:
        finding = found[place]
        names = (finding.subject_id, finding.account_id or "", finding.fingerprint)
        mine = {n for name in names if name in exact for n in exact[name]}
        mine.update(n for name in names[:2] if name in wild for n in wild[name])
        for number in mine:
            hits[number].append(place)


def _fitting_globs(globs: Mapping[int, str], ids: Sequence[str]) -> dict[str, list[int]]:
    """Return for each of ``ids`` that any glob fits the numbers of those that do."""
    fitting: defaultdict[str, list[int]] = defaultdict(list)
    runs = {number: _runs(pattern) for number, pattern in globs.items()} if len(globs) > _FEW else {}
    holders = _holders({run for own in runs.values() for run in own}, ids)
    for number, pattern in globs.items():
        fits = glob(pattern)
        candidates = min((holders[run] for run in runs.get(number, ())), key=len, default=ids)
        for each in candidates:
            if fits(each):
                fitting[each].append(number)
    return dict(fitting)


def _runs(pattern: str) -> set[str]:
    """Return the runs of letters that whatever fits ``pattern`` must hold."""
    parts = re.split(r"[*?]+", pattern)
    return {part[at : at + _RUN] for part in parts for at in range(len(part) - _RUN + 1)}


def _holders(wanted: set[str], ids: Sequence[str]) -> dict[str, list[str]]:
    """Return for each wanted run of letters the ids that hold it."""
    holders: dict[str, list[str]] = {run: [] for run in wanted}
    if not wanted:
        return holders
    for each in ids:
        letters = map("".join, zip(each, each[1:], each[2:], strict=False))
        for run in wanted.intersection(letters):
            holders[run].append(each)
    return holders
