"""``auditor report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from auditor.cli.audit import tell_mail
from auditor.cli.common import COMMON, Common
from auditor.cli.console import put_line
from auditor.cli.screen import Screen


def report(
    *,
    snapshot: Annotated[str, Parameter(help="'latest', an id or its beginning.")] = "latest",
    out: Annotated[Path | None, Parameter(help="Folder to write into; default: reports.out.")] = None,
    formats: Annotated[str, Parameter(help="Formats with commas between; default: reports.formats.")] = "",
    email: Annotated[bool, Parameter(help="Mail the report to reports.recipients.", negative=())] = False,
    common: Common = COMMON,
) -> None:
    """Write the access-review report of a snapshot, judged by the policy as it is now.

    Examples: auditor report; auditor report --formats html,csv --out q4; auditor report --email
    """
    from auditor.app.audit import check_before, mail_report, run_audit, write_report

    workspace = common.workspace()
    sent = None
    wanted = [name.strip() for name in formats.split(",") if name.strip()]
    check_before(workspace, formats=wanted, email=email)
    with workspace.store(create=False) as store, Screen() as screen:
        audited = run_audit(workspace, store, screen, snapshot_ref=snapshot)
        files = write_report(workspace, audited.review, screen, out=out, formats=wanted)
        if email:
            sent = mail_report(workspace, store, audited.review, files, screen)
    for path in files:
        put_line(str(path))
    if sent is not None:
        tell_mail(sent)
