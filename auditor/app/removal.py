"""How to take access away without breaking what depends on it: one plan a person, identity or app."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from auditor.app.removal_breakage import Broken, broken_by
from auditor.app.removal_control import Control
from auditor.app.removal_index import RemovalIndex
from auditor.app.removal_lookup import find_subject
from auditor.app.removal_order import Order, must_come_first
from auditor.app.removal_subjects import APP, Subject, subjects, whole_subject
from auditor.app.removal_vendors import NO_VENDORS, VendorHoldings
from auditor.app.removal_words import cleaned
from auditor.model.estate import AccessStatus, GrantPath
from policies.removal_steps import removal_steps
from reports.removal import RemovalPlan
from reports.review import AccessReview, Holder

AT_MOST = 200
"""Plans worked out for a report; the rest are told by number, and each by ``auditor removal WHO``."""


def plans(
    review: AccessReview, vendors: VendorHoldings = NO_VENDORS, *, at_most: int | None = AT_MOST
) -> tuple[RemovalPlan, ...]:
    """Return a plan for everyone and everything whose removal a finding calls for, the most urgent first.

    Args:
        review: what is known; findings that fail and say what they remove call for plans.
        vendors: what each outside firm holds; without it findings on firms call for none.
        at_most: how many plans are worked out; each says how many there are in all.

    """
    planner = _Planner(RemovalIndex(review), vendors)
    wanted = planner.called_for[:at_most]
    total = len(planner.called_for)
    return tuple(planner.plan(one, rank=rank, total=total) for rank, one in enumerate(wanted, start=1))


class Plans:
    """The plans over one review, however many there are: each worked out when it is first asked for."""

    def __init__(self, review: AccessReview, vendors: VendorHoldings = NO_VENDORS) -> None:
        """Take the review, and what outside firms hold."""
        self._review = review
        self._vendors = vendors
        self._made: dict[tuple[str, str], RemovalPlan] = {}

    def of(self, wanted: Collection[tuple[str, str]]) -> tuple[RemovalPlan, ...]:
        """Return those about ``wanted``, kind and id each, the most urgent first."""
        places = [self._places[key] for key in wanted if key in self._places]
        return tuple(self._plan(place) for place in sorted(places))

    def _plan(self, place: int) -> RemovalPlan:
        subject = self._planner.called_for[place]
        if subject.key not in self._made:
            total = len(self._planner.called_for)
            self._made[subject.key] = self._planner.plan(subject, rank=place + 1, total=total)
        return self._made[subject.key]

    @cached_property
    def _planner(self) -> _Planner:
        return _Planner(RemovalIndex(self._review), self._vendors)

    @cached_property
    def _places(self) -> dict[tuple[str, str], int]:
        return {one.key: place for place, one in enumerate(self._planner.called_for)}


def plan_for(review: AccessReview, reference: str, vendors: VendorHoldings = NO_VENDORS) -> RemovalPlan:
    """Return the plan to remove all that ``reference`` holds: offboarding, whether a finding calls for it or not.

    Args:
        review: what is known, with everyone of the roster.
        reference: id, e-mail address, handle or name of a person or identity; id or name of an app.
        vendors: what each outside firm holds.

    Raises:
        UsageError: there is none, or there are several.

    """
    index = RemovalIndex(review)
    planner = _Planner(index, vendors)
    kind, identifier = find_subject(index, reference)
    asked = whole_subject(index, kind, identifier)
    rank = next((place for place, one in enumerate(planner.called_for, 1) if one.key == asked.key), 0)
    if rank:
        called = planner.called_for[rank - 1]
        asked = called if called.is_whole or kind == APP else planner.with_reasons(asked, called)
    return planner.plan(asked, rank=rank, total=len(planner.called_for))


class _Planner:
    """Works out plans over one review; what the others take away does not count as remaining."""

    def __init__(self, index: RemovalIndex, vendors: VendorHoldings) -> None:
        self._index = index
        self.called_for = subjects(index, vendors)
        self._gone = frozenset(
            grant_id for one in self.called_for for grant_id in _with_all_below(index, one)
        )
        control = Control(index, index.review.as_of)
        self._control = control
        self._order = Order(index, control, removal_steps())

    def plan(self, subject: Subject, *, rank: int, total: int) -> RemovalPlan:
        """Return the plan for one subject."""
        gone = self._gone
        if not subject.grant_ids <= gone:
            gone = gone.union(_with_all_below(self._index, subject))
        broken = broken_by(self._index, self._control, subject, gone)
        return RemovalPlan(
            subject_type=subject.type,
            subject_id=subject.id,
            name=subject.name,
            summary=_summary(subject, broken),
            rank=rank,
            total=total,
            reasons=tuple(dict.fromkeys(finding.message for finding in subject.findings)),
            fingerprints=tuple(finding.fingerprint for finding in subject.findings),
            consequences=broken.consequences,
            steps=self._order.steps(subject, broken, gone),
        )

    def with_reasons(self, asked: Subject, called: Subject) -> Subject:
        """Return all that is asked for, with the findings that call for a part of it."""
        return Subject(
            type=asked.type,
            id=asked.id,
            name=asked.name,
            findings=called.findings,
            grants=asked.grants,
            is_whole=True,
            has_left=asked.has_left,
            kinds=asked.kinds,
        )


def _with_all_below(index: RemovalIndex, subject: Subject) -> Iterator[str]:
    """Yield the grants that go with the subject: its own, and those of others that came through it."""
    ways = {app.app_id for app in subject.apps}
    for holder in subject.grants:
        yield holder.grant_id
        yield from _below(index, holder)
        ways.add(holder.principal_id)
    for way in ways:
        through = index.by_way.get(way, ())
        yield from (one.grant_id for one in through if one.via in (GrantPath.AGENCY, GrantPath.SUITE))


def _below(index: RemovalIndex, member: Holder) -> Iterable[str]:
    """Return what a member of a portfolio loses with the membership."""
    if member.via is not GrantPath.DIRECT:
        return ()
    return (
        one.grant_id
        for one in index.by_principal.get(member.principal_id, ())
        if one.via is GrantPath.PORTFOLIO and one.via_id == member.account_id
    )


def _summary(subject: Subject, broken: Broken) -> str:
    """Return what to do first; it names no account, for a reader may not be shown all of them."""
    live = Counter(holder.status is not AccessStatus.INVITED for holder in subject.grants)[True]
    waits = any(must_come_first(one) for one in broken.consequences)
    if subject.type != APP and not subject.grants:
        return "No access of theirs was seen; see to what is listed all the same."
    if subject.has_left and live:
        if not waits:
            return (
                f"Remove today: {cleaned(subject.name)} does not work here, and the access is live."
                " Nothing that is known has to be made safe first."
            )
        return (
            "Remove today, once the steps before it are done; accounts that none of them names need not wait."
        )
    if any(one.is_certain for one in broken.consequences):
        return "Something would break: do the steps before the removal first."
    if broken.consequences:
        return "Nothing is known to break for certain; what could not be ruled out is listed."
    return "Nothing that hangs on it is known; remove it."
