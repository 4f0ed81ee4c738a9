"""``auditor collect`` and ``auditor audit``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_json, put_line, say
from auditor.cli.screen import Screen

if TYPE_CHECKING:
    from auditor.app.audit import Audited
    from auditor.app.mailing import Sent
    from auditor.store import AbandonedSnapshot, SnapshotInfo

SeverityWord = Literal["critical", "high", "medium", "low", "info"]
AcceptRoster = Annotated[
    bool, Parameter(help="Go on though the roster has shrunk by more than roster.max_shrink.", negative=())
]


def collect(
    *, accept_roster: AcceptRoster = False, format: Format = "table", common: Common = COMMON
) -> None:
    """Gather a snapshot of every connection and judge nothing.

    Example: auditor collect && auditor audit --snapshot latest
    """
    from auditor.app.audit import check_before
    from auditor.app.collect import collect as gather

    workspace = common.workspace()
    check_before(workspace)
    with workspace.store() as store, Screen() as screen:
        collected = gather(workspace, store, screen, accept_roster=accept_roster)
    tell_abandoned(collected.abandoned)
    if format == "json":
        put_json(snapshot_json(collected.snapshot))
    else:
        put_line(collected.snapshot.id)


def audit(
    *,
    snapshot: Annotated[
        str | None, Parameter(help="Judge this snapshot again ('latest', an id or its beginning).")
    ] = None,
    fail_on: Annotated[
        SeverityWord | None, Parameter(help="Exit 3 if a rule failed at this severity or above.")
    ] = None,
    fail_on_unknown: Annotated[
        bool, Parameter(help="Exit 4 if part of the evidence could not be gathered.", negative=())
    ] = False,
    accept_roster: AcceptRoster = False,
    report: Annotated[bool, Parameter(help="Write the report files.")] = True,
    email: Annotated[bool, Parameter(help="Mail the report to reports.recipients.", negative=())] = False,
    send: Annotated[bool, Parameter(help="Send the alerts it raises, and what waits.", negative=())] = False,
    format: Format = "table",
    common: Common = COMMON,
) -> int:
    """Gather a snapshot, hold it against the policy, record the findings, raise alerts and write the report.

    Alerts wait in the outbox until --send, --email, 'auditor alerts send' or 'auditor watch' sends them.

    Exit code 0: done. 3: findings at or above --fail-on. 4: evidence is missing and
    --fail-on-unknown was given. 1: an error.

    Examples: auditor audit; auditor audit --fail-on high --format json; auditor audit --snapshot latest --email
    """
    from auditor.app.alerts import raise_alerts
    from auditor.app.audit import audit_json, check_before, mail_reports, run_audit
    from auditor.app.reporting import write_reports
    from auditor.app.sending import send_due
    from auditor.model.finding import Severity

    workspace = common.workspace()
    check_before(workspace, email=email)
    sent = None
    with workspace.store(create=snapshot is None) as store, Screen() as screen:
        audited = run_audit(workspace, store, screen, snapshot_ref=snapshot, accept_roster=accept_roster)
        raised = raise_alerts(workspace, store, review=audited.review)
        written = write_reports(workspace, audited.review, screen) if report or email else ()
        if email:
            to_owners = workspace.config.reports.email_owners
            sent = mail_reports(workspace, store, audited.review, written, screen, to_owners=to_owners)
        elif send:
            sent = send_due(workspace, store)
        waiting = store.outbox.waiting() if raised.alerts else 0
    tell_abandoned(audited.abandoned)
    if format == "json":
        put_json(audit_json(audited))
    else:
        show_summary(audited)
        for one in written[:1]:
            put_line(f"Report: {one.files[0]}")
    if sent is not None:
        tell_mail(sent)
    elif waiting:
        say(f"Messages of alerts waiting to be sent: {waiting}. 'auditor alerts send' sends them.")
    if fail_on is not None and audited.has_fails_at(Severity.parse(fail_on)):
        return 3
    return 4 if fail_on_unknown and audited.has_unread_evidence else 0


def show_summary(audited: Audited) -> None:
    """Write the audit's outcome as a person wants it first."""
    from reports.impersonator_words import one_line
    from reports.tally import per_cent
    from reports.urgent import today

    review, split = audited.review, audited.review.coverage
    put_line("")
    put_line(f"{review.organization}: snapshot {review.snapshot_id}")
    first = today(review)
    put_line("")
    put_line("What to do today" if first.lines else "Nothing urgent was found.")
    for number, line in enumerate(first.lines, 1):
        also = f" (and {len(line.also)} more like it)" if line.also else ""
        put_line(f"  {number}. [{line.finding.severity.word}] {line.finding.message}{also}")
    if first.more:
        put_line(f"     and {first.more} more of the same weight: auditor findings list --severity high")
    if review.impersonation and review.impersonation.scanned_at:
        put_line(f"     {one_line(review.impersonation).removesuffix('.')}: auditor impersonators list")
    put_line("")
    put_line(
        f"How much is known: {per_cent(split.verified, split.total)} verified,"
        f" {per_cent(split.attested, split.total)} attested, {per_cent(split.unknown, split.total)} unknown"
    )
    if review.gaps:
        put_line(f"  Closes most: {review.gaps[0].remedy}")
    put_line("")
    put_line("Findings      fail  unknown")
    for severity, counts in audited.counts.items():
        put_line(f"  {severity:10} {counts['fail']:5}  {counts['unknown']:7}")
    if review.waivers:
        put_line(f"Of these waived: {_waived_words(audited)}")
    put_line("")


def _waived_words(audited: Audited) -> str:
    """Return how many findings waivers cover, each kind apart, and what is amiss with waivers."""
    counts = ", ".join(f"{count} {kind}" for kind, count in waived_counts(audited).items())
    amiss = sum(bool(one.problems) or one.expired for one in audited.review.waivers)
    return counts + (f"; {amiss} waivers expired or amiss: auditor waivers check" if amiss else "")


def waived_counts(audited: Audited) -> dict[str, int]:
    """Return how many findings of the audit each kind of waiver covers."""
    from auditor.model.waiver import WaiverKind

    found = [finding.waived for finding in audited.review.findings]
    return {kind.value: found.count(kind) for kind in WaiverKind}


def tell_abandoned(abandoned: tuple[AbandonedSnapshot, ...]) -> None:
    """Say what a killed run had left behind."""
    for left in abandoned:
        kept = sum(left.counts.values())
        say(
            f"An earlier run ({left.started_at:%Y-%m-%d %H:%M} UTC) had not finished; its {kept:,} facts were"
            " discarded, because half a snapshot proves nothing."
        )


def tell_mail(sent: Sent) -> None:
    """Say what became of the mails."""
    say(f"Mail: {sent.sent} sent, {len(sent.waiting)} waiting, {len(sent.failed)} given up.")
    for reason in (*sent.waiting, *sent.failed):
        say(f"  {reason}")


def snapshot_json(info: SnapshotInfo) -> dict[str, object]:
    """Return a snapshot as JSON lists it."""
    return {
        "snapshot": info.id,
        "started_at": info.started_at,
        "finished_at": info.finished_at,
        "counts": dict(info.counts),
        "connections": [
            {
                "id": run.id,
                "connector": run.connector,
                "state": run.state.value,
                "facts": run.facts,
                "reason": run.reason,
                "remedy": run.remedy,
            }
            for run in info.connections
        ],
    }
