"""The part of a review that a few matters hang on, without building the rest.

Building a review of a hundred thousand grants takes longer than telling of one leaver may. The part has every
account the matters concern, whole: its holders, apps and coverage, and the findings on all of these, so that
what is shown of the matters, and how their access is removed, is the same as in the whole review.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pandas as pd

from auditor import __version__
from auditor.app.judge import Judged
from auditor.app.removal import Plans
from auditor.app.removal_subjects import APP, PERSON, PRINCIPAL
from auditor.app.removal_vendors import holdings_of
from auditor.app.review import build_review, coverage_cells
from auditor.app.review_estate import HOLDER, ReviewEstate
from auditor.app.review_findings import review_findings
from auditor.app.review_reach import About, Reach, reach_of
from auditor.app.risk import RiskOf, risk_scale
from auditor.app.workspace import Workspace
from auditor.model.finding import Basis
from reports.review import AccessReview, HowKnown, ReviewAccount, ReviewFinding
from reports.tally import split_of

_MOST = 0.5
"""Share of all accounts beyond which the whole review is built."""


def part_of_review(workspace: Workspace, judged: Judged, about: About) -> AccessReview:
    """Return the review of ``judged`` as far as ``about`` hangs on it; the whole where that is most of it.

    The part tells of nothing but its accounts, their people and findings: no sources, rules, trend or counts of
    the whole. Its plans of removal are those of the persons, identities and apps that ``about`` names.
    """
    reach = reach_of(judged, about)
    accounts = reach.accounts
    if len(accounts) > _MOST * judged.judgement.coverage["account_id"].nunique():
        return build_review(workspace, judged)
    cells = coverage_cells(judged, accounts)
    grants = judged.views.query("grants", HOLDER | {"vendor_id"}, account_id=accounts)
    people = _people(judged, reach.owners.union(grants["person_id"].dropna()))
    estate = ReviewEstate(judged.views, people, cells, among=accounts, grants=grants)
    findings = _findings(workspace, judged, estate, about)
    snapshot = judged.snapshot
    review = AccessReview(
        organization=workspace.config.organization.name,
        snapshot_id=snapshot.id,
        as_of=snapshot.finished_at,
        finished_at=snapshot.finished_at,
        timezone=workspace.config.organization.timezone,
        coverage=split_of(cells),
        findings=findings,
        accounts=estate.accounts,
        people=estate.people,
        tool_version=__version__,
    )
    wanted = _subjects(about, review)
    whole = replace(review, accounts=(*review.accounts, *_below(reach, review.as_of)))
    made = Plans(whole, holdings_of(grants, estate.app_rows)).of(wanted)
    return replace(
        review,
        findings=tuple(one for one in findings if _is_exact(one, review, about)),
        # Their place among all plans is not known here; among these it is.
        removals=tuple(replace(one, rank=rank, total=len(made)) for rank, one in enumerate(made, 1)),
    )


def _people(judged: Judged, persons: frozenset[str]) -> pd.DataFrame:
    """Return these people of the roster, behind them their managers, who are named beside them."""
    own = judged.frames.of("people", "person_id", persons)
    managers = judged.frames.of("people", "person_id", frozenset(own["manager_id"].dropna()) - persons)
    return pd.concat([own, managers], ignore_index=True)


def _below(reach: Reach, as_of: datetime) -> Iterator[ReviewAccount]:
    """Yield the accounts that only count, for plans that say how many hang on a container."""
    known = HowKnown(basis=Basis.UNKNOWN, source="", observed_at=as_of)
    for account_id, parent_id in reach.below.items():
        yield ReviewAccount(account_id=account_id, platform="", kind="", known=known, parent_id=parent_id)


def _is_exact(finding: ReviewFinding, review: AccessReview, about: About) -> bool:
    """Whether all that a finding's risk hangs on is in the part; of others the plans need to know, no more."""
    if finding.account_id:
        return any(one.account_id == finding.account_id for one in review.accounts)
    whom = {finding.person_id, finding.principal_id} - {None}
    return not whom or bool(whom & (about.persons | about.principals))


def _findings(
    workspace: Workspace, judged: Judged, estate: ReviewEstate, about: About
) -> tuple[ReviewFinding, ...]:
    """Return the findings on the accounts, on whoever holds them, and on no account at all."""
    found = judged.judgement.findings
    ids = {one.account_id for one in estate.accounts}
    holders = {key for one in estate.holders for key in (one.principal_id, one.person_id) if key}
    holders |= about.persons | about.principals
    mine = (
        found["account_id"].isin(ids)
        | found["person_id"].isin(holders)
        | found["principal_id"].isin(holders)
        | ~found[["account_id", "person_id", "principal_id"]].notna().any(axis=1)
    )
    risk = RiskOf(
        estate.accounts,
        estate.people,
        as_of=judged.snapshot.finished_at,
        timezone=workspace.config.organization.timezone,
        scale=risk_scale(workspace.config.policies.risk),
    )
    rules = {rule.id: rule for pack in judged.packs for rule in pack.rules}
    return review_findings(found[mine], rules, judged.ages(found[mine]), risk)


def _subjects(about: About, review: AccessReview) -> frozenset[tuple[str, str]]:
    """Return what ``about`` may want a plan for: kind and id."""
    apps = {app.app_key: app.app_id for account in review.accounts for app in account.apps}
    told = (one.subject_id for one in review.findings if one.fingerprint in about.fingerprints)
    persons = {
        one.person_id
        for account in review.accounts
        for one in account.holders
        if one.principal_id in about.principals and one.person_id
    }
    return frozenset(
        [
            *((PERSON, one) for one in about.persons | persons),
            *((PRINCIPAL, one) for one in about.principals),
            *((APP, apps[one]) for one in told if one in apps),
        ]
    )
