"""``auditor who`` and ``auditor what``: the two directions of the same map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_fields, put_json, put_line, put_table
from auditor.errors import UsageError

if TYPE_CHECKING:
    from reports.review import AccessReview, ConnectedApp, Holder

SnapshotRef = Annotated[str, Parameter(help="'latest', an id or its beginning.")]


def who(
    account: str,
    *,
    snapshot: SnapshotRef = "latest",
    at: Annotated[
        str,
        Parameter(
            help="A past moment, such as 2026-03-14T10:02Z; in the organisation's zone where none is written."
        ),
    ] = "",
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """Show who, and what, can act as ACCOUNT, by which path, and how we know.

    ACCOUNT is a handle, name, URL or id; put the platform before it where two share one. With --at the
    answer is for that moment, from the snapshots before and after it, and says how sure it is.

    Examples: auditor who @RiversideHealth; auditor who facebook:RiversideHealth --format json; auditor who
    @RiversideHealth --at 2026-03-14T10:02Z
    """
    from auditor.app.lookup import find_account

    if at:
        if snapshot != "latest":
            raise UsageError(
                "--at looks at the snapshots around a moment, --snapshot at one.",
                remedy="Give one of the two.",
            )
        from auditor.cli.who_then import show_then

        show_then(common, account, at, format)
        return
    review = _review(common, snapshot)
    found = find_account(review, account)
    unknown = [cell for cell in found.coverage if not cell.state.is_known]
    if format == "json":
        put_json(
            {
                "snapshot": review.snapshot_id,
                "account": {
                    "id": found.account_id,
                    "platform": found.platform,
                    "handle": found.handle,
                    "name": found.name,
                },
                "holders": [_holder(holder) for holder in found.holders],
                "apps": [_app(app) for app in found.apps],
                "not_known": [
                    {"fact": c.fact, "state": c.state, "reason": c.reason, "remedy": c.remedy}
                    for c in unknown
                ],
            }
        )
        return
    put_fields(
        {
            "Account": found.name or found.handle,
            "Platform": found.platform,
            "Responsible": found.owner_name or found.owner_email or "nobody is named",
            "Snapshot": review.snapshot_id,
        }
    )
    put_line("")
    put_table(
        ["who", "person", "role", "level", "via", "MFA", "messages", "known by"],
        [
            (
                h.principal_name,
                _person(h),
                h.role,
                h.level.word if h.level else "unmapped",
                h.via_name or h.via,
                _tri(h.mfa),
                _tri(h.can_message),
                _basis(h),
            )
            for h in found.holders
        ],
    )
    if found.apps:
        put_line("")
        put_table(
            ["app", "publisher", "scopes", "since", "messages"],
            [
                (a.name or a.app_id, a.publisher, a.scopes, a.approved_at, _tri(a.can_message))
                for a in found.apps
            ],
        )
    put_line("")
    for cell in unknown:
        how = "Known in part" if cell.state == "partial" else "Not known"
        told = " ".join(_sentence(text) for text in (cell.reason, cell.remedy) if text)
        put_line(f"{how}: {cell.fact.value.replace('_', ' ')}. {told}".rstrip())


def what(
    person: str, *, snapshot: SnapshotRef = "latest", format: Format = "table", common: Common = COMMON
) -> None:
    """Show all that PERSON holds, on every account: the sheet for a manager or for offboarding.

    PERSON is a person's id, work e-mail or name.

    Examples: auditor what bo.fox@riverside.example; auditor what E1007 --format json
    """
    from auditor.app.lookup import find_person

    review = _review(common, snapshot, everyone=True)
    found = find_person(review, person)
    accounts = {account.account_id: account for account in review.accounts}
    held = [
        holder
        for account in review.accounts
        for holder in account.holders
        if holder.person_id == found.person_id
    ]
    owned = [account for account in review.accounts if account.owner_person_id == found.person_id]
    unread = [
        account
        for account in review.accounts
        if any(c.fact == "grants" and not c.state.is_known for c in account.coverage)
    ]
    findings = [f for f in review.findings if f.person_id == found.person_id and f.verdict == "fail"]
    if format == "json":
        put_json(
            {
                "snapshot": review.snapshot_id,
                "person": {
                    "id": found.person_id,
                    "name": found.name,
                    "status": found.status,
                    "left_on": found.left_on,
                    "work_email": found.work_email,
                    "matched_by": dict(found.matched_by),
                },
                "holds": [_holder(holder) | {"account_id": holder.account_id} for holder in held],
                "answers_for": [account.account_id for account in owned],
                "findings": [
                    {"rule": f.rule, "severity": f.severity.word, "message": f.message} for f in findings
                ],
            }
        )
        return
    put_fields(
        {
            "Person": found.name,
            "Status": found.status,
            "Left on": found.left_on,
            "Title": found.title,
            "Department": found.department,
            "Manager": found.manager_name,
            "Answers for": [account.name or account.handle for account in owned],
            "Snapshot": review.snapshot_id,
        }
    )
    put_line("")
    if not held:
        put_line("No access of theirs is known.")
    if unread:
        put_line(
            f"Not known: who holds access to {len(unread)} of {len(review.accounts)} accounts, in whole or in part."
        )
    put_table(
        ["account", "platform", "as", "role", "level", "via", "known by"],
        [
            (
                accounts[h.account_id].name,
                accounts[h.account_id].platform,
                h.principal_name,
                h.role,
                h.level.word if h.level else "unmapped",
                h.via_name or h.via,
                _basis(h),
            )
            for h in held
        ],
    )
    for finding in findings:
        put_line(f"[{finding.severity.word}] {finding.message}")


def _review(common: Common, snapshot: str, *, everyone: bool = False) -> AccessReview:
    from auditor.app.judge import evaluate
    from auditor.app.review import build_review

    workspace = common.workspace()
    with (
        workspace.store(create=False) as store,
        evaluate(workspace, store, store.snapshot(snapshot)) as judged,
    ):
        return build_review(workspace, judged, everyone=everyone)


def _holder(holder: Holder) -> dict[str, Any]:
    return {
        "principal_id": holder.principal_id,
        "principal": holder.principal_name,
        "kind": holder.principal_kind,
        "person_id": holder.person_id,
        "person": holder.person_name,
        "person_status": holder.person_status,
        "role": holder.role,
        "level": holder.level.word if holder.level else None,
        "via": holder.via,
        "via_id": holder.via_id,
        "status": holder.status,
        "mfa": holder.mfa,
        "can_message": holder.can_message,
        "can_grant": holder.can_grant,
        "basis": holder.known.basis,
        "source": holder.known.source,
        "observed_at": holder.known.observed_at,
        "attested_by": holder.known.attested_by,
        "evidence_id": holder.known.evidence_id,
    }


def _app(app: ConnectedApp) -> dict[str, Any]:
    return {
        "app_id": app.app_id,
        "name": app.name,
        "publisher": app.publisher,
        "scopes": app.scopes,
        "approved_at": app.approved_at,
        "can_message": app.can_message,
        "evidence_id": app.known.evidence_id,
    }


def _person(holder: Holder) -> str:
    if holder.person_name is None:
        return "matched to nobody"
    status = f" ({holder.person_status})" if holder.person_status not in (None, "active") else ""
    return f"{holder.person_name}{status}"


def _basis(holder: Holder) -> str:
    known = holder.known
    who_says = f"attested by {known.attested_by}" if known.attested_by else f"{known.source}"
    return f"{who_says}, {known.observed_at:%Y-%m-%d}" if known.observed_at else who_says


def _sentence(text: str) -> str:
    """Return ``text`` with its first letter large and a full stop, so that two of them can stand in a row."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def _tri(value: bool | None) -> str:
    return "unknown" if value is None else "yes" if value else "no"
