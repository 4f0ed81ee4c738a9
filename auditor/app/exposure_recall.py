"""The readings of leavers' access: the newest snapshot's, and of those who are new among them the earlier ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from auditor.app.exposure_memory import Held, Memory, Noted, instant, micros, noted, remember
from auditor.app.exposure_read import Access, read_whole
from auditor.app.exposure_roster import Leaver

if TYPE_CHECKING:
    from auditor.store import Store


def hold(
    store: Store,
    memory: Memory,
    leavers: Mapping[str, Leaver],
    persons: Mapping[str, str],
    new: Iterable[int],
) -> None:
    """Bring what is remembered of leavers' access up to the newest snapshot.

    Args:
        store: has the snapshots.
        memory: has followed them.
        leavers: who has left, by person.
        persons: every identity that is matched to one of them.
        new: places of the gathered snapshots whose readings have not been taken yet, in order.

    Raises:
        StoreError: the store cannot be read now.

    """
    wanted: dict[str, Held] = {}
    for principal_id, person_id in sorted(persons.items()):
        wanted.setdefault(person_id, Held([], cuts_of(leavers[person_id]))).principals.append(principal_id)
    memory.held = {
        person_id: kept
        for person_id, kept in memory.held.items()
        if person_id in wanted and _is_as_before(memory, kept, wanted[person_id])
    }
    for place in new:
        _add(store, memory, place)
    missing = {person_id: one for person_id, one in wanted.items() if person_id not in memory.held}
    if missing:
        since = min(_begin(leavers[person_id]) for person_id in missing)
        _recall(store, memory, missing, _places(memory, missing.values(), since))


def cuts_of(leaver: Leaver) -> list[int]:
    """Return the instants at which the person left or came back, as their roster bounds them."""
    found = {
        at
        for one in leaver.departures
        for at in (one.earliest, one.latest, one.returned_at)
        if at is not None
    }
    return sorted(map(micros, found))


def _begin(leaver: Leaver) -> int:
    return min(micros(one.earliest or one.latest) for one in leaver.departures)


def _is_as_before(memory: Memory, kept: Held, wanted: Held) -> bool:
    """Whether what was kept of a person's access is of the same identities, days and containers as now."""
    same = kept.principals == wanted.principals and kept.cuts == wanted.cuts
    return same and all(memory.parent(one) == parent for one, parent in kept.parents.items())


def _add(store: Store, memory: Memory, place: int) -> None:
    """Add what one more snapshot shows to what is kept; who has access to another account is taken up anew."""
    snapshot_id = memory.gathered[place]
    persons = {principal: person for person, kept in memory.held.items() for principal in kept.principals}
    if not persons:
        return
    access = Access(store, [snapshot_id], persons)
    accounts = {account for kept in memory.held.values() for account in kept.places}
    whole = read_whole(
        store, {snapshot_id: instant(memory.finished[place])}, accounts, _parents(memory, accounts)
    )
    for person_id, account_id in access.places:
        if account_id not in memory.held.get(person_id, Held([], [])).places:
            memory.held.pop(person_id, None)
    for person_id, kept in list(memory.held.items()):
        for account_id, readings in kept.places.items():
            for reading in access.readings((person_id, account_id), whole):
                one = noted(reading, place)
                if _breaks(readings, one, kept.cuts):
                    memory.held.pop(person_id, None)
                kept.places[account_id] = remember([*readings, one], kept.cuts)


def _breaks(readings: Sequence[Noted], one: Noted, cuts: Sequence[int]) -> bool:
    """Whether ``one``, older than others that are known, falls into a stretch of which only the ends are kept."""
    place = sum(known.at <= one.at for known in readings)
    if place == len(readings):
        return False
    if place == 0:
        return readings[0].at > min(cuts)
    return not readings[place - 1].kind == one.kind == readings[place].kind


def _places(memory: Memory, missing: Collection[Held], since: int) -> list[int]:
    """Return which gathered snapshots have to be read for access ``since`` an instant and what was just before.

    Those that ended later, the one before, and for each account that it did not read whole the last that did
    or that saw one of the identities there.
    """
    later = [place for place, at in enumerate(memory.finished) if at > since]
    first = sum(at <= since for at in memory.finished) - 1
    if first < 0:
        return later
    until = (1 << (first + 1)) - 1
    principals = {principal for one in missing for principal in one.principals}
    found = {first, *later}
    for account_id in memory.accounts.keys() | memory.whole.keys() | memory.partly.keys():
        last = (memory.reads(account_id) & until).bit_length() - 1
        found.add(last)
        partly = memory.partly.get(account_id, {}) if last < first else {}
        found.update((partly[principal] & until).bit_length() - 1 for principal in partly.keys() & principals)
    return sorted(found - {-1})


def _recall(store: Store, memory: Memory, missing: Mapping[str, Held], places: Collection[int]) -> None:
    persons = {principal: person for person, one in missing.items() for principal in one.principals}
    finished = {memory.gathered[place]: instant(memory.finished[place]) for place in places}
    numbers = {memory.gathered[place]: place for place in places}
    access = Access(store, list(finished), persons)
    whole = read_whole(store, finished, access.accounts, _parents(memory, access.accounts))
    memory.held |= missing
    for person_id, account_id in access.places:
        kept = memory.held[person_id]
        readings = access.readings((person_id, account_id), whole)
        kept.places[account_id] = remember(
            [noted(one, numbers[one.snapshot_id]) for one in readings], kept.cuts
        )
        kept.parents[account_id] = memory.parent(account_id)


def _parents(memory: Memory, accounts: Iterable[str]) -> dict[str, str]:
    return {one: parent for one in accounts if (parent := memory.parent(one))}
