"""Rows of the exposure clock: one leaver and one account each."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model.exposure import Clock
from auditor.model.finding import Verdict
from reports import names
from reports.cells import UNKNOWN, Row, Table
from reports.review import AccessReview

_WITHIN = {Verdict.PASS: "yes", Verdict.FAIL: "no", Verdict.UNKNOWN: UNKNOWN}


def _rows(review: AccessReview) -> Iterator[Row]:
    if review.exposure is None:
        return
    for clock in review.exposure.clocks:
        yield _row(clock) | {
            "limit_hours": _number(review.exposure.limit_hours),
            "strict_hours": _number(review.exposure.strict_hours),
        }


def _row(clock: Clock) -> Row:
    return {
        "person_name": clock.person,
        "platform": names.platform(clock.platform),
        "account": clock.account,
        "left_on": clock.departure.left_on,
        "work_ended_at": clock.departure.latest,
        "work_not_ended_before": clock.departure.earliest,
        "end_taken_from": clock.departure.basis.value,
        "returned_at": clock.departure.returned_at,
        "state": clock.state.value,
        "hours_at_least": _number(clock.at_least_hours),
        "hours_at_most": UNKNOWN if clock.at_most_hours is None else _number(clock.at_most_hours),
        "hours_of_polling": _number(clock.polling_hours),
        "within_limit": _WITHIN[clock.verdict],
        "within_strict": None if clock.strict is None else _WITHIN[clock.strict],
        "last_seen_at": clock.last_seen_at,
        "last_seen_snapshot": clock.last_seen_snapshot,
        "proved_gone_at": clock.proved_at,
        "proved_gone_snapshot": clock.proved_snapshot,
        "given_back": clock.given_back,
        "basis": clock.basis.value,
        "reason": clock.reason,
        "remedy": clock.remedy,
        "account_id": clock.account_id,
        "person_id": clock.person_id,
    }


def _number(value: float | None) -> str | None:
    """Return hours as a text without needless zeros: a cell holds whole numbers or texts."""
    return None if value is None else f"{value:g}" if value < 100_000 else f"{value:.0f}"


EXPOSURE = Table.of(
    "exposure",
    "One leaver and one account a row: how long access lasted after the end of work, and what proves it gone.",
    (
        "person_name platform account left_on state hours_at_least hours_at_most hours_of_polling within_limit"
        " limit_hours within_strict strict_hours work_ended_at work_not_ended_before end_taken_from returned_at"
        " last_seen_at last_seen_snapshot proved_gone_at proved_gone_snapshot given_back basis reason remedy"
        " account_id person_id"
    ),
    _rows,
)
