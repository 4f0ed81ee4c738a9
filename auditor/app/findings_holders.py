"""Who holds access to an account: what is found of them is a matter of the account too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.app.judge import StoredFrames, match_people
from auditor.app.rows import rows
from auditor.app.workspace import Workspace
from auditor.model.estate import AccessStatus

if TYPE_CHECKING:
    from auditor.store import Store


def holders_of(workspace: Workspace, store: Store, snapshot_id: str, account_id: str) -> frozenset[str]:
    """Return the ids of the identities that hold access to an account, and of the people they are matched to.

    Access that was taken away is none.
    """
    frames = StoredFrames(store, snapshot_id)
    held = frames.of("grants", "account_id", {account_id})
    holding = {
        row.text("principal_id") or ""
        for row in rows(held[["principal_id", "status"]])
        if row.text("status") != AccessStatus.REMOVED
    }
    matches = match_people(workspace, frames).matches
    people = matches.loc[matches["principal_id"].isin(holding), "person_id"]
    return frozenset({*holding, *(str(one) for one in people)} - {""})
