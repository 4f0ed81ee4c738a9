"""Findings' lives as kept: read whole, and what changed written at once with the events it makes.

Whoever follows the judged snapshots reads the `Ledger`, works out the lives after, and writes both
back; the write is refused where somebody else has written since, so that two programs may follow one
store. A hundred thousand lives that were merely seen again are one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, case, delete, func, select, tuple_, update

from auditor.errors import StoreError
from auditor.model.event import Event
from auditor.model.life import Closing, Life, LifeState, Lives, Look, Seen
from auditor.model.waiver import WaiverKind, WaiverMark
from auditor.store.bulk import insert_or_leave, insert_rows
from auditor.store.database import Database
from auditor.store.events import append
from auditor.store.schema import findings, rule_results, snapshots
from auditor.store.schema_lives import finding_lives, snapshot_cursors
from auditor.store.snapshots import COMPLETE
from auditor.store.text import clean_text
from auditor.store.waiver_terms import Terms, record_terms

_T = TypeVar("_T")
_READER = "lives"
_NAMES = tuple(column.name for column in finding_lives.c)
_SEEN = len(Seen._fields)
_UNALIKE = attrgetter(*(name for name in Life._fields if name not in ("last", "state")))
"""What a life that was merely seen again has in common with itself before."""
_STATES = {state.value: state for state in LifeState}
_CLOSINGS = {closing.value: closing for closing in Closing}
_AT_ONCE = 500
_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the judged snapshots have been followed."""

    look: Look | None = None
    """The newest look followed; None: none yet."""
    judged_at: datetime | None = None
    """Which judgement of it was followed."""
    version: int = 0
    told_on: date | None = None
    """The day, in the organisation's time zone, up to which what is overdue has been told."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every life, and how far they have come."""

    lives: Lives
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Pending:
    """A judged snapshot that has not been followed yet."""

    look: Look
    judged_at: datetime


class Overtaken(StoreError):
    """Somebody else has written the lives since they were read; read them again."""


