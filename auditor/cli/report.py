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
    formats: Annotated[
        str,
        Parameter(
            help="Of html, pdf, xlsx, csv, json, ocsf, sarif, with commas between; default: reports.formats."
        ),
    ] = "",
    readers: Annotated[
        str,
        Parameter(
            name="--for",
            help="Of full, executive, owners, method, with commas between; default: reports.readers.",
        ),
    ] = "",
    owner: Annotated[
        str | None, Parameter(help="E-mail address of a responsible person: the report of their accounts.")
    ] = None,
    person: Annotated[
        str | None, Parameter(help="Id, e-mail address or name of a person: the sheet of all they hold.")
    ] = None,
    email: Annotated[bool, Parameter(help="Mail the report to reports.recipients.", negative=())] = False,
    email_owners: Annotated[
        bool,
        Parameter(
            help="And mail each responsible person theirs; default: reports.email_owners.", negative=()
        ),
    ] = False,
    common: Common = COMMON,
) -> None:
    """Write the access-review report of a snapshot, judged by the policy as it is now.

    All formats come from one reading and judging of the snapshot. Readers: full is the whole review;
    executive is one side of A4; owners is one folder for each responsible person with their accounts
    alone; method is the auditor's appendix. --person writes one person's sheet, for their manager or
    for offboarding.

    Examples: auditor report; auditor report --formats html,pdf,xlsx --out q4; auditor report --for
    executive,owners --formats pdf; auditor report --person bo.fox@riverside.example --formats pdf;
    auditor report --email --email-owners
    """
    from auditor.app.audit import check_before, mail_reports, run_audit
    from auditor.app.reporting import Wanted, write_reports

    workspace = common.workspace()
    sent = None
    wanted = Wanted(formats=_words(formats), readers=_words(readers), owner=owner, person=person)
    to_owners = email_owners or (email and workspace.config.reports.email_owners)
    check_before(workspace, wanted=wanted, email=email or email_owners)
    with workspace.store(create=False) as store, Screen() as screen:
        audited = run_audit(workspace, store, screen, snapshot_ref=snapshot, everyone=person is not None)
        written = write_reports(workspace, audited.review, screen, out=out, wanted=wanted)
        if email or email_owners:
            sent = mail_reports(
                workspace, store, audited.review, written, screen, to_recipients=email, to_owners=to_owners
            )
    for one in written:
        for path in one.files[:_SHOWN]:
            put_line(str(path))
        if len(one.files) > _SHOWN:
            put_line(f"and {len(one.files) - _SHOWN:,} more files beside it")
    if sent is not None:
        tell_mail(sent)


_SHOWN = 12
"""Files named one by one; a report of many pages has hundreds."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
