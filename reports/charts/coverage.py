"""How much is known: verified, attested, unknown, in all and for each platform."""

from __future__ import annotations

from collections.abc import Mapping

from reports import names
from reports.charts import bars, ink, letters
from reports.review import CoverageSplit
from reports.tally import per_cent

WIDTH = 420.0
_ROW = 46.0
_BAR = 18.0


def coverage_parts(split: CoverageSplit) -> tuple[tuple[str, str, int], ...]:
    """Return the split as parts of a bar."""
    return (
        ("verified", "verified", split.verified),
        ("attested", "attested", split.attested),
        ("unknown", "unknown", split.unknown),
    )


def coverage_bar(split: CoverageSplit) -> ink.Picture | None:
    """Draw how much is known in all, as one bar without a legend; None where nothing was asked."""
    if not split.total:
        return None
    laid = bars.stacked(coverage_parts(split), WIDTH)
    return ink.Picture(
        kind="bar",
        title="How much is known",
        description=_told(split) + ".",
        width=WIDTH,
        height=24,
        shapes=tuple(bars.bar(laid, 0, 0, 24)),
    )


def coverage_by_platform(splits: Mapping[str, CoverageSplit]) -> ink.Picture | None:
    """Draw one bar a platform with counts and shares, the least known first; None without platforms.

    Args:
        splits: platform id to what is known of its accounts; a platform of which nothing was asked
            has an empty row, not none.
    """
    if not splits:
        return None
    ranked = sorted(splits.items(), key=lambda item: (-_unknown_share(item[1]), names.platform(item[0])))
    shapes, y = bars.legend(
        [(style, label) for style, label, _n in coverage_parts(CoverageSplit())], 0, WIDTH
    )
    y += 6
    for platform, split in ranked:
        shapes.append(
            ink.words(0, y + 13, letters.fit(names.platform(platform), WIDTH - 190, bold=True), "t-strong")
        )
        shapes.append(ink.words(WIDTH, y + 13, _share(split), anchor="end"))
        shapes.extend(_row(split, y + 19))
        y += _ROW
    return ink.Picture(
        kind="coverage",
        title="How much is known on each platform",
        description=letters.sentences(
            f"{letters.told(names.platform(platform))}: {_told(split)}" for platform, split in ranked
        ),
        width=WIDTH,
        height=y,
        shapes=tuple(shapes),
    )


def _row(split: CoverageSplit, y: float) -> list[ink.Shape]:
    if split.total:
        return list(bars.bar(bars.stacked(coverage_parts(split), WIDTH), 0, y, _BAR))
    return list(bars.filled("unknown", 0, y, WIDTH, _BAR))


def _unknown_share(split: CoverageSplit) -> float:
    return split.unknown / split.total if split.total else 1.0


def _share(split: CoverageSplit) -> str:
    if not split.total:
        return "nothing was asked"
    return f"{per_cent(split.unknown, split.total)} of {split.total:,} unknown"


def _told(split: CoverageSplit) -> str:
    if not split.total:
        return "nothing was asked, so all is unknown"
    parts = [
        f"{count:,} {label} ({per_cent(count, split.total)})"
        for _style, label, count in coverage_parts(split)
    ]
    return f"{', '.join(parts)}, of {split.total:,} asked"