class LivesOfFindings:
    """The lives of one store's findings."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def ledger(self) -> Ledger:
        """Return every life and the cursor, as of one moment."""
        with self._database.read() as connection:
            looks = _looks(connection)
            # Plain columns, asked of the driver itself: types of ours would be called for every cell.
            names = ", ".join(_NAMES)
            rows = connection.exec_driver_sql(f"SELECT {names} FROM finding_lives").fetchall()  # noqa: S608 - our names
            lives = {row[0]: _life(row, looks) for row in rows}
            return Ledger(lives, _cursor(connection, looks))

    def find(self, fingerprint_prefix: str) -> tuple[Life, ...]:
        """Return the lives whose fingerprint begins so, at most a few."""
        prefix = fingerprint_prefix.strip().lower()
        statement = (
            select(finding_lives)
            .where(finding_lives.c.fingerprint >= prefix, finding_lives.c.fingerprint < prefix + "g")
            .limit(_AT_ONCE)
        )
        with self._database.read() as connection:
            looks = _looks(connection)
            return tuple(_life(row, looks) for row in connection.execute(statement))

    def failing_since(self, fingerprints: Collection[str] | None = None) -> dict[str, datetime]:
        """Return since which look each finding that stands open as a fail has done so: of all, or of these."""
        marks = [None] if fingerprints is None else list(_chunks(sorted(fingerprints), _AT_ONCE))
        statement = (
            select(finding_lives.c.fingerprint, snapshots.c.finished_at)
            .join(snapshots, snapshots.c.snapshot_no == finding_lives.c.failed_no)
            .where(finding_lives.c.resolved_no.is_(None))
        )
        with self._database.read() as connection:
            parts = (
                connection.execute(
                    statement if some is None else statement.where(finding_lives.c.fingerprint.in_(some))
                )
                for some in marks
            )
            return {row.fingerprint: row.finished_at for part in parts for row in part}

    def seen(self, look: Look) -> tuple[Seen, ...]:
        """Return every finding recorded for a snapshot, as its life tells of it."""
        names = ", ".join(Seen._fields)
        statement = f"SELECT {names} FROM findings WHERE snapshot_no = {look.number:d}"  # noqa: S608 - our names, a number
        with self._database.read() as connection:
            return tuple(map(Seen._make, connection.exec_driver_sql(statement).fetchall()))

    def judged_rules(self, look: Look) -> frozenset[str]:
        """Return the ids of the rules that were judged over a snapshot."""
        statement = select(rule_results.c.rule).where(rule_results.c.snapshot_no == look.number)
        with self._database.read() as connection:
            return frozenset(connection.execute(statement).scalars())

    def pending(self) -> tuple[Pending, ...]:
        """Return the judged snapshots that have not been followed, oldest first.

        A snapshot older than the newest one followed is left out: judging it again tells nothing of
        what came later. The newest one followed is listed where it has been judged anew since.
        """
        with self._database.read() as connection:
            cursor = _cursor(connection, _looks(connection))
            statement = (
                select(snapshots)
                .where(snapshots.c.status == COMPLETE, snapshots.c.judged_at.is_not(None))
                .order_by(snapshots.c.finished_at, snapshots.c.snapshot_no)
            )
            if cursor.look is not None:
                followed = select(snapshots.c.finished_at).where(
                    snapshots.c.snapshot_no == cursor.look.number
                )
                ended = connection.execute(followed).scalar_one()
                place = tuple_(snapshots.c.finished_at, snapshots.c.snapshot_no)
                statement = statement.where(place >= (ended, cursor.look.number))
            found = [
                Pending(Look(row.snapshot_no, row.snapshot_id, row.finished_at), row.judged_at)
                for row in connection.execute(statement)
            ]
        return tuple(one for one in found if one.look != cursor.look or one.judged_at != cursor.judged_at)

    def write(
        self,
        before: Ledger,
        after: Mapping[str, Life],
        *,
        events: Iterable[Event] = (),
        followed: Pending | None = None,
        terms: Sequence[Terms] = (),
        told_on: date | None = None,
    ) -> int:
        """Keep the lives ``after``, with their events, in one transaction; return how many events are new.

        Args:
            before: what the lives were worked out from.
            after: the lives to keep, those that did not change among them.
            events: what there is to tell.
            followed: the judged snapshot this follows; None: something else happened to the lives.
            terms: waivers' terms to add to their trail.
            told_on: the day up to which what is overdue has been told; None: as before.

        Raises:
            Overtaken: somebody else has written since ``before`` was read.

        """
        seen_again, changed = _changes(before.lives, after)
        with self._database.write() as connection:
            self._turn(connection, before.cursor, followed, told_on)
            if seen_again and followed is not None:
                _see_again(connection, before, seen_again, changed, followed.look)
            elif seen_again:
                changed += seen_again
            _replace(connection, before.lives, changed)
            record_terms(connection, terms, self._clock())
            return append(connection, events)

    def _turn(
        self, connection: Connection, cursor: Cursor, followed: Pending | None, told_on: date | None
    ) -> None:
        """Take the turn to write, or raise `Overtaken`."""
        connection.execute(insert_or_leave(connection, snapshot_cursors), {"reader": _READER, "version": 0})
        values: dict[str, Any] = {"version": cursor.version + 1}
        if followed is not None:
            values |= {"snapshot_no": followed.look.number, "judged_at": followed.judged_at}
        if told_on is not None:
            values["told_on"] = told_on.isoformat()
        done = connection.execute(
            update(snapshot_cursors)
            .where(snapshot_cursors.c.reader == _READER, snapshot_cursors.c.version == cursor.version)
            .values(values)
        )
        if done.rowcount != 1:
            raise Overtaken(
                "Another run has followed the findings in the meantime.", remedy="Run the command again."
            )


def _looks(connection: Connection) -> dict[int, Look]:
    """Return every complete snapshot as a look, by number."""
    statement = select(snapshots.c.snapshot_no, snapshots.c.snapshot_id, snapshots.c.finished_at)
    rows = connection.execute(statement.where(snapshots.c.status == COMPLETE))
    return {row[0]: Look(*row) for row in rows}


def _cursor(connection: Connection, looks: Mapping[int, Look]) -> Cursor:
    statement = select(snapshot_cursors).where(snapshot_cursors.c.reader == _READER)
    row = connection.execute(statement).one_or_none()
    if row is None:
        return Cursor()
    look = None if row.snapshot_no is None else looks[row.snapshot_no]
    told_on = None if row.told_on is None else date.fromisoformat(row.told_on)
    return Cursor(look, row.judged_at, row.version, told_on)


def _life(row: Row[Any], looks: Mapping[int, Look]) -> Life:
    (
        state, first, last, opened, failed, resolved, unknown, closing, openings,
        owner, assigned, due_on, waiver_key, waiver_kind, waiver_expires,
    ) = row[_SEEN:]  # fmt: skip
    return Life(
        Seen._make(row[:_SEEN]),
        _STATES[state],
        looks[first],
        looks[last],
        looks[opened],
        None if failed is None else looks[failed],
        None if resolved is None else looks[resolved],
        None if unknown is None else looks[unknown],
        _CLOSINGS[closing],
        openings,
        owner,
        assigned,
        None if due_on is None else date.fromisoformat(due_on),
        None
        if waiver_key is None
        else WaiverMark(waiver_key, WaiverKind(waiver_kind), date.fromisoformat(waiver_expires)),
    )


def _row(life: Life) -> tuple[Any, ...]:
    """Return a life in the order of the table's columns, as both backends can hold it."""
    mark = life.waiver
    return (
        *life.seen,
        life.state.value,
        life.first.number,
        life.last.number,
        life.opened.number,
        life.failed and life.failed.number,
        life.resolved and life.resolved.number,
        life.unknown and life.unknown.number,
        life.closing.value,
        life.openings,
        life.owner,
        life.assigned,
        life.due_on and life.due_on.isoformat(),
        mark and mark.key,
        mark and mark.kind.value,
        mark and mark.expires.isoformat(),
    )


