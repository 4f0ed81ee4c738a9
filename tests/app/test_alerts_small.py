"""A review cut down before it is narrowed tells an owner the very same sentences as the whole."""

from __future__ import annotations

import random
from dataclasses import replace

from auditor.app.alerts_small import SmallReviews
from auditor.app.removal import plans
from reports.narrow import owners
from reports.narrow_owner import OwnersPart, folded_address
from reports.review import AccessReview
from tests.reports.support_large import large_review
from tests.reports.support_review import sample_review


def narrowed(review: AccessReview, about: str) -> AccessReview:
    """Return an owner's part."""
    own = [one for one in review.accounts if folded_address(one.owner_email) == about]
    return OwnersPart(review, about, own).review()


def told(review: AccessReview, concerned: set[str]) -> tuple[object, ...]:
    """Return every sentence of a part that an alert can show."""
    accounts = {one.account_id: one for one in review.accounts if one.account_id in concerned}
    return (
        review.findings,
        review.removals,
        {key: (one.name, one.handle, one.coverage) for key, one in accounts.items()},
    )


def same_for_every_owner(review: AccessReview, seed: int) -> int:
    """Compare both ways for a random handful of findings; return how many owners were told something."""
    chance = random.Random(seed)
    found = tuple(chance.sample(review.findings, min(12, len(review.findings))))
    concerned = {one.account_id for one in found if one.account_id}
    for one in found:
        if not one.account_id:
            concerned |= {
                account.account_id for account in review.accounts
                if any(one.subject_id in (h.person_id, h.principal_id) for h in account.holders)
            }  # fmt: skip
    removals = tuple(
        one for one in review.removals if set(one.fingerprints) & {finding.fingerprint for finding in found}
    )
    whole = replace(review, findings=found, removals=removals, trend=None)
    small = SmallReviews(review).small(findings=found, plans=removals, concerned=concerned)
    count = 0
    for about in owners(review):
        if about not in owners(small):
            continue
        expected = narrowed(whole, about)
        # Plans are numbered among those of the part; an owner's other accounts have none of these.
        assert told(narrowed(small, about), concerned) == told(expected, concerned)
        count += bool(expected.findings)
    return count


def test_the_same_is_told_of_a_made_up_estate() -> None:
    """Hundreds of owners' parts, names that are parts of others' names among them."""
    review = large_review(600, accounts=60, people=150, rules=20)
    review = replace(review, removals=plans(review))
    assert sum(same_for_every_owner(review, seed) for seed in range(5)) > 15


def test_the_same_is_told_of_hostile_names() -> None:
    """Names without spaces, with marks and in other scripts are hidden as before."""
    review = sample_review()
    assert sum(same_for_every_owner(review, seed) for seed in range(25)) > 10
