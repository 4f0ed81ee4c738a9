"""One review narrowed to what a single reader may see: an owner's accounts, or one person's access.

What is left is an `AccessReview` like any other, so every format can write it. Whatever cannot be
recounted for the part alone is left out, never carried over from the whole: the verdict counts of rules
and standards, and the trend's earlier snapshots.
"""

from __future__ import annotations

from auditor.errors import UsageError
from reports.narrow_owner import OwnersPart, folded_address
from reports.narrow_person import PersonsPart
from reports.review import AccessReview


def owners(review: AccessReview) -> tuple[str, ...]:
    """Return the addresses of all who answer for an account, case-folded, each once, in order.

    Accounts without an owner are nobody's; the full report names them.
    """
    addresses = (folded_address(account.owner_email) for account in review.accounts)
    return tuple(sorted({address for address in addresses if address}))


def for_owner(review: AccessReview, email: str) -> AccessReview:
    """Return ``review`` as the responsible person ``email`` may see it: their accounts alone.

    No other account's name, handle or id is in it, nobody without a tie to these accounts, and nothing
    of what those with one hold elsewhere.

    Raises:
        UsageError: ``email`` answers for no account of the review.

    """
    about = folded_address(email)
    own = tuple(one for one in review.accounts if about and folded_address(one.owner_email) == about)
    if not own:
        raise UsageError(
            f"{email} answers for no account of this review.",
            remedy="Name them in owners.csv or choose another address.",
        )
    return OwnersPart(review, about, own).review()


def for_person(review: AccessReview, person_id: str) -> AccessReview:
    """Return ``review`` narrowed to all that one person holds, answers for, approved or receives.

    Accounts whose holders are not known stay in it without holders: whether the person holds access
    there is not known either. So do identities of which a guess says that they could be the person's.

    Raises:
        UsageError: the review knows no such person.

    """
    person = next((one for one in review.people if one.person_id == person_id), None)
    if person is None:
        raise UsageError(
            f"nobody with the id {person_id!r} holds or owns anything in this review.",
            remedy="Look the person up: 'auditor who NAME'.",
        )
    return PersonsPart(review, person).review()
