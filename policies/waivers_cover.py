"""What waivers come to on one day: which finding each covers, and what is amiss with it.

A waiver never covers more findings than it says (`expect`): where more fit, those it covered before stay
covered and no other is, so that something new is never hidden by an old decision. Nor does it cover a
finding about the access of its own approver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from auditor.model.life import Seen
from auditor.model.waiver import Waiver
from policies.waivers_match import match_waivers


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who an owner's or approver's address belongs to."""

    person_id: str | None = None
    """None: nobody the roster knows, or there is no roster."""
    principal_ids: frozenset[str] = frozenset()
    """Identities on platforms with this address, for where there is no roster."""


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """One waiver on one day."""

    waiver: Waiver
    matches: tuple[Seen, ...]
    """Findings it is written for."""
    covers: tuple[Seen, ...]
    """Those of them that it covers."""
    problems: tuple[str, ...]
    """What is amiss, a sentence each; nothing is, where it has expired."""
    is_expired: bool


@dataclass(frozen=True, slots=True)
class Covering:
    """All waivers on one day."""

    uses: tuple[WaiverUse, ...] = ()
    """In the order of the file."""
    by_finding: Mapping[str, Waiver] = field(default_factory=dict)
    """Fingerprint to the waiver that covers it."""


def cover(
    waivers: Sequence[Waiver],
    found: Sequence[Seen],
    *,
    today: date,
    held: Mapping[str, str],
    people: Mapping[str, Signatory],
    has_roster: bool,
) -> Covering:
    """Return what ``waivers`` cover of the open findings ``found``.

    Where several are written for one finding the exact one counts, then the first in the file.

    Args:
        waivers: as `policies.waivers.load_waivers` returns them.
        found: findings that stand open.
        today: the day in the organisation's time zone.
        held: fingerprint to the key of the waiver that covered it until now.
        people: every owner's and approver's address that occurs in ``waivers`` to whose it is.
        has_roster: whether there is a roster, so that an address it does not know is a stranger's.

    """
    hits = match_waivers(waivers, found)
    by_finding: dict[str, Waiver] = {}
    uses: dict[int, WaiverUse] = {}
    for number in sorted(range(len(waivers)), key=lambda n: (not waivers[n].is_exact, n)):
        waiver, matches = waivers[number], tuple(found[place] for place in hits[number])
        if not waiver.in_force(today):
            uses[number] = WaiverUse(waiver, matches, (), (), is_expired=True)
            continue
        barred = _signature_problem(people[waiver.approver], people[waiver.owner], has_roster=has_roster)
        problems, allowed = _allowed(waiver, matches, held, people[waiver.approver])
        if barred:
            problems, allowed = (*problems, barred), ()
        covers = tuple(seen for seen in allowed if seen.fingerprint not in by_finding)
        by_finding.update((seen.fingerprint, waiver) for seen in covers)
        uses[number] = WaiverUse(waiver, matches, covers, problems, is_expired=False)
    return Covering(tuple(uses[number] for number in range(len(waivers))), by_finding)


def _allowed(
    waiver: Waiver, matches: tuple[Seen, ...], held: Mapping[str, str], approver: Signatory
) -> tuple[tuple[str, ...], tuple[Seen, ...]]:
    """Return what is amiss, and the findings the waiver may cover."""
    problems = _number_problems(waiver, len(matches))
    allowed = tuple(seen for seen in matches if not _is_about(seen, approver))
    if len(allowed) < len(matches):
        own = _findings(len(matches) - len(allowed))
        problems = (*problems, f"its approver holds the access that {own} about; not covered")
    if len(matches) > waiver.expect:
        allowed = tuple(seen for seen in allowed if held.get(seen.fingerprint) == waiver.key)
    return problems, allowed


def _number_problems(waiver: Waiver, number: int) -> tuple[str, ...]:
    if number == 0:
        return ("it is written for no open finding",)
    if number < waiver.expect:
        return (f"it is written for {number} of the {waiver.expect} findings it expects",)
    if number > waiver.expect:
        return (
            f"it fits {number} findings and expects {waiver.expect}; it covers no more than it covered before",
        )
    return ()


def _signature_problem(approver: Signatory, owner: Signatory, *, has_roster: bool) -> str:
    if has_roster and approver.person_id is None:
        return "the roster does not know its approver, who may be anybody; it covers nothing"
    if approver.person_id is not None and approver.person_id == owner.person_id:
        return "its owner and its approver are one person; it covers nothing"
    return ""


def _is_about(seen: Seen, approver: Signatory) -> bool:
    mine = seen.person_id is not None and seen.person_id == approver.person_id
    return mine or (seen.principal_id is not None and seen.principal_id in approver.principal_ids)


def _findings(number: int) -> str:
    return "1 finding is" if number == 1 else f"{number} findings are"
