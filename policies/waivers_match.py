"""Which findings each waiver is written for: exact by dictionary, globs by the longest text they hold.

A glob is anchored: ``*`` stands for any letters or none, ``?`` for one, and the whole of the id has to
fit. There is no prefix matching and there are no regular expressions, so ``x:Riverside`` never takes in
``x:RiversideHealth``. A glob is only tried on the ids that hold its longest part without a ``*`` or ``?``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from auditor.model.waiver import WILD, Waiver


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
    everything = "\n".join(ids)
    for number, pattern in globs.items():
        written = max(re.split(r"[*?]+", pattern), key=len)
        if written not in everything:
            continue
        fits = glob(pattern)
        # Looking for a text within a text takes a tenth of the time of an expression.
        for each in [one for one in ids if written in one]:
            if fits(each):
                fitting[each].append(number)
    return dict(fitting)
