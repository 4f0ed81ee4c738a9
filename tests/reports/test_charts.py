"""The geometry of the pictures."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.estate import AccessStatus, Level
from reports.charts import BAR_WIDTH, coverage_bar, level_counts, levels_bar, path_map, trend_lines
from reports.review import CoverageSplit, TrendPoint
from tests.reports.support_estate import HOLDERS, PREVIOUS


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_bar_shows_every_part_that_exists_and_fills_its_width(
    verified: int, attested: int, unknown: int
) -> None:
    """However small, an existing part is visible; together the parts fill the bar and do not overlap."""
    parts = coverage_bar(CoverageSplit(verified=verified, attested=attested, unknown=unknown))
    assert {part.style for part in parts} == {
        name
        for name, count in (("verified", verified), ("attested", attested), ("unknown", unknown))
        if count
    }
    assert all(part.width >= 7.5 for part in parts)
    if parts:
        assert abs(sum(part.width for part in parts) - BAR_WIDTH) < 0.5
        assert [part.x for part in parts] == sorted(part.x for part in parts)


def test_removed_grants_are_not_drawn_and_unmapped_levels_are() -> None:
    """What is removed counts for nobody; a role of unknown level is a part of its own."""
    unmapped = replace(HOLDERS[0], level=None)
    removed = replace(HOLDERS[0], status=AccessStatus.REMOVED)
    assert [(part.style, part.count) for part in levels_bar([unmapped, removed, HOLDERS[1]])] == [
        ("speaks", 1),
        ("unknown", 1),
    ]
    assert level_counts([removed])[Level.ADMIN] == 0


def test_a_trend_needs_two_snapshots() -> None:
    """One point makes no line; two span the width, the higher value higher up."""
    point = TrendPoint(snapshot_id="a", at=PREVIOUS, failed=4, unknown=2)
    assert trend_lines([point]) is None
    lines = trend_lines([point, replace(point, failed=0)])
    assert lines is not None
    assert lines.failed.points == "0.0,0.0 220.0,56.0"
    assert lines.unknown.last_y == 28.0


def test_a_path_map_draws_some_and_counts_the_rest() -> None:
    """A person with one grant needs no picture; one with many gets twelve ways and a number."""
    ways = [(HOLDERS[0], f"@account{n}") for n in range(30)]
    assert path_map("Bo", ways[:1]) is None
    drawn = path_map("Bo", ways)
    assert drawn is not None
    assert (len(drawn.rows), drawn.more) == (12, 18)
