"""``auditor impersonators dossier``."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common, Format
from auditor.cli.console import put_fields, put_json, say


def dossier(
    case: str,
    *,
    out: Annotated[str | None, Parameter(help="Folder to write into; default: reports.out.")] = None,
    fetch: Annotated[
        bool, Parameter(help="Fetch the two profile pictures from the platform's media host.")
    ] = True,
    approved_by: Annotated[
        str, Parameter(help="Who has decided that the account may be reported; kept in the timeline.")
    ] = "",
    by: Annotated[str | None, Parameter(help="Who makes it; default: the name of this login.")] = None,
    format: Format = "table",
    common: Common = COMMON,
) -> None:
    """Freeze a case as a PDF and a zip that stand by themselves, for a report to the platform or a lawyer.

    Both accounts side by side, why, what speaks against it, the timeline, the platform's reporting routes and
    what their forms ask for, pictures and raw records under their SHA-256. Nothing is sent to a platform. The
    beginning of the case's id will do. Note the SHA-256 of the zip somewhere else.

    Examples: auditor impersonators dossier 3fa9c1; auditor impersonators dossier 3fa9c1 --out takedown
    --approved-by "Dana Reyes"
    """
    from auditor.app.impersonators.dossier import Order, write_dossier
    from auditor.app.impersonators.pictures import picture_hosts

    workspace = common.workspace()
    order = Order(
        case=case,
        by=(by or getpass.getuser()).strip(),
        approved_by=approved_by.strip(),
        hosts=picture_hosts(workspace) if fetch else None,
    )
    folder = Path(out) if out else workspace.loaded.resolve(workspace.config.reports.out)
    with workspace.store(create=False) as store:
        written = write_dossier(workspace, store, order, folder)
    told = {"pdf": str(written.pdf), "zip": str(written.zip), "zip_sha256": written.zip_sha256}
    if format == "json":
        put_json({**told, "missing": list(written.gaps)})
        return
    put_fields(told)
    for gap in written.gaps:
        say(f"Missing: {gap}")
