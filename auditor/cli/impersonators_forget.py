"""``auditor impersonators forget``."""

from __future__ import annotations

import getpass
from typing import Annotated

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common
from auditor.cli.console import put_line, say
from auditor.errors import UsageError


def forget(
    case: str,
    *,
    reason: Annotated[str, Parameter(help="Why, for whoever reads it in a year; this is kept.")],
    yes: Annotated[bool, Parameter(help="Do not ask.", negative=())] = False,
    force: Annotated[bool, Parameter(help="Also of a case that is still open.", negative=())] = False,
    by: Annotated[str | None, Parameter(help="Who does it; default: the name of this login.")] = None,
    common: Common = COMMON,
) -> None:
    """Remove the raw records and pictures kept of a closed case, for good, where a law on retention asks for it.

    The case, its timeline and the hashes of what is removed stay, with who removed it, when and why. What another case or
    a snapshot refers to stays as well. Dossiers, reports and mails written before are files of yours, and
    backups of the store are too.

    Example: auditor impersonators forget 3fa9c1 --reason "retention period over" --yes
    """
    from auditor.app.impersonators import forgetting
    from auditor.cli.mfa_input import sure

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        planned = forgetting.plan(store, case, force=force)
        if planned.shared:
            say(f"Stays, because others refer to it too: {forgetting.counted(planned.shared)}.")
        if not planned.removed:
            put_line(f"There is no evidence to remove of case {planned.case.case_id}.")
            return
        if not (yes or sure(f"Remove {planned.words} of case {planned.case.case_id} for good?")):
            raise UsageError("nothing was removed.", remedy="Answer yes, or say it beforehand with --yes.")
        forgetting.forget(workspace, store, planned, reason=reason, actor=(by or getpass.getuser()).strip())
    put_line(f"Removed {planned.words} of case {planned.case.case_id}; the case itself stays.")
