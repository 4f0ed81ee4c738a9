"""What each job does: a use case or a few, and a sentence of what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.app.progress import Silent
from auditor.app.workspace import Workspace
from auditor.daemon.idle import DELIVERED
from auditor.errors import AuditorError
from auditor.model.event import EventKind

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.app.audit import Audited
    from auditor.store import Store

_log = logging.getLogger(__name__)
_REMINDERS = (
    (EventKind.WAIVER_EXPIRING, EventKind.WAIVER_EXPIRED, EventKind.WAIVER_AMISS),
    (EventKind.FINDING_OVERDUE,),
    (EventKind.EXPIRING,),
)
"""Of waivers, of findings, of the rest."""
StillOurs = Callable[[], None]


class LoggedProgress(Silent):
    """Puts a long run's steps into the log."""

    def step(self, text: str) -> None:
        """Log it."""
        _log.info("%s", text)

    def done(self, connection: str, state: str, facts: int, reason: str) -> None:
        """Log it."""
        _log.info("connection %s: %s, %d facts%s", connection, state, facts, f"; {reason}" if reason else "")


def poll_roster(workspace: Workspace, store: Store, still_ours: StillOurs) -> str:
    """Read the roster; what it changes is judged, and told at once rather than with the next delivery."""
    from auditor.app.fast_lane import poll_roster as poll

    polled = poll(workspace, store)
    still_ours()
    if polled.snapshot is None:
        return polled.message
    return f"{polled.message} {deliver(workspace, store, still_ours)}"


def audit(workspace: Workspace, store: Store, still_ours: StillOurs) -> str:
    """Gather, judge, record, follow up, and write the report's files."""
    from auditor.app.alerts import raise_alerts
    from auditor.app.audit import check_before, run_audit
    from auditor.app.reporting import write_reports

    progress = LoggedProgress()
    check_before(workspace)
    audited = run_audit(workspace, store, progress)
    still_ours()
    follow_up(workspace, store, still_ours)
    # With the review at hand they need no second judging; the next delivery sends them.
    raise_alerts(workspace, store, review=audited.review)
    write_reports(workspace, audited.review, progress)
    runs = audited.snapshot.connections
    unread = [run for run in runs if run.state == "failed"]
    if len(unread) == len([run for run in runs if run.id != "roster"]) > 0:
        raise AuditorError(
            f"no connection could be read, so that everything is unknown now: {unread[0].reason}",
            remedy=unread[0].remedy,
        )
    short = f"; {len(unread)} of {len(runs)} connections could not be read" if unread else ""
    return f"{_counted(audited)}{short}."


def report(workspace: Workspace, store: Store, still_ours: StillOurs) -> str:
    """Write the periodic review of the newest snapshot and mail it to its recipients and to each owner."""
    from auditor.app.audit import check_before, mail_reports, run_audit
    from auditor.app.reporting import Wanted, write_reports

    progress = LoggedProgress()
    section = workspace.config.reports
    mailed = section.mail is not None
    wanted = Wanted(readers=tuple(dict.fromkeys((*section.readers, "full", "owners"))))
    check_before(workspace, wanted=wanted)
    audited = run_audit(workspace, store, progress, snapshot_ref="latest")
    still_ours()
    folder = _review_folder(workspace)
    written = write_reports(workspace, audited.review, progress, out=folder, wanted=wanted)
    where = f"{_counted(audited)}; written to {folder}"
    if not mailed:
        return f"{where}; mailed to nobody, because reports.mail is not set."
    to_recipients = bool(section.recipients)
    still_ours()
    sent = mail_reports(
        workspace, store, audited.review, written, progress, to_recipients=to_recipients, to_owners=True
    )
    nobody = "" if to_recipients else "; reports.recipients names nobody"
    return f"{where}; mails: {sent.sent} sent, {len(sent.waiting)} waiting{nobody}."


def remind(workspace: Workspace, store: Store, still_ours: StillOurs) -> str:
    """Tell of what is about to lapse; waivers and last days of findings are looked after on the way."""
    from auditor.app.reminders import remind as tell

    before = store.events.last()
    follow_up(workspace, store, still_ours)
    tell(workspace, store)
    of_waivers, overdue, lapsing = (store.events.count_after(before, kinds) for kinds in _REMINDERS)
    new = of_waivers + overdue + lapsing
    return (
        f"{new} new reminder{'s' * (new != 1)}: {of_waivers} of waivers, {overdue} of findings whose last day has"
        f" passed, {lapsing} of what is about to lapse."
    )


def follow_up(workspace: Workspace, store: Store, still_ours: StillOurs) -> str:
    """Bring findings' lives and the drift up to the newest snapshot."""
    from auditor.app.drift import follow_drift
    from auditor.app.lives import follow_up as follow

    followed = follow(workspace, store)
    still_ours()
    drifted = follow_drift(workspace, store)
    return f"{followed.events} events of findings, {drifted} of drift are new."


def deliver(workspace: Workspace, store: Store, still_ours: StillOurs) -> str:
    """Raise the alerts that are due, then send what waits."""
    from auditor.app.alerts import raise_alerts
    from auditor.app.sending import send_due

    newest = store.events.last()
    raise_alerts(workspace, store)
    still_ours()
    sent = send_due(workspace, store)
    store.events.advance(DELIVERED, newest)
    if sent.failed:
        _log.error("%d messages were given up: %s", len(sent.failed), sent.failed[0])
    waiting = len(sent.waiting) + sent.untried
    return f"Messages: {sent.sent} sent, {waiting} waiting, {len(sent.failed)} given up."


def look_for_impersonators(workspace: Workspace, store: Store, still_ours: StillOurs) -> str:
    """Ask every source for accounts that pose as ours; a source that fails is said, and the others count."""
    from auditor.app.impersonators.configured import sources_of
    from auditor.app.impersonators.scan import scan
    from auditor.app.impersonators.summary import nothing_seen, summary

    scanned = scan(workspace, store, sources_of(workspace), LoggedProgress())
    still_ours()
    nothing = nothing_seen(scanned)
    if nothing is not None:
        raise nothing
    return " ".join(summary(scanned))


def hand_to_siem(workspace: Workspace, store: Store, still_ours: StillOurs) -> str:
    """Hand the journal's new events to every SIEM; one that is down holds up no other."""
    from auditor.app.siem import siem_due

    states = siem_due(workspace, store)
    still_ours()
    trouble = [state for state in states if state.trouble]
    if trouble:
        raise AuditorError(
            f"{trouble[0].name} has not got {trouble[0].waiting:,} events: {trouble[0].trouble}",
            remedy=trouble[0].remedy,
        )
    return f"{sum(state.sent for state in states):,} events handed over."


def _counted(audited: Audited) -> str:
    fails = sum(counts["fail"] for counts in audited.counts.values())
    unknown = sum(counts["unknown"] for counts in audited.counts.values())
    return f"Snapshot {audited.snapshot.id}: {fails:,} fails, {unknown:,} unknown"


def _review_folder(workspace: Workspace) -> Path:
    """Return a folder of the review's own, so that the next one leaves it as it was."""
    day = workspace.clock().astimezone(workspace.config.organization.zone).date()
    return workspace.loaded.resolve(workspace.config.reports.out) / f"review-{day}"
