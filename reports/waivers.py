"""Waivers as a report shows them: the three kinds apart, the original verdicts beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from auditor.model.waiver import WaiverKind
from reports.text import listed, plural

KIND_NAMES = {
    WaiverKind.ACCEPTED_RISK: "Accepted risks",
    WaiverKind.FALSE_POSITIVE: "False positives",
    WaiverKind.NOT_APPLICABLE: "Not applicable",
}
COUNTED = {
    WaiverKind.ACCEPTED_RISK: ("accepted risk", "accepted risks"),
    WaiverKind.FALSE_POSITIVE: ("false positive", "false positives"),
    WaiverKind.NOT_APPLICABLE: ("not applicable", "not applicable"),
}
"""What one finding and several of a kind are called after their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverEntry:
    """One waiver, and what it comes to on the day of the report."""

    waiver_id: str
    rule: str
    subject: str
    kind: WaiverKind
    reason: str
    control: str
    owner: str
    approver: str
    expires: date
    """From this day on it does not count."""
    expired: bool = False
    expect: int = 1
    covers: tuple[str, ...] = ()
    """Fingerprints of the findings it covers."""
    problems: tuple[str, ...] = ()
    """What is amiss with it, a sentence each."""


def by_kind(waivers: Iterable[WaiverEntry]) -> dict[WaiverKind, tuple[WaiverEntry, ...]]:
    """Return the waivers of each kind, none of the three left out, the soonest to expire first."""
    ordered = sorted(waivers, key=lambda one: (one.expires, one.rule, one.subject))
    return {kind: tuple(one for one in ordered if one.kind is kind) for kind in WaiverKind}


def by_finding(
    waivers: Iterable[WaiverEntry],
) -> dict[tuple[str, WaiverKind | None, date | None], WaiverEntry]:
    """Return the waivers by fingerprint, kind and last day: by what a finding says of the one that covers it."""
    return {(mark, one.kind, one.expires): one for one in waivers for mark in one.covers}


def counted(kinds: Iterable[WaiverKind | None]) -> str:
    """Return how many of each kind there are, in words; empty: none.

    ``kinds``: that of each finding, None where no waiver covers it.
    """
    counts = Counter(kinds)
    return listed([plural(counts[kind], *COUNTED[kind]) for kind in WaiverKind if counts[kind]])


def covering(
    waivers: Iterable[WaiverEntry], fingerprints: Collection[str], tell: Callable[[str], str] = str
) -> tuple[WaiverEntry, ...]:
    """Return the waivers that cover any of these findings, and of what they cover no other.

    For a report that not everybody's findings are in: what is amiss elsewhere, and how many a waiver
    is meant for, would tell of what is left out. ``tell`` gives a text as the reader may see it.
    """
    narrowed = (
        replace(
            one,
            subject=tell(one.subject),
            reason=tell(one.reason),
            control=tell(one.control),
            covers=tuple(mark for mark in one.covers if mark in fingerprints),
            problems=(),
        )
        for one in waivers
    )
    return tuple(replace(one, expect=len(one.covers)) for one in narrowed if one.covers)
