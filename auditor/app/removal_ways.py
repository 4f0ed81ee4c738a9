"""By which of the catalogue's subjects a grant is taken away."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.model.estate import AccessStatus, GrantPath, PrincipalKind
from reports.review import Holder, ReviewAccount


def way_of(holder: Holder, accounts: Mapping[str, ReviewAccount]) -> str:
    """Return the subject of `policies.removal_steps.SUBJECTS` that fits the grant."""
    if AccessStatus.INVITED in (holder.status, holder.principal_status):
        return "invitation"
    if holder.principal_kind is PrincipalKind.SHARED:
        return "shared"
    if holder.principal_kind is PrincipalKind.SERVICE:
        return "machine"
    if is_member(holder, accounts):
        return "member"
    if holder.principal_kind is PrincipalKind.AGENCY:
        return "agency"
    return holder.via.value


def is_member(holder: Holder, accounts: Mapping[str, ReviewAccount]) -> bool:
    """Whether the grant is a person's place in a portfolio itself, with which goes all it opens."""
    is_person = holder.principal_kind in (PrincipalKind.HUMAN, None)
    return is_person and holder.via is GrantPath.DIRECT and accounts[holder.account_id].kind == "portfolio"
