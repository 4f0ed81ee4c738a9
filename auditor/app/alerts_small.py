"""A review cut down to what some matters are about, so that it is narrowed to each owner quickly.

Hiding every name of a large house in a handful of sentences costs more than the sentences are worth. A name
can only be hidden where it stands, so accounts and people none of whose names could stand in any of the
sentences are left out beforehand; the veil (`reports.veil`) then hides exactly what it would have hidden.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
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


class SmallReviews:
    """Cuts one review down as often as somebody is told of a part of it."""

    def __init__(self, review: AccessReview, others: Sequence[ReviewAccount] = ()) -> None:
        """Take the whole, and accounts that are not in it, whose names must be hidden all the same."""
        self._review = review
        self._accounts = (*review.accounts, *others)
        self._ids = {one.account_id: number for number, one in enumerate(review.accounts)}
        self._account_names = _Names(map(names_of, self._accounts))
        self._person_names = _Names(map(_names_of_person, review.people))
        self._held: defaultdict[str, set[int]] = defaultdict(set)
        for number, account in enumerate(review.accounts):
            for holder in account.holders:
                for one in (holder.person_id, holder.principal_id):
                    if one:
                        self._held[one].add(number)

    def small(
        self,
        *,
        findings: tuple[ReviewFinding, ...],
        plans: tuple[RemovalPlan, ...],
        concerned: Collection[str],
        sentences: Iterable[str] = (),
    ) -> AccessReview:
        """Return the review with these findings and plans, and what they could tell of.

        Args:
            findings: those that will be told.
            plans: those that will be told.
            concerned: ids of the accounts that will be told of.
            sentences: what else will be told, such as the journal's messages.

        """
        holders = {one for finding in findings for one in (finding.person_id, finding.principal_id) if one}
        near = {self._ids[one] for one in concerned if one in self._ids}
        near.update(*(self._held[one] for one in holders if one in self._held))
        texts = (
            *_texts_of_findings(findings),
            *_texts_of_plans(plans),
            *_texts_of_accounts(self._accounts[number] for number in sorted(near)),
            *sentences,
        )
        told = {pair for text in texts for pair in _pairs(_RUN.findall(text.casefold()))}
        named = self._person_names.that_could_stand(told)
        return replace(
            self._review,
            findings=findings,
            removals=plans,
            accounts=tuple(
                self._accounts[number] for number in sorted(near | self._account_names.that_could_stand(told))
            ),
            people=tuple(
                one
                for number, one in enumerate(self._review.people)
                if number in named or one.person_id in holders
            ),
            unmatched=(),
            trend=None,
        )


class _Names:
    """Whose names could stand in a text: asked of many texts, so each name is taken apart once."""

    def __init__(self, subjects: Iterable[Iterable[str]]) -> None:
        """Take every subject's names."""
        parted: list[tuple[frozenset[tuple[str, str]], int]] = []
        self._always: set[int] = set()
        for number, names in enumerate(subjects):
            for name in names:
                pairs = frozenset(_pairs(_RUN.findall(name.casefold())))
                # Scripts without spaces between words show no runs; such a name is never ruled out.
                if not pairs or _is_unspaced(name):
                    self._always.add(number)
                else:
                    parted.append((pairs, number))
        often = Counter(pair for pairs, _number in parted for pair in pairs)
        self._by_rarest: defaultdict[tuple[str, str], list[tuple[frozenset[tuple[str, str]], int]]] = (
            defaultdict(list)
        )
        for pairs, number in parted:
            self._by_rarest[min(pairs, key=lambda pair: (often[pair], pair))].append((pairs, number))

    def that_could_stand(self, told: Set[tuple[str, str]]) -> set[int]:
        """Return the numbers of the subjects one of whose names could stand in a text of these runs and pairs."""
        found = (
            number
            for pair in told & self._by_rarest.keys()
            for pairs, number in self._by_rarest[pair]
            if pairs <= told
        )
        return self._always.union(found)


def _pairs(runs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each run, and each two that follow one another."""
    yield from zip(runs, repeat(""), strict=False)
    yield from pairwise(runs)


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
