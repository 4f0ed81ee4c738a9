"""Why each kind of fact about an X account is known, known in part, or not known, and what would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from auditor.errors import ConnectorError
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Account, platform_id
from connectors.x import facts
from connectors.x.problems import Problem, coverage_state, quoted

ARCHIVE_REMEDY = (
    "Have the account's owner request its data archive in X's settings and connect it "
    "with the x-archive connector."
)
DELEGATES_REMEDY = (
    "Run 'auditor attest new x-delegates', have the account's owner fill it in, and connect it."
)
MFA_REMEDY = "Run 'auditor attest new mfa', have the account's owner fill it in, and connect it."
LATER = "Run it again; see the reason."
_NAME_IT = "Connect a token that the account itself authorised, or name the token's account under accounts:."


@dataclass(frozen=True, slots=True)
class Gap:
    """What became of one kind of fact."""

    state: CoverageState
    reason: str = ""
    remedy: str = ""


def _hidden(reason: str, remedy: str) -> Gap:
    return Gap(CoverageState.NOT_EXPOSED, reason, remedy)


NO_DELEGATES = "X's API does not show delegates."
NEVER_SHOWN: Mapping[FactKind, Gap] = {
    FactKind.MFA: _hidden(
        "X's API does not show two-factor authentication, of an account or of its delegates.", MFA_REMEDY
    ),
    FactKind.MFA_REQUIRED: _hidden(
        "X's API does not show whether an account demands two-factor authentication of its delegates.",
        MFA_REMEDY,
    ),
    FactKind.APPS: _hidden("X's API does not show the apps connected to an account.", ARCHIVE_REMEDY),
    FactKind.LOGINS: _hidden("X's API does not show logins and sessions.", ARCHIVE_REMEDY),
    FactKind.LAST_USED: _hidden(
        "X's API does not show when a delegate or an app last acted.",
        "Fill in last_used_on in the table that 'auditor attest new x-delegates' writes.",
    ),
}


class TokenKind(StrEnum):
    """What the token of a connection turned out to be."""

    APP = "app"
    USER = "user"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom the token belongs to."""

    kind: TokenKind
    user: Mapping[str, Any] | None = None
    """The kept user object of its account."""
    problems: tuple[Problem, ...] = ()
    failure: ConnectorError | None = None
    """Why it is not known."""

    @property
    def handle(self) -> str | None:
        """Handle of the token's account."""
        return None if self.user is None else str(self.user["username"])

    @property
    def account_id(self) -> str | None:
        """Id of the token's account."""
        return None if self.user is None else platform_id(facts.PLATFORM, self.user["id"])

    def is_named_in(self, handles: tuple[str, ...]) -> bool:
        """Whether the token's account is one of ``handles``."""
        return self.handle is not None and self.handle.casefold() in {name.casefold() for name in handles}


def account_gap(user: Mapping[str, Any], dropped: set[str], problems: tuple[Problem, ...]) -> Gap:
    """Return what is lacking from a user object: fields X refused, or left out with a problem."""
    lost = {
        problem.field
        for problem in problems
        if problem.is_about_a_field and (not problem.resource_id or problem.concerns(user["id"]))
    }
    lost = (lost | dropped) & set(facts.USER_FIELDS)
    if lost:
        reason = f"X does not serve: {', '.join(sorted(lost))}."
        return Gap(CoverageState.PARTIAL, reason, "Update this tool: X may have renamed the field.")
    countries = facts.withheld_in(user)
    withheld = f"X withholds the account in {', '.join(countries)}." if countries else ""
    return Gap(CoverageState.OBSERVED, withheld)


def recovery_gap(account: Account, bearer: Bearer, named: tuple[str, ...]) -> Gap:
    """Return whether X told the address it sends password resets to."""
    if account.recovery_email is not None:
        return Gap(CoverageState.OBSERVED)
    if bearer.account_id == account.account_id:
        reason = "X did not tell the account's e-mail address: the token lacks the permission users.email."
        return Gap(CoverageState.DENIED, reason, f"Grant it. Or: {ARCHIVE_REMEDY}")
    return _foreign(bearer, named) or _hidden(
        "X's API shows an account's e-mail address to the account's own token only.", ARCHIVE_REMEDY
    )


def token_gap(account: Account, bearer: Bearer, named: tuple[str, ...], access_level: str | None) -> Gap:
    """Return what is known of the tokens of an account: ours, if it is the account's, and no other."""
    if bearer.account_id == account.account_id:
        untold = "" if access_level else " X does not tell its access level."
        reason = f"X shows the token of this connection only.{untold}"
        return Gap(CoverageState.PARTIAL, reason, ARCHIVE_REMEDY)
    return _foreign(bearer, named) or _hidden("X's API shows no tokens of the account.", ARCHIVE_REMEDY)


def absence(handle: str, problem: Problem) -> tuple[bool | None, Gap]:
    """Return whether an account X served no user for is published, and why no more is known."""
    if problem.says_suspended:
        remedy = "Appeal in X's help centre, or take it off the list."
        return False, Gap(CoverageState.PARTIAL, f"X suspended @{handle}.", remedy)
    if problem.kind == "resource-not-found":
        reason = f"There is no @{handle} on X: renamed, deactivated or misspelt; the handle may be free."
        return False, Gap(CoverageState.FAILED, reason, "Correct it under accounts:, or claim the handle.")
    reason = f"X does not show @{handle}: {quoted(problem.detail or problem.title)}"
    return None, Gap(CoverageState.DENIED, reason, "Check the token's permissions.")


def failed(failure: ConnectorError) -> Gap:
    """Return the gap a failed call leaves."""
    return Gap(coverage_state(failure), failure.message, failure.remedy or LATER)


def _foreign(bearer: Bearer, named: tuple[str, ...]) -> Gap | None:
    """Return why the token says nothing of any account named; None where X never would."""
    if bearer.failure is not None:
        return failed(bearer.failure)
    if bearer.user is not None and not bearer.is_named_in(named):
        reason = f"The token belongs to @{bearer.handle}, which this connection does not name."
        return Gap(CoverageState.DENIED, reason, _NAME_IT)
    return None
