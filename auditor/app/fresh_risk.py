"""The risk of a few findings, without the review of the whole estate they are found in.

A finding's risk hangs on the account it is on, on the grants its person or identity holds, and on when a leaver
left: no more than that is looked up, so the scores are those the whole review would give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from auditor.app.judge import Judged
from auditor.app.review_estate import HOLDER, ReviewEstate
from auditor.app.review_findings import review_findings
from auditor.app.risk import RiskOf, risk_scale
from auditor.app.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection

    from policies.views import Views


def risks_of(workspace: Workspace, judged: Judged, found: pd.DataFrame) -> dict[str, int]:
    """Return fingerprint to risk (0 to 100) of the findings ``found``, rows of those of ``judged``."""
    grants = _grants(judged.views, found)
    apps = frozenset(found.loc[found["subject_type"] == "app", "subject_id"])
    meant = judged.views.query("apps", ("account_id",), app_key=apps)["account_id"] if apps else ()
    accounts = frozenset(found["account_id"].dropna()) | frozenset(grants["account_id"]) | frozenset(meant)
    people = judged.frames.of("people", "person_id", frozenset(found["person_id"].dropna()))
    estate = ReviewEstate(judged.views, people, (), among=accounts, grants=grants, with_apps=bool(apps))
    risk = RiskOf(
        estate.accounts,
        estate.people,
        as_of=judged.snapshot.finished_at,
        timezone=workspace.config.organization.timezone,
        scale=risk_scale(workspace.config.policies.risk),
    )
    rules = {rule.id: rule for pack in judged.packs for rule in pack.rules}
    made = review_findings(found, rules, judged.ages(found), risk)
    return {one.fingerprint: one.risk.score for one in made if one.risk}


def _grants(views: Views, found: pd.DataFrame) -> pd.DataFrame:
    """Return every grant of the people and identities, and those that findings are on themselves."""
    subjects = found["subject_id"]
    kinds = found["subject_type"]

    def of(kind: str, column: str) -> Collection[str]:
        return frozenset(found[column].dropna()) | frozenset(subjects[kinds == kind])

    asked = {
        "person_id": of("person", "person_id"),
        "principal_id": of("principal", "principal_id"),
        "grant_id": frozenset(subjects[kinds == "grant"]),
    }
    parts = [views.query("grants", HOLDER, **{column: ids}) for column, ids in asked.items()]
    return pd.concat(parts, ignore_index=True).drop_duplicates("grant_id")
