"""``auditor who --at``: who could act as an account at a moment in the past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.cli.common import Common, Format
from auditor.cli.console import cell_text, put_fields, put_json, put_line, put_table

if TYPE_CHECKING:
    from auditor.app.as_of import AccountThen, Held
    from auditor.app.as_of_judge import Sight
    from auditor.app.as_of_read import Around, Look

_KINDS = {"grants": "who holds access", "apps": "which apps are connected"}


def show_then(common: Common, account: str, at: str, format: Format) -> None:
    """Print who could act as ``account`` at the moment ``at``; raises UsageError where one is not known."""
    from auditor.app.as_of import account_then
    from auditor.app.instants import parse_instant

    workspace = common.workspace()
    moment = parse_instant(at, workspace.config.organization.zone)
    with workspace.store(create=False) as store:
        then = account_then(workspace, store, account, moment)
    if format == "json":
        put_json(_as_json(then))
        return
    put_fields(
        {
            "Account": then.account.name or then.account.handle or then.account.account_id,
            "Platform": then.account.platform,
            "At": then.moment,
            "Access read": _looks(then.read_of["grants"]),
            "Apps read": _looks(then.read_of["apps"]),
        }
    )
    put_line("")
    put_table(
        ["could act", "who", "person", "role", "level", "because", "known by", "before", "after"],
        [_line(one) for one in then.holders],
    )
    if then.apps:
        put_line("")
        put_table(
            ["could act", "app", "scopes", "because", "known by", "before", "after"],
            [
                (
                    one.answer.value,
                    one.who,
                    one.row.get("scopes"),
                    one.because.value,
                    one.basis.value,
                    _sight(one.before),
                    _sight(one.after),
                )
                for one in then.apps
            ],
        )
    put_line("")
    for sentence in _not_known(then):
        put_line(sentence)


def _line(one: Held) -> tuple[object, ...]:
    left = f" (had left on {one.person_had_left_on})" if one.person_had_left_on else ""
    levels = dict.fromkeys(_levels(one))
    return (
        one.answer.value,
        one.who,
        f"{one.person}{left}" if one.person else "matched to nobody",
        one.row.get("role"),
        " then ".join(levels),
        one.because.value,
        one.basis.value,
        _sight(one.before),
        _sight(one.after),
    )


def _levels(one: Held) -> Iterator[str]:
    for sight in (one.before, one.after):
        if sight and sight.row:
            yield sight.row["level"] or "unmapped"


def _sight(sight: Sight | None) -> str:
    """Return what one snapshot saw, such as ``seen 2026-03-01 09:00 CST (20260301T...)``."""
    if sight is None:
        return "not read"
    row = sight.row
    how = "not there" if row is None else (row.get("status") or "seen")
    vouched = f", attested by {row['attested_by']}" if row and row["attested_by"] else ""
    until = (
        f" until {cell_text(row['valid_until'])}" if row and row["attested_by"] and row["valid_until"] else ""
    )
    return f"{how} {cell_text(sight.at)}{vouched}{until} ({sight.snapshot_id})"


def _looks(around: Around) -> str:
    before, after = (_look(look) for look in (around.before, around.after))
    return f"before: {before or 'never'}; after: {after or 'not yet'}"


def _look(look: Look | None) -> str:
    if look is None:
        return ""
    return f"{cell_text(look.at)} ({look.snapshot_id}{', attested' if look.attested else ''})"


def _not_known(then: AccountThen) -> Iterable[str]:
    """Yield what the snapshots leave open, with what would help."""
    for name, words in _KINDS.items():
        around = then.read_of[name]
        if around.before is None and around.after is None:
            told = " ".join(text.rstrip(".") + "." for text in (around.reason, around.remedy) if text)
            yield f"Not known: {words}; no snapshot read it whole. {told}".rstrip()
        elif around.before is None:
            yield f"Not known: {words} before the first whole reading; only the platform's own log could tell."
        elif around.after is None:
            yield f"Not known: {words} after the last whole reading. Gather again: 'auditor collect'."
        else:
            yield (
                f"Not known: {words} for a while between the two readings only. What was given and taken away"
                " again leaves no trace in snapshots."
            )


def _as_json(then: AccountThen) -> dict[str, Any]:
    return {
        "account": {
            "id": then.account.account_id,
            "platform": then.account.platform,
            "handle": then.account.handle,
            "name": then.account.name,
        },
        "at": then.moment,
        "read": {name: _read_json(around) for name, around in then.read_of.items()},
        "holders": [
            _held_json(one, ("principal_id", "role", "level", "via", "via_id")) for one in then.holders
        ],
        "apps": [_held_json(one, ("app_id", "publisher", "scopes", "level")) for one in then.apps],
        "not_known": list(_not_known(then)),
    }


def _read_json(around: Around) -> dict[str, Any]:
    return {
        side: None
        if look is None
        else {"snapshot": look.snapshot_id, "at": look.at, "attested": look.attested}
        for side, look in (("before", around.before), ("after", around.after))
    }


def _held_json(one: Held, names: Iterable[str]) -> dict[str, Any]:
    return {
        "id": one.key,
        "who": one.who,
        "person": one.person,
        "person_had_left_on": one.person_had_left_on,
        "could_act": one.answer.value,
        "because": one.because.name.lower(),
        "explained": one.because.value,
        "basis": one.basis.value,
        **{name: one.row.get(name) for name in names},
        "before": _sight_json(one.before),
        "after": _sight_json(one.after),
    }


def _sight_json(sight: Sight | None) -> dict[str, Any] | None:
    if sight is None:
        return None
    row: Mapping[str, Any] = sight.row or {}
    given: datetime | None = sight.begun_at
    return {
        "snapshot": sight.snapshot_id,
        "at": sight.at,
        "there": sight.row is not None,
        "status": row.get("status"),
        "level": row.get("level"),
        "given_at": given,
        "attested_by": row.get("attested_by"),
        "valid_until": row.get("valid_until"),
        "source": row.get("source"),
        "evidence_id": row.get("evidence_id"),
    }
