"""The table of waivers: each with what it covers, the verdicts as they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from auditor.model.finding import Verdict
from reports.cells import Row, Table, judged
from reports.review import AccessReview
from reports.waivers import WaiverEntry, by_kind


def _waivers(review: AccessReview) -> Iterator[Row]:
    verdicts = (
        {one.fingerprint: one.verdict for one in review.findings if one.waived} if review.waivers else {}
    )
    for entries in by_kind(review.waivers).values():
        for one in entries:
            counts = Counter(verdicts[mark] for mark in one.covers if mark in verdicts)
            yield _terms(one) | {
                "failed": counts[Verdict.FAIL],
                "unknown": counts[Verdict.UNKNOWN],
                "expected": one.expect,
                "amiss": one.problems or None,
                "waiver_id": one.waiver_id,
                "fingerprints": one.covers or None,
            }


def _terms(one: WaiverEntry) -> Row:
    return {
        "kind": one.kind,
        "rule": one.rule,
        "subject": one.subject,
        "reason": one.reason,
        "control": one.control or None,
        "owner": one.owner,
        "approver": one.approver,
        "waived_until": one.expires,
        "expired": judged(one.expired),
    }


WAIVERS = Table.of(
    "waivers",
    "One waiver a row: what a named person has accepted, until when, and the verdicts it leaves as they were.",
    (
        "kind rule subject reason control owner approver waived_until expired failed unknown expected amiss"
        " waiver_id fingerprints"
    ),
    _waivers,
)
