"""The table of accounts that may pose as ours: one case a row."""

from __future__ import annotations

from collections.abc import Iterator

from reports import names
from reports.cells import UNKNOWN, Row, Table
from reports.impersonators import ImpersonatorCase
from reports.review import AccessReview


def _rows(review: AccessReview) -> Iterator[Row]:
    return (_row(one) for one in review.impersonator_cases)


def _row(case: ImpersonatorCase) -> Row:
    theirs = case.account
    return {
        "state": case.state.value,
        "tier": case.tier,
        "accused": "yes" if case.likely else "no",
        "score": f"{case.score:.2f}",
        "brand": case.brand,
        "platform": names.platform(case.platform),
        "handle": theirs.handle,
        "name": theirs.name,
        "name_code_points": theirs.code_points or None,
        "bio": UNKNOWN if theirs.bio is None else theirs.bio,
        "url": theirs.url,
        "created_at": theirs.created_at or UNKNOWN,
        "followers": UNKNOWN if theirs.followers is None else theirs.followers,
        "on_the_platform": case.status,
        "why": tuple(one.sentence for one in case.elements) or None,
        "not_accused_because": case.suppressed_by or None,
        "also_like": case.also_like or None,
        "first_seen_at": case.first_seen,
        "last_seen_at": case.last_seen,
        "dismissed_because": case.reason or None,
        "dismissed_until": case.expires,
        "report_number": case.reference or None,
        "timeline": tuple(f"{one.at.date()} {one.message}" for one in case.timeline) or None,
        "native_id": case.native_id,
        "brand_account_id": case.brand_account_id,
        "case_id": case.case_id,
    }


IMPERSONATORS = Table.of(
    "impersonators",
    "One account a row that may pose as ours: how like it is, why, and what was done about it.",
    (
        "state tier accused score brand platform handle name name_code_points bio url created_at followers"
        " on_the_platform why not_accused_because also_like first_seen_at last_seen_at dismissed_because"
        " dismissed_until report_number timeline native_id brand_account_id case_id"
    ),
    _rows,
)
