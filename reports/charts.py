"""The geometry of the few pictures; the templates draw them as inline SVG.

A picture is there only where it is quicker than a number, always beside the numbers themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.model.estate import Level
from reports import names
from reports.review import CoverageSplit, Holder, TrendPoint

BAR_WIDTH = 600.0
"""Width of a bar in SVG units; the page scales it."""
LEAST = 8.0
"""Narrowest part of a bar: what exists can be seen."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stacked bar."""

    style: str
    """CSS class that fills it; never the only carrier of its meaning."""
    label: str
    count: int
    x: float
    width: float


def stacked(parts: Sequence[tuple[str, str, int]], width: float = BAR_WIDTH) -> tuple[Part, ...]:
    """Lay ``(style, label, count)`` side by side over ``width``, in proportion; empty ones left out."""
    shown = [part for part in parts if part[2] > 0]
    total = sum(count for _style, _label, count in shown)
    if not total:
        return ()
    widths = [max(LEAST, width * count / total) for _style, _label, count in shown]
    scale = width / sum(widths)
    laid: list[Part] = []
    x = 0.0
    for (style, label, count), wide in zip(shown, widths, strict=True):
        laid.append(Part(style, label, count, round(x, 1), round(wide * scale, 1)))
        x += wide * scale
    return tuple(laid)


def coverage_bar(split: CoverageSplit, width: float = BAR_WIDTH) -> tuple[Part, ...]:
    """Return the bar verified, attested, unknown."""
    return stacked(
        (
            ("verified", "verified", split.verified),
            ("attested", "attested", split.attested),
            ("unknown", "unknown", split.unknown),
        ),
        width,
    )


def level_counts(holders: Iterable[Holder]) -> dict[Level | None, int]:
    """Count the holders that still hold, highest level first; an unmapped level ranks highest."""
    counts: dict[Level | None, int] = {None: 0, **dict.fromkeys(sorted(Level, reverse=True), 0)}
    for holder in holders:
        if not names.is_gone(holder):
            counts[holder.level] += 1
    return counts


def levels_bar(holders: Iterable[Holder], width: float = BAR_WIDTH) -> tuple[Part, ...]:
    """Return the bar of one account's holders: full control, speaks as us, reads, unmapped."""
    counts = level_counts(holders)
    control = sum(counts[level] for level in (Level.ADMIN, Level.MANAGER))
    speaks = sum(counts[level] for level in (Level.PUBLISHER, Level.MODERATOR, Level.ADVERTISER))
    reads = sum(counts[level] for level in (Level.ANALYST, Level.VIEWER))
    return stacked(
        (
            ("control", "full control", control),
            ("speaks", "speaking as us", speaks),
            ("reads", "only looking", reads),
            ("unknown", "level unknown", counts[None]),
        ),
        width,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A trend line: the points of an SVG polyline, and where its last point is."""

    points: str
    last_x: float
    last_y: float


@dataclass(frozen=True, slots=True)
class TrendLines:
    """Fails and unknowns over the snapshots, on one scale."""

    failed: Line
    unknown: Line
    top: int


def trend_lines(history: Sequence[TrendPoint], width: float = 220, height: float = 56) -> TrendLines | None:
    """Return the lines over ``history``; None where fewer than two snapshots make no line."""
    if len(history) < 2:
        return None
    top = max(1, *(max(point.failed, point.unknown) for point in history))
    return TrendLines(
        _line([point.failed for point in history], top, width, height),
        _line([point.unknown for point in history], top, width, height),
        top,
    )


def _line(values: Sequence[int], top: int, width: float, height: float) -> Line:
    step = width / (len(values) - 1)
    points = [(round(i * step, 1), round(height - value / top * height, 1)) for i, value in enumerate(values)]
    return Line(" ".join(f"{x},{y}" for x, y in points), *points[-1])


@dataclass(frozen=True, slots=True)
class PathRow:
    """One way from the person to an account: by what, to which, at which level."""

    y: float
    by: str
    to: str
    level: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class PathMap:
    """The picture of one person's ways to accounts."""

    who: str
    middle: float
    height: float
    rows: tuple[PathRow, ...]
    more: int
    """Ways that are not drawn; the table beside it has them all."""


def path_map(
    who: str, ways: Sequence[tuple[Holder, str]], row: float = 34, at_most: int = 12
) -> PathMap | None:
    """Draw ``(holder, account name)`` as rows; None where there is one way only."""
    if len(ways) < 2:
        return None
    drawn = ways[:at_most]
    rows = tuple(
        PathRow(
            y=row * i + row / 2,
            by=holder.via_name or names.PATH_NAMES[holder.via],
            to=account,
            level=names.level(holder.level),
            is_known=holder.level is not None,
        )
        for i, (holder, account) in enumerate(drawn)
    )
    height = row * len(rows)
    return PathMap(who, height / 2, height, rows, len(ways) - len(drawn))