def _changes(before: Mapping[str, Life], after: Mapping[str, Life]) -> tuple[list[Life], list[Life]]:
    """Return the lives that were merely seen again, and those that changed otherwise."""
    seen_again, changed = [], []
    for mark, life in after.items():
        old = before.get(mark)
        if old is life or old == life:
            continue
        if old is not None and _UNALIKE(old) == _UNALIKE(life) and _has_aged(old, life):
            seen_again.append(life)
        else:
            changed.append(life)
    return seen_again, changed


def _has_aged(old: Life, life: Life) -> bool:
    """Whether the state is as it was, or new no more."""
    return old.state is life.state or (old.state is LifeState.NEW and life.state is LifeState.OPEN)


def _see_again(
    connection: Connection, before: Ledger, seen_again: Sequence[Life], changed: Sequence[Life], look: Look
) -> None:
    """Note of every life that the look shows again that it was last seen there, and is new no more."""
    begun = func.coalesce(finding_lives.c.failed_no, finding_lives.c.opened_no)
    is_aged = (finding_lives.c.state == LifeState.NEW.value) & (begun != look.number)
    state = case((is_aged, LifeState.OPEN.value), else_=finding_lives.c.state)
    connection.execute(
        update(finding_lives)
        .where(_is_seen_again(before, seen_again, changed, look))
        .values(last_no=look.number, state=state)
    )


def _is_seen_again(
    before: Ledger, seen_again: Sequence[Life], changed: Sequence[Life], look: Look
) -> ColumnElement[bool]:
    """Return what is true of the rows of ``seen_again``; of those that ``changed`` it does not matter.

    Mostly these are all lives that the look before showed: that is told by a number, a hundred thousand are not
    looked up one by one.
    """
    told = {life.seen.fingerprint for life in seen_again}
    last = before.cursor.look
    others = [mark for mark, life in before.lives.items() if life.last == last and mark not in told]
    others = list(set(others).difference(life.seen.fingerprint for life in changed))
    if len(others) <= _AT_ONCE and last and all(before.lives[mark].last == last for mark in told):
        return (finding_lives.c.last_no == last.number) & finding_lives.c.fingerprint.not_in(others)
    recorded = select(findings.c.fingerprint).where(findings.c.snapshot_no == look.number)
    return finding_lives.c.fingerprint.in_(recorded)


def _replace(connection: Connection, before: Mapping[str, Life], changed: Sequence[Life]) -> None:
    changed = sorted(changed, key=_mark)  # in the order of the key, rows go where the last one went
    old = [life.seen.fingerprint for life in changed if life.seen.fingerprint in before]
    for chunk in _chunks(old, _AT_ONCE):
        connection.execute(delete(finding_lives).where(finding_lives.c.fingerprint.in_(chunk)))
    for lives in _chunks(changed, _ROWS_AT_ONCE):
        rows = [_row(life) for life in lives]
        if not _is_clean(rows):
            rows = [tuple(clean_text(c) if isinstance(c, str) else c for c in row) for row in rows]
        insert_rows(connection, finding_lives, _NAMES, rows)


def _mark(life: Life) -> str:
    return life.seen.fingerprint


def _is_clean(rows: Sequence[tuple[Any, ...]]) -> bool:
    """Whether every text is as both backends can hold it; asked of many at once, for speed."""
    joined = "".join(cell for row in rows for cell in row[:_SEEN] if cell.__class__ is str)
    return "\x00" not in joined and (joined.isascii() or clean_text(joined) == joined)


def _chunks(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
