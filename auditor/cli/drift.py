"""``auditor drift``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from auditor.cli.audit import SeverityWord
from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_json, put_line, put_table
from auditor.cli.screen import Screen

if TYPE_CHECKING:
    from datetime import tzinfo

    from auditor.model.event import Event
    from auditor.store import Store


def drift(
    *,
    since: Annotated[
        str,
        Parameter(
            help="A snapshot, or a day or moment: all changes after it. Default: the newest snapshot's."
        ),
    ] = "",
    severity: Annotated[SeverityWord, Parameter(help="This severity and above.")] = "info",
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """Show what changed on the platforms between snapshots, each change as one event.

    New and raised access, new apps and scopes, second factors turned off, changed owners, handles, names
    and recovery addresses, accounts unpublished or gone; and the reverse. A thing is compared with the last
    snapshot that read it: what was not read is no change. 'auditor diff' shows every cell of two snapshots.

    Examples: auditor drift; auditor drift --since 2026-10-01 --severity high; auditor drift --format json
    """
    from auditor.app.drift import follow_drift
    from auditor.model.finding import Severity

    workspace = common.workspace()
    with workspace.store(create=False) as store, Screen() as screen:
        follow_drift(workspace, store, screen)
        found = [
            event
            for event in _found(store, since, workspace.config.organization.zone)
            if event.severity and event.severity >= Severity.parse(severity)
        ]
    if format == "json":
        put_json([event_json(event) for event in found])
        return
    if not found:
        put_line("No change of that kind is known.")
        return
    put_table(
        ["seen", "severity", "what", "change", "since snapshot"],
        [
            (
                event.at,
                event.severity.word if event.severity else "",
                event.kind.value.partition(".")[2].replace("-", " "),
                event.message,
                event.before_snapshot_id,
            )
            for event in found
        ],
    )


def event_json(event: Event) -> dict[str, object]:
    """Return one event as JSON lists it."""
    return {
        "key": event.key,
        "kind": event.kind.value,
        "at": event.at,
        "severity": event.severity.word if event.severity else None,
        "message": event.message,
        "platform": event.platform,
        "account_id": event.account_id,
        "principal_id": event.principal_id,
        "person_id": event.person_id,
        "subject_id": event.subject_id,
        "before": event.before,
        "after": event.after,
        "before_snapshot": event.before_snapshot_id,
        "snapshot": event.snapshot_id,
    }


def _found(store: Store, since: str, zone: tzinfo) -> tuple[Event, ...]:
    from auditor.app.drift import drift_since
    from auditor.app.instants import looks_like_day, parse_instant

    if not since:
        newest = store.snapshot("latest")
        return drift_since(store, snapshot_id=newest.carried_from or newest.id)
    if looks_like_day(since):
        return drift_since(store, since=parse_instant(since, zone, day_begins=True))
    return drift_since(store, since=store.snapshot(since).finished_at)
