"""Pictures, where people would rather look than read: values in, inline SVG with words out.

Each function returns a `Picture` or None (there is nothing to draw); a document's `Gallery` places it.
A picture is there only where it is quicker than a number, and always beside the numbers themselves.
"""

from __future__ import annotations

from reports.charts.coverage import coverage_bar, coverage_by_platform
from reports.charts.exposure import Exposure, exposure, exposures
from reports.charts.gallery import Gallery
from reports.charts.ink import Picture
from reports.charts.levels import level_counts, level_words, levels_bar, levels_by_account
from reports.charts.maps import account_map, person_map
from reports.charts.trend import trend

__all__ = [
    "Exposure",
    "Gallery",
    "Picture",
    "account_map",
    "coverage_bar",
    "coverage_by_platform",
    "exposure",
    "exposures",
    "level_counts",
    "level_words",
    "levels_bar",
    "levels_by_account",
    "person_map",
    "trend",
]
