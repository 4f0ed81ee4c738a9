"""Who, and what, could act as an account at a moment in the past, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from auditor.app.as_of_judge import Answer, Because, Sight, judge
from auditor.app.as_of_read import APPS, GRANTS, Around, Kind, read_around
from auditor.app.judge import match_people
from auditor.app.lookup import pick_account
from auditor.app.rows import rows
from auditor.app.workspace import Workspace
from auditor.errors import UsageError
from auditor.model.finding import Basis
from policies.identity import PERSON_COLUMNS, PRINCIPAL_COLUMNS

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store

_PEOPLE = (*PERSON_COLUMNS, "name", "preferred_name", "hired_on", "left_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAccount:
    """The account asked about, as the newest snapshot that has it names it."""

    account_id: str
    platform: str
    handle: str | None
    name: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A grant or an app, and whether it could be used at the moment."""

    key: str
    who: str
    """The holder's or the app's name, as it stands in the snapshot; hostile."""
    person: str | None
    person_had_left_on: date | None
    """The person's last day, where that was over at the moment."""
    answer: Answer
    because: Because
    basis: Basis
    before: Sight | None
    after: Sight | None

    @property
    def level_before(self) -> str | None:
        """Level at the sight before; None: not seen then, or unmapped."""
        return self.before.row.get("level") if self.before and self.before.row else None

    @property
    def level_after(self) -> str | None:
        """Level at the sight after."""
        return self.after.row.get("level") if self.after and self.after.row else None

    @property
    def row(self) -> Mapping[str, object]:
        """The row of the sight nearest to the moment that has one, the one before first."""
        found = (sight.row for sight in (self.before, self.after) if sight and sight.row)
        return next(found, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountThen:
    """All that is known of who could act as an account at a moment."""

    account: FoundAccount
    moment: datetime
    holders: tuple[Held, ...]
    apps: tuple[Held, ...]
    read_of: Mapping[str, Around]
    """``grants`` and ``apps`` to the whole readings before and after."""


def account_then(workspace: Workspace, store: Store, text: str, moment: datetime) -> AccountThen:
    """Return who could act as the account known as ``text`` at ``moment``.

    Raises:
        UsageError: the moment is to come; no account, or several, are known so.
        StoreError: there is no snapshot.

    """
    if moment > workspace.clock():
        raise UsageError("that moment is still to come.", remedy="Ask for one that is past.")
    newest = store.snapshot("latest")
    gathered = [info for info in reversed(store.snapshots()) if not info.carried_from]
    account = _account(store, newest, gathered, text, moment)
    around = {
        kind.table: read_around(store, gathered, account.account_id, kind, moment) for kind in (GRANTS, APPS)
    }
    who = _People(workspace, store, newest, around["grants"])
    return AccountThen(
        account=account,
        moment=moment,
        holders=_held(around["grants"], GRANTS, who, moment),
        apps=_held(around["apps"], APPS, who, moment),
        read_of=around,
    )


def _account(
    store: Store, newest: SnapshotInfo, gathered: list[SnapshotInfo], text: str, moment: datetime
) -> FoundAccount:
    """Return the account by its names now, and by those it had around the moment."""
    past = [info.id for info in gathered if info.finished_at <= moment][-1:]
    coming = [info.id for info in gathered if info.finished_at > moment][:1]
    columns = ("account_id", "platform", "handle", "name", "url")
    known: dict[str, dict[str, str]] = {}
    for snapshot_id in dict.fromkeys((*past, *coming, newest.id)):
        for row in rows(store.frames(snapshot_id, ("accounts",), columns=columns)["accounts"]):
            names = known.setdefault(row.text("account_id") or "", {})
            names.update({name: told for name in columns if (told := row.text(name))})
            if snapshot_id != newest.id and row.text("handle"):
                names.setdefault("handle_then", row.text("handle") or "")
    accounts = [_found(names) for names in known.values()]
    try:
        return pick_account(accounts, text)
    except UsageError:
        then = [_found(names | {"handle": names.get("handle_then", "")}) for names in known.values()]
        try:
            found = pick_account(then, text)
        except UsageError:
            found = None
        if found is None:
            raise
        return next(one for one in accounts if one.account_id == found.account_id)


def _found(names: Mapping[str, str]) -> FoundAccount:
    return FoundAccount(
        account_id=names["account_id"],
        platform=names.get("platform", ""),
        handle=names.get("handle") or None,
        name=names.get("name"),
        url=names.get("url"),
    )


class _People:
    """Who the holders are: names from the snapshots around, persons by exact match alone."""

    def __init__(self, workspace: Workspace, store: Store, newest: SnapshotInfo, around: Around) -> None:
        self._zone = workspace.config.organization.zone
        ids = {str(s.row["principal_id"]) for pair in around.sights.values() for s in pair if s and s.row}
        snapshots = {s.snapshot_id for pair in around.sights.values() for s in pair if s and s.row}
        principals = store.history(
            "principals", snapshots, columns=(*PRINCIPAL_COLUMNS, "name"), where={"principal_id": ids}
        ).drop_duplicates("principal_id", keep="last")
        self._names = {
            row.text("principal_id"): row.text("name") or row.text("handle") or row.text("email")
            for row in rows(principals)
        }
        people = store.frames(newest.id, ("people",), columns=_PEOPLE)["people"]
        self._people = {row.text("person_id"): row for row in rows(people)}
        matches = match_people(workspace, {"principals": principals, "people": people}).matches
        self._persons = dict(zip(matches["principal_id"], matches["person_id"], strict=True))

    def name(self, row: Mapping[str, object]) -> str:
        """Return what the holder, or the app, calls itself."""
        if "principal_id" not in row:
            return str(row.get("name") or row.get("app_id"))
        return self._names.get(str(row["principal_id"])) or str(row["principal_id"])

    def person(self, row: Mapping[str, object], moment: datetime) -> tuple[str | None, date | None]:
        """Return the person's name, and their last day where it was over at ``moment``."""
        found = self._people.get(self._persons.get(str(row.get("principal_id"))))
        if found is None:
            return None, None
        name = found.text("preferred_name") or found.text("name")
        left, hired = found.day("left_on"), found.day("hired_on")
        if left is None or (hired is not None and hired > left):
            return name, None
        over = datetime.combine(left + timedelta(days=1), time.min, self._zone)
        return name, left if over <= moment else None


def _held(around: Around, kind: Kind, who: _People, moment: datetime) -> tuple[Held, ...]:
    found = []
    for key, (before, after) in around.sights.items():
        judged = judge(moment, before, after)
        if judged is None:
            continue
        answer, because = judged
        row = next(s.row for s in (before, after) if s and s.row)
        person, left = who.person(row, moment) if kind is GRANTS else (None, None)
        found.append(
            Held(
                key=key,
                who=who.name(row),
                person=person,
                person_had_left_on=left,
                answer=answer,
                because=because,
                basis=_basis(answer, because, before, after),
                before=before,
                after=after,
            )
        )
    order = list(Answer)
    return tuple(sorted(found, key=lambda one: (order.index(one.answer), one.who.casefold(), one.key)))


def _basis(answer: Answer, because: Because, before: Sight | None, after: Sight | None) -> Basis:
    """Return how sure the answer is; an answer that is no more than possible is not known."""
    if answer is Answer.MAYBE:
        return Basis.UNKNOWN
    resting = {
        Because.SEEN_AROUND: (before, after),
        Because.GRANT_DATED: (after,),
        Because.GIVEN_LATER: (after,),
    }.get(because, (before or after,))
    attested = any(sight and sight.row and sight.row["attested_by"] for sight in resting)
    return Basis.ATTESTED if attested else Basis.VERIFIED
