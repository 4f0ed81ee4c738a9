"""When the one page becomes an index with a folder of pages."""

from __future__ import annotations

from reports.review import AccessReview

SPLIT_ABOVE = 3_000
"""Lines of the one-page report: findings, grants and answers on coverage together. That many make a page
of about 4 MB, which still opens in about a second on an ordinary computer."""


def lines_of(review: AccessReview) -> int:
    """Estimate how many lines the one-page report of ``review`` would have."""
    per_account = sum(
        len(account.holders) + len(account.apps) + len(account.coverage) for account in review.accounts
    )
    return len(review.findings) + per_account


def is_large(review: AccessReview) -> bool:
    """Whether ``review`` is split into pages."""
    return lines_of(review) > SPLIT_ABOVE
