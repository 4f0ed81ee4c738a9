"""``auditor findings note``, ``assign``, ``waive`` and ``unwaive``."""

from __future__ import annotations

import getpass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from auditor.cli.common import COMMON, Common
from auditor.cli.console import put_line
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.model.life import Life

By = Annotated[str | None, Parameter(help="Who does it; default: the name of this login.")]
KindWord = Literal["accepted-risk", "false-positive", "not-applicable"]


def note(fingerprint: str, text: str, *, by: By = None, common: Common = COMMON) -> None:
    """Add a note to a finding; 'auditor findings show' shows them in order.

    Example: auditor findings note 3fa9c1 "Agency asked to remove her, ticket 4711" --by lee.ray@riverside.example
    """
    from auditor.app.findings_desk import note as add

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        life = add(workspace, store, fingerprint, text, by=_name(by))
    put_line(f"Noted on {life.seen.fingerprint}: {life.seen.message}")


def assign(
    fingerprint: str,
    owner: Annotated[
        str | None, Parameter(help="E-mail address; none: back to whom the account makes responsible.")
    ] = None,
    *,
    by: By = None,
    common: Common = COMMON,
) -> None:
    """Hand a finding to somebody, or back to the person its account makes responsible.

    Examples: auditor findings assign 3fa9c1 dana.cole@riverside.example; auditor findings assign 3fa9c1
    """
    from auditor.app.findings_desk import assign as hand

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        life = hand(workspace, store, fingerprint, owner, by=_name(by))
    put_line(f"{life.seen.fingerprint} is with {life.responsible or 'nobody'}: {life.seen.message}")


def waive(
    fingerprint: str,
    *,
    kind: Annotated[KindWord, Parameter(help="Why it may stand.")],
    reason: Annotated[str, Parameter(help="In a sentence, for whoever reads it in a year.")],
    owner: Annotated[str, Parameter(help="E-mail address of who answers for it.")],
    approver: Annotated[
        str, Parameter(help="E-mail address of who accepts it: not the owner, nor who holds the access.")
    ],
    expires: Annotated[str, Parameter(help="From this day on it is open again, such as 2027-03-31.")],
    control: Annotated[str, Parameter(help="What makes up for it; required for accepted-risk.")] = "",
    common: Common = COMMON,
) -> None:
    """Waive one finding: add an entry to the waivers file. Its verdict stays visible beside the waiver.

    Example: auditor findings waive 3fa9c1 --kind accepted-risk --reason "One login until the suite comes"
    --control "Password rotated weekly" --owner dana.cole@riverside.example --approver lee.ray@riverside.example
    --expires 2027-03-31
    """
    from auditor.app.waivers_desk import Terms
    from auditor.app.waivers_desk import waive as give
    from auditor.model.waiver import WaiverKind

    workspace = common.workspace()
    terms = Terms(
        WaiverKind(kind), reason.strip(), owner.strip(), approver.strip(), _day(expires), control.strip()
    )
    with workspace.store(create=False) as store:
        life, path = give(workspace, store, fingerprint, terms)
    _tell(life, f"Written: {path}")
    if life.waiver is None:
        put_line("The waiver does not cover it; 'auditor waivers check' says why.")


def unwaive(fingerprint: str, *, common: Common = COMMON) -> None:
    """Take a finding's waiver out of the waivers file; the finding is open again at once.

    Example: auditor findings unwaive 3fa9c1
    """
    from auditor.app.waivers_desk import unwaive as take

    workspace = common.workspace()
    with workspace.store(create=False) as store:
        life, path = take(workspace, store, fingerprint)
    _tell(life, f"Changed: {path}")


def _tell(life: Life, done: str) -> None:
    waiver = life.waiver
    standing = f"waived as {waiver.kind.value} until {waiver.expires}" if waiver else life.state.value
    put_line(done)
    put_line(
        f"{life.seen.fingerprint} is {standing}; its verdict is {life.seen.verdict}: {life.seen.message}"
    )


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UsageError(f"{text!r} is not a day.", remedy="Such as --expires 2027-03-31.") from None


def _name(by: str | None) -> str:
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise UsageError("this login has no name.", remedy="Name yourself with --by.") from None
