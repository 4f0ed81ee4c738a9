"""Better or worse: what failed and what was unknown, snapshot by snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from reports.charts import ink, letters
from reports.review import TrendPoint
from reports.when import Clockface

WIDTH, HEIGHT = 340.0, 104.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 6.0, 232.0, 10.0, 78.0
_APART = 16.0
"""Distance of the two labels, so that neither covers the other."""


def trend(history: Sequence[TrendPoint], timezone: str) -> ink.Picture | None:
    """Draw fails and unknowns over ``history``; None where fewer than two snapshots make no line.

    Args:
        history: snapshots, oldest first; each gets its mark on both lines.
        timezone: the zone's name, for the days.
    """
    if len(history) < 2:
        return None
    clock = Clockface.of(timezone)
    top = max(1, *(max(point.failed, point.unknown) for point in history))
    failed = _line([point.failed for point in history], top)
    unknown = _line([point.unknown for point in history], top)
    first, last = history[0], history[-1]
    shapes: list[ink.Shape] = [ink.line("axis", [(_LEFT, _BOTTOM), (_RIGHT, _BOTTOM)])]
    shapes += [ink.line("axis", [(x, _BOTTOM), (x, _BOTTOM + 4)]) for x, _y in failed]
    shapes += [ink.line("line-unknown", unknown), ink.line("line-failed", failed)]
    shapes += [ink.box("end-unknown", x - 3.5, y - 3.5, 7, 7) for x, y in unknown]
    shapes += [ink.dot("end-failed", x, y, 3) for x, y in failed]
    shapes += _labels(failed[-1][1], unknown[-1][1], last)
    shapes.append(ink.words(0, HEIGHT - 6, clock.day(first.at), "t-quiet"))
    shapes.append(ink.words(_RIGHT + 6, HEIGHT - 6, clock.day(last.at), "t-quiet", "end"))
    return ink.Picture(
        kind="trend",
        title=f"Findings over the last {len(history)} snapshots",
        description=letters.sentences(
            f"{clock.day(point.at)}: {point.failed:,} failed, {point.unknown:,} unknown" for point in history
        ),
        width=WIDTH,
        height=HEIGHT,
        shapes=tuple(shapes),
    )


def _line(values: Sequence[int], top: int) -> list[tuple[float, float]]:
    step = (_RIGHT - _LEFT) / (len(values) - 1)
    return [
        (_LEFT + step * index, _BOTTOM - value / top * (_BOTTOM - _TOP)) for index, value in enumerate(values)
    ]


def _labels(failed: float, unknown: float, last: TrendPoint) -> list[ink.Shape]:
    """Write the last counts beside the lines' ends, kept apart."""
    short = max(0.0, _APART - abs(failed - unknown)) / 2
    down = short if failed > unknown else -short
    x, drop = _RIGHT + 10, 5
    return [
        ink.words(x, failed + down + drop, f"{last.failed:,} failed", "t-strong"),
        ink.words(x, unknown - down + drop, f"{last.unknown:,} unknown"),
    ]
