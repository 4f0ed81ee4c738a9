"""The first sheet of the workbook: what this is, how much is known, and how to read the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reports.cells import Table
from reports.review import AccessReview
from reports.tally import per_cent
from reports.text import plural
from reports.when import Clockface

UNKNOWN_MEANS = (
    "The facts to decide it could not be seen. It is not a pass: the reason and what would close the gap stand "
    "beside it. Cells that say unknown are slanted and framed by dashes."
)
_READING = (
    ("Filter", "Every table has its filters in the first row, which stays in sight."),
    ("Empty cells", "The source does not say. Judgements are never empty: they say yes, no or unknown."),
    ("Times", "ISO 8601 in the organisation's zone, with the offset from UTC; days without a time."),
    (
        "Texts",
        (
            "Every cell is text or a number, none is a formula. Hidden characters are shown by number, such as "
            "[U+202E]. A text ends after 32,000 characters with …; the JSON report has the whole."
        ),
    ),
    ("Standards", "A rule supports evidence for a paragraph; it does not prove it met."),
)


def about(
    review: AccessReview, tables: Sequence[Table], counts: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """Yield each line's label and words; a label without words is a heading.

    Args:
        review: the review.
        tables: the tables that have a sheet, in order.
        counts: rows of each table by its name.

    """
    clock = Clockface.of(review.timezone)
    yield "Access review", ""
    yield "Organisation", review.organization
    yield "Snapshot", review.snapshot_id
    yield "As of", f"{clock.moment(review.as_of)} ({review.timezone})"
    yield "Looked at", _looked_at(review)
    yield (
        "Judged by",
        "; ".join(f"{pack.title} {pack.version}" for pack in review.packs) or "no pack of rules",
    )
    yield "Made with", f"Auditor {review.tool_version}".rstrip()
    yield "How much is known", ""
    yield from _known(review)
    yield "What unknown means", UNKNOWN_MEANS
    yield "Sheets", ""
    for table in tables:
        yield table.name, f"{table.about} {plural(counts[table.name], 'row')}."
    yield "How to read them", ""
    yield from _READING
    if review.limits:
        yield "Limits", " ".join(review.limits)


def _looked_at(review: AccessReview) -> str:
    roster = (
        "no roster"
        if review.roster_size is None
        else f"a roster of {plural(review.roster_size, 'person', 'people')}"
    )
    return f"{plural(len(review.accounts), 'account')} and {roster}"


def _known(review: AccessReview) -> Iterator[tuple[str, str]]:
    split = review.coverage
    told = (
        ("Verified", split.verified, "read from the platform or its own export"),
        ("Attested", split.attested, "stated by a named person up to a named day"),
        ("Unknown", split.unknown, "neither"),
    )
    for word, part, meaning in told:
        yield (
            word,
            f"{plural(part, 'question')} of {split.total:,} ({per_cent(part, split.total)}): {meaning}",
        )
    best = next((gap for gap in review.gaps if gap.remedy), None)
    if best:
        closed = f"{plural(best.cells, 'question')} and {plural(best.findings, 'finding')}"
        yield "What would close most", f"{best.remedy} ({closed})"
