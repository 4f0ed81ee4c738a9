"""From a difference to the events it amounts to; docs/drift.md has the table of kinds and severities."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.app.drift_find import Difference
from auditor.app.drift_words import (
    Names,
    app_words,
    one_lower,
    role_words,
    scope_words,
    severity_of_access,
    severity_of_app,
    value_words,
)
from auditor.model.estate import AccessStatus, Level, MfaRequired
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.store import SnapshotInfo

_Row = Mapping[str, Any]
_REACH_MESSAGES = Severity.HIGH
_MFA_RANK = {MfaRequired.NONE.value: 0, MfaRequired.ADMINS.value: 1, MfaRequired.ALL.value: 2}
_NO_ACCESS = frozenset({AccessStatus.REMOVED.value, AccessStatus.SUSPENDED.value})


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one thing, before it is known of which snapshots it is told."""

    kind: EventKind
    severity: Severity
    message: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Teller:
    """Makes events of the differences of one snapshot.

    Args:
        snapshot: the snapshot the differences lead to.
        names: what things are called.
        admins: principals who hold full control, or a role that maps to no level, on any account.
        persons: principal to the person it is matched to.

    """

    def __init__(
        self,
        snapshot: SnapshotInfo,
        names: Names,
        *,
        admins: frozenset[str] = frozenset(),
        persons: Mapping[str, str] | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._names = names
        self._admins = admins
        self._persons = persons or {}

    def events(self, differences: Iterable[Difference]) -> Iterator[Event]:
        """Yield the events that ``differences`` amount to."""
        tellers: Mapping[str, Callable[[Difference], Iterator[Change]]] = {
            "accounts": self._account,
            "principals": self._principal,
            "grants": self._grant,
            "apps": self._app,
        }
        for one in _paired(differences):
            for change in tellers[one.table](one):
                yield self._event(one, change)

    def _event(self, one: Difference, change: Change) -> Event:
        row = one.after or one.before or {}
        principal_id = row.get("principal_id")
        account_id = row.get("account_id")
        thing = f"{one.table}\x1f{one.key}"
        mark = hashlib.sha256(thing.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return Event(
            key=f"{change.kind.value}:{self._snapshot.id}:{mark}",
            kind=change.kind,
            at=self._snapshot.finished_at,
            message=change.message,
            severity=change.severity,
            snapshot_id=self._snapshot.id,
            before_snapshot_id=one.since.id,
            platform=(account_id or principal_id or "").partition(":")[0] or None,
            account_id=account_id,
            principal_id=principal_id,
            person_id=self._persons.get(principal_id) if principal_id else None,
            subject_id=one.key,
            before=change.before,
            after=change.after,
        )

    # Grants

    def _grant(self, one: Difference) -> Iterator[Change]:
        before, after = _acting(one.before), _acting(one.after)
        row = one.after or one.before or {}
        who, where = self._names.principal(row["principal_id"]), self._names.account(row["account_id"])
        was, now = _access(before), _access(after)
        if after and not before:
            yield _given(who, where, one.before, after, now)
        elif before and not after:
            left = one.after["status"] if one.after else None
            how = f"is {left} on" if left else "no longer has access to"
            yield Change(EventKind.GRANT_REMOVED, Severity.INFO, f"{who} {how} {where}; it was {role_words(before)}",
                         was, _access(one.after))  # fmt: skip
        elif before and after and one.columns:
            if before.get("status") == AccessStatus.INVITED and after.get("status") != AccessStatus.INVITED:
                message = f"{who} accepted the invitation to {where} and has {role_words(after)}"
                yield Change(EventKind.GRANT_ADDED, severity_of_access(after), message, was, now)
            yield from _regraded(who, where, before, after)

    # Principals and accounts

    def _principal(self, one: Difference) -> Iterator[Change]:
        if one.before is None or one.after is None:
            return
        if "status" in one.columns:
            yield from _suspended(one, self._names.principal(one.key), grave=one.key in self._admins)
        if "mfa" not in one.columns:
            return
        who, was, now = self._names.principal(one.key), {"mfa": one.before["mfa"]}, {"mfa": one.after["mfa"]}
        if now["mfa"]:
            yield Change(
                EventKind.MFA_ON, Severity.INFO, f"{who} now signs in with a second factor", was, now
            )
            return
        grave = one.key in self._admins
        reach = "; this login holds full control, or a role of unknown level" if grave else ""
        yield Change(EventKind.MFA_OFF, Severity.CRITICAL if grave else Severity.HIGH,
                     f"{who} no longer signs in with a second factor{reach}", was, now)  # fmt: skip

    def _account(self, one: Difference) -> Iterator[Change]:
        where = self._names.account(one.key)
        if one.before is None or one.after is None:
            row = dict(one.after or one.before or {})
            told = {name: row.get(name) for name in ("handle", "name", "parent_id")}
            if one.before is None:
                yield Change(EventKind.ACCOUNT_ADDED, Severity.LOW, f"{where} is a new account", None, told)
            else:
                message = f"{where} is gone from the list of accounts it was in"
                yield Change(EventKind.ACCOUNT_GONE, Severity.HIGH, message, told, None)
            return
        for name in sorted(one.columns):
            yield from _account_cell(where, name, one.before[name], one.after[name])

    # Apps

    def _app(self, one: Difference) -> Iterator[Change]:
        row = one.after or one.before or {}
        app, where = app_words(row), self._names.account(row["account_id"])
        was, now = _reach(one.before), _reach(one.after)
        if one.before is None:
            message = f"The app {app} was connected to {where}"
            yield Change(EventKind.APP_ADDED, severity_of_app(row), message, was, now)
        elif one.after is None:
            message = f"The app {app} is no longer connected to {where}"
            yield Change(EventKind.APP_REMOVED, Severity.INFO, message, was, now)
        elif "scopes" in one.columns:
            yield from _rescoped(app, where, one.before, one.after)
        elif "can_message" in one.columns and one.after["can_message"]:
            message = f"The app {app} can now reach direct messages of {where}"
            yield Change(EventKind.MESSAGES_OPENED, _REACH_MESSAGES, message, was, now)


def _acting(row: _Row | None) -> _Row | None:
    """Return the grant where it lets its holder act, or will once an invitation is accepted."""
    return None if row is None or row.get("status") in _NO_ACCESS else row


def _access(row: _Row | None) -> dict[str, Any] | None:
    return {name: row.get(name) for name in ("role", "level", "status", "can_message")} if row else None


def _suspended(one: Difference, who: str, *, grave: bool) -> Iterator[Change]:
    """Yield that the identity can act nowhere any more, or can again; whoever is only invited cannot be suspended."""
    was, now = ({"status": row["status"]} for row in (one.before, one.after) if row)
    could, can = was["status"] not in _NO_ACCESS, now["status"] not in _NO_ACCESS
    if could and not can:
        message = f"{who} is {now['status']}, and can act nowhere"
        yield Change(EventKind.HOLDER_SUSPENDED, Severity.INFO, message, was, now)
    elif can and not could:
        message = f"{who} was {was['status']} and is {now['status']} again, with all access it holds"
        severity = Severity.HIGH if grave else Severity.MEDIUM
        yield Change(EventKind.HOLDER_REACTIVATED, severity, message, was, now)


def _reach(row: _Row | None) -> dict[str, Any] | None:
    return {name: row.get(name) for name in ("name", "scopes", "level", "can_message")} if row else None


def _given(who: str, where: str, before: _Row | None, after: _Row, now: dict[str, Any] | None) -> Change:
    severity = severity_of_access(after)
    if after.get("status") == AccessStatus.INVITED:
        message = f"{who} was invited to {where}, to {role_words(after)}"
        return Change(EventKind.GRANT_INVITED, one_lower(severity), message, _access(before), now)
    again = "was given back" if before else "was given"
    message = f"{who} {again} {role_words(after)} on {where}"
    return Change(EventKind.GRANT_ADDED, severity, message, _access(before), now)


def _regraded(who: str, where: str, before: _Row, after: _Row) -> Iterator[Change]:
    was, now = _access(before), _access(after)
    old, new = Level.parse(before.get("level")), Level.parse(after.get("level"))
    words = f"{who} on {where}: {role_words(before)} became {role_words(after)}"
    if old and new and new != old:
        raised = new > old
        kind = EventKind.LEVEL_RAISED if raised else EventKind.LEVEL_LOWERED
        yield Change(kind, severity_of_access(after) if raised else Severity.INFO, words, was, now)
    elif (old is None or new is None) and before.get("role") != after.get("role"):
        # One of the two maps to no level: whether this is more or less is not known.
        yield Change(EventKind.ROLE_CHANGED, one_lower(severity_of_access(after)), words, was, now)
    if before.get("can_message") is False and after.get("can_message"):
        yield Change(EventKind.MESSAGES_OPENED, _REACH_MESSAGES, f"{who} can now reach direct messages of {where}",
                     was, now)  # fmt: skip


def _rescoped(app: str, where: str, before: _Row, after: _Row) -> Iterator[Change]:
    was, now = _reach(before), _reach(after)
    added = set(after["scopes"]) - set(before["scopes"])
    taken = set(before["scopes"]) - set(after["scopes"])
    if added:
        graver = severity_of_app(after) > severity_of_app(before) or (
            after["can_message"] and before["can_message"] is False
        )
        message = f"The app {app} on {where} may do more: {scope_words(added)}"
        yield Change(EventKind.SCOPE_ADDED, Severity.HIGH if graver else Severity.MEDIUM, message, was, now)
    if taken:
        message = f"The app {app} on {where} may do less: {scope_words(taken)} taken away"
        yield Change(EventKind.SCOPE_REMOVED, Severity.INFO, message, was, now)


_TEXTS = {
    "owner_email": (EventKind.OWNER_CHANGED, Severity.MEDIUM, "another person answers for {where}"),
    "handle": (EventKind.HANDLE_CHANGED, Severity.HIGH, "the handle of {where} was changed"),
    "name": (EventKind.NAME_CHANGED, Severity.MEDIUM, "the name of {where} was changed"),
    "recovery_email": (EventKind.RECOVERY_CHANGED, Severity.CRITICAL, "the recovery address of {where} was changed"),
    "recovery_email_domain": (
        EventKind.RECOVERY_CHANGED, Severity.CRITICAL, "the domain of the recovery address of {where} was changed"),
}  # fmt: skip
_FLAGS = {
    ("published", False): (EventKind.UNPUBLISHED, Severity.HIGH, "{where} is no longer published"),
    ("published", True): (EventKind.PUBLISHED, Severity.INFO, "{where} was published"),
    ("verified", False): (EventKind.VERIFICATION_LOST, Severity.HIGH, "{where} has lost its verification"),
    ("verified", True): (EventKind.VERIFICATION_GAINED, Severity.INFO, "{where} was verified"),
}
_SAME_IN_ANY_CASE = frozenset({"owner_email", "handle", "recovery_email", "recovery_email_domain"})


def _account_cell(where: str, name: str, before: Any, after: Any) -> Iterator[Change]:
    was, now = {name: before}, {name: after}
    if name == "mfa_required":
        stronger = _MFA_RANK[after] > _MFA_RANK[before]
        kind = EventKind.MFA_RULE_STRENGTHENED if stronger else EventKind.MFA_RULE_WEAKENED
        message = f"{where} now forces a second factor on {_forced(after)}; before, on {_forced(before)}"
        yield Change(kind, Severity.INFO if stronger else Severity.HIGH, message, was, now)
    elif name in _TEXTS:
        if name in _SAME_IN_ANY_CASE and _folded(before) == _folded(after):
            return
        kind, severity, words = _TEXTS[name]
        message = f"{words.format(where=where)}: {value_words(before)} became {value_words(after)}"
        yield Change(kind, severity, message[:1].upper() + message[1:], was, now)
    else:
        kind, severity, words = _FLAGS[name, bool(after)]
        yield Change(kind, severity, words.format(where=where), was, now)


def _forced(required: str) -> str:
    return {"none": "nobody", "admins": "administrators alone", "all": "everybody"}[required]


def _folded(text: str) -> str:
    return text.strip().removeprefix("@").casefold()


def _paired(differences: Iterable[Difference]) -> Iterator[Difference]:
    """Yield the differences, an app that was authorised anew as one change: its key holds the date."""
    found = list(differences)
    went = {
        _app_of(one.before): one for one in found if one.table == "apps" and one.after is None and one.before
    }
    came = {_app_of(one.after) for one in found if one.table == "apps" and one.before is None and one.after}
    for one in found:
        if one.table == "apps" and one.after and one.before is None and _app_of(one.after) in went:
            old = went[_app_of(one.after)]
            before, after = dict(old.before or {}), dict(one.after)
            differing = {n for n in ("scopes", "can_message") if None not in (before[n], after[n])}
            columns = frozenset(n for n in differing if before[n] != after[n])
            yield Difference(
                table="apps", key=one.key, before=before, after=after, columns=columns, since=old.since
            )
        elif not (one.table == "apps" and one.before and one.after is None and _app_of(one.before) in came):
            yield one


def _app_of(row: _Row | None) -> tuple[str, str]:
    return (row["account_id"], row["app_id"]) if row else ("", "")
