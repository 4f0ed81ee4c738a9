"""What the exposure clocks remember of the snapshots they have followed, so that each is read once.

A store may hold two years of nightly snapshots; a clock needs a handful of readings of them. Kept are the
turns of leavers' lives by the roster, the names of identities and accounts, for each account the snapshots
that read it (one bit each), and of each leaver's access the readings that a clock can hang on. All of it
can be had again from the snapshots: losing it costs time and nothing else.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.errors import StoreError
from auditor.model.exposure import Reading

if TYPE_CHECKING:
    from auditor.store import Store

NOTE = "exposure"
"""The note it is kept in."""
_FORMAT = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HELD, _ATTESTED = 1, 2


class Said(NamedTuple):
    """What one roster said of somebody."""

    at: int
    """When it was so, in microseconds since 1970."""
    status: str | None
    left_on: str | None
    hired_on: str | None


class Noted(NamedTuple):
    """One reading of one leaver's access to one account."""

    at: int
    snapshot: int
    """The gathered snapshot's place in `Memory.gathered`."""
    kind: int
    """1: held, 2: attested; both may be."""
    begun_at: int | None

    @property
    def is_held(self) -> bool:
        """Whether the access was there."""
        return bool(self.kind & _HELD)


@dataclass(slots=True)
class Held:
    """A leaver's access, as it was read around and since their departures."""

    principals: list[str]
    """Identities it is of."""
    cuts: list[int]
    """When they left and came back, in microseconds."""
    parents: dict[str, str | None] = field(default_factory=dict)
    """Account to the container whose list speaks for it."""
    places: dict[str, list[Noted]] = field(default_factory=dict)
    """Account to its readings, by time."""


@dataclass(slots=True)
class Memory:
    """All that is remembered."""

    known: list[str] = field(default_factory=list)
    """Ids of the snapshots followed, oldest first."""
    gathered: list[str] = field(default_factory=list)
    """Those of them that asked the platforms."""
    finished: list[int] = field(default_factory=list)
    """When each gathered one ended."""
    rosters: list[str] = field(default_factory=list)
    """Those of the known that hold people."""
    lives: dict[str, list[Said]] = field(default_factory=dict)
    """Of everybody whom a roster ever had as gone or going: the first and last word of each stretch."""
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    """The last row of each of them."""
    identities: dict[str, dict[str, str]] = field(default_factory=dict)
    """Principal to the newest word on each of its columns."""
    accounts: dict[str, dict[str, str]] = field(default_factory=dict)
    whole: dict[str, int] = field(default_factory=dict)
    """Account to the gathered snapshots (bits) that read everybody who holds it."""
    lists: dict[str, int] = field(default_factory=dict)
    """Container to those that read the whole list of its accounts."""
    spoken: dict[str, int] = field(default_factory=dict)
    """Account to those that said anything of it."""
    partly: dict[str, dict[str, int]] = field(default_factory=dict)
    """Account to principal to those that saw them there without reading everybody."""
    held: dict[str, Held] = field(default_factory=dict)
    """Person to their access."""

    def parent(self, account_id: str) -> str | None:
        """Return the container that lists the account."""
        return self.accounts.get(account_id, {}).get("parent_id")

    def reads(self, account_id: str) -> int:
        """Return the gathered snapshots (bits) that say for everybody whether they hold the account."""
        parent = self.parent(account_id)
        by_list = self.lists.get(parent, 0) & ~self.spoken.get(account_id, 0) if parent else 0
        return self.whole.get(account_id, 0) | by_list

    def reading(self, noted: Noted) -> Reading:
        """Return a reading as clocks are measured by."""
        return Reading(
            at=instant(noted.at),
            snapshot_id=self.gathered[noted.snapshot],
            held=noted.is_held,
            attested=bool(noted.kind & _ATTESTED),
            begun_at=None if noted.begun_at is None else instant(noted.begun_at),
        )


def noted(reading: Reading, snapshot: int) -> Noted:
    """Return a reading as it is remembered."""
    kind = _HELD * reading.held + _ATTESTED * reading.attested
    return Noted(
        micros(reading.at), snapshot, kind, None if reading.begun_at is None else micros(reading.begun_at)
    )


def remember(readings: Sequence[Noted], cuts: Sequence[int]) -> list[Noted]:
    """Return those of ``readings`` that a clock can hang on, by time.

    That is, from the last one before the first of ``cuts``: the first and the last of each stretch that says
    the same, and those next to a cut. What lies between adds up to the same.
    """
    ordered = sorted(readings, key=lambda one: one.at)
    if cuts:
        before = sum(one.at <= min(cuts) for one in ordered)
        ordered = ordered[max(0, before - 1) :]
    places = {sum(one.at <= cut for one in ordered) for cut in cuts}
    return [
        one
        for place, one in enumerate(ordered)
        if place in places
        or place + 1 in places
        or not 0 < place < len(ordered) - 1
        or not ordered[place - 1].kind == one.kind == ordered[place + 1].kind
    ]


def load(store: Store, known: Sequence[str]) -> Memory:
    """Return what is remembered of the snapshots ``known``, oldest first; nothing where it is of others."""
    kept = store.notes.read(NOTE)
    if isinstance(kept, str):
        data = json.loads(zlib.decompress(b64decode(kept)))
        if data["format"] == _FORMAT and data["known"] == list(known[: len(data["known"])]):
            return _from_json(data)
    return Memory()


def save(store: Store, memory: Memory) -> None:
    """Keep what is remembered; a store that cannot take it now leaves the work to the next."""
    text = json.dumps(_to_json(memory), separators=(",", ":"))
    with suppress(StoreError):
        store.notes.write(NOTE, b64encode(zlib.compress(text.encode(), 6)).decode())


def micros(at: datetime) -> int:
    """Return an instant in microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    """Return the instant so many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=at)


_BITS = ("whole", "lists", "spoken")
_PLAIN = ("known", "gathered", "finished", "rosters", "people", "identities", "accounts")


def _to_json(memory: Memory) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        **{name: getattr(memory, name) for name in _PLAIN},
        **{name: {key: f"{bits:x}" for key, bits in getattr(memory, name).items()} for name in _BITS},
        "partly": {
            account: {principal: f"{bits:x}" for principal, bits in seen.items()}
            for account, seen in memory.partly.items()
        },
        "lives": memory.lives,
        "held": {
            person: [one.principals, one.cuts, one.parents, one.places] for person, one in memory.held.items()
        },
    }


def _bits(told: dict[str, str]) -> dict[str, int]:
    return {key: int(bits, 16) for key, bits in told.items()}


def _from_json(data: dict[str, Any]) -> Memory:
    return Memory(
        **{name: data[name] for name in _PLAIN},
        whole=_bits(data["whole"]),
        lists=_bits(data["lists"]),
        spoken=_bits(data["spoken"]),
        partly={account: _bits(seen) for account, seen in data["partly"].items()},
        lives={person: [Said(*said) for said in life] for person, life in data["lives"].items()},
        held={
            person: Held(
                principals,
                cuts,
                parents,
                {key: [Noted(*one) for one in readings] for key, readings in places.items()},
            )
            for person, (principals, cuts, parents, places) in data["held"].items()
        },
    )
