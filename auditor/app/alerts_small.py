"""A review cut down to what some matters are about, so that it is narrowed to each owner quickly.

Hiding every name of a large house in a handful of sentences costs more than the sentences are worth. A name
can only be hidden where it stands, so accounts and people none of whose names could stand in any of the
sentences are left out beforehand; the veil (`reports.veil`) then hides exactly what it would have hidden.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, repeat
from typing import TYPE_CHECKING

from auditor.app.rows import rows
from auditor.model.finding import Basis
from reports.removal import RemovalPlan
from reports.review import AccessReview, HowKnown, ReviewAccount, ReviewFinding, ReviewPerson
from reports.veil import names_of

if TYPE_CHECKING:
    from auditor.store import Store

_NAMES = ("account_id", "platform", "name", "handle", "url", "owner_email")
_NOT_LOOKED_AT = HowKnown(basis=Basis.UNKNOWN, source="")
_RUN = re.compile(r"[^\W_]+")
"""A run of letters and digits: where a name stands by itself in a text, its runs are whole runs of the text."""


def bystanders(store: Store, snapshot_id: str, review: AccessReview) -> tuple[ReviewAccount, ...]:
    """Return the accounts of the snapshot that ``review``, being a part, leaves out: no more than their names."""
    known = {one.account_id for one in review.accounts}
    found = store.frames(snapshot_id, ("accounts",), columns=_NAMES)["accounts"]
    return tuple(
        ReviewAccount(
            account_id=account_id,
            platform=row.text("platform") or "",
            kind="",
            known=_NOT_LOOKED_AT,
            name=row.text("name"),
            handle=row.text("handle"),
            url=row.text("url"),
            owner_email=row.text("owner_email"),
        )
        for row in rows(found.drop_duplicates("account_id"))
        if (account_id := row.text("account_id")) and account_id not in known
    )


def small_review(
    review: AccessReview,
    *,
    findings: tuple[ReviewFinding, ...],
    plans: tuple[RemovalPlan, ...],
    concerned: Collection[str],
    sentences: Iterable[str] = (),
    others: Sequence[ReviewAccount] = (),
) -> AccessReview:
    """Return ``review`` with these findings and plans, and what they could tell of.

    Args:
        review: the whole.
        findings: those that will be told.
        plans: those that will be told.
        concerned: ids of the accounts that will be told of.
        sentences: what else will be told, such as the journal's messages.
        others: accounts that are not in ``review``, whose names must be hidden all the same.

    """
    holders = {one for finding in findings for one in (finding.person_id, finding.principal_id) if one}
    near = [one for one in review.accounts if one.account_id in concerned or _is_held(one, holders)]
    texts = (*_texts_of_findings(findings), *_texts_of_plans(plans), *_texts_of_accounts(near), *sentences)
    told = {pair for text in texts for pair in _pairs(_RUN.findall(text.casefold()))}
    kept = {one.account_id for one in near}
    accounts = tuple(
        one
        for one in (*review.accounts, *others)
        if one.account_id in kept or _could_stand(names_of(one), told)
    )
    people = tuple(
        one for one in review.people if one.person_id in holders or _could_stand(_names_of_person(one), told)
    )
    return replace(
        review, findings=findings, removals=plans, accounts=accounts, people=people, unmatched=(), trend=None
    )


def _is_held(account: ReviewAccount, holders: Collection[str]) -> bool:
    return any(one.person_id in holders or one.principal_id in holders for one in account.holders)


def _pairs(runs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each run, and each two that follow one another."""
    yield from zip(runs, repeat(""), strict=False)
    yield from pairwise(runs)


def _could_stand(names: Iterable[str], told: Collection[tuple[str, str]]) -> bool:
    """Whether one of the names could stand in a text of these runs and pairs."""
    for name in names:
        pairs = list(_pairs(_RUN.findall(name.casefold())))
        # Scripts without spaces between words show no runs; such a name is never ruled out.
        if not pairs or all(pair in told for pair in pairs) or _is_unspaced(name):
            return True
    return False


def _is_unspaced(name: str) -> bool:
    return not name.isascii() and any(unicodedata.category(char) == "Lo" for char in name)


def _names_of_person(person: ReviewPerson) -> Iterator[str]:
    return (name for name in (person.person_id, person.work_email, person.name) if name)


def _texts_of_findings(findings: Iterable[ReviewFinding]) -> Iterator[str]:
    for one in findings:
        yield from (one.message, one.remediation, one.reason, one.remedy)


def _texts_of_plans(plans: Iterable[RemovalPlan]) -> Iterator[str]:
    for plan in plans:
        yield from (plan.summary, plan.name, *plan.reasons)
        yield from (one.text for one in plan.consequences)
        for step in plan.steps:
            yield from (step.text, step.url or "", *step.by)


def _texts_of_accounts(accounts: Iterable[ReviewAccount]) -> Iterator[str]:
    for account in accounts:
        for cell in account.coverage:
            yield from (cell.reason, cell.remedy)
        yield from (holder.via_name for holder in account.holders if holder.via_name)
