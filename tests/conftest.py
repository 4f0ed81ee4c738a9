"""What holds for every test."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support_new_stores import quick_beginnings

# A busy machine is no fault: what must be quick has a benchmark, and hostile inputs have limits of their own.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

_HERE = Path(__file__).parent
LONGEST = (
    "cli/test_demo.py",
    "policies/test_judgement_rules.py",
    "cli/test_audit.py",
    "cli/test_watch.py",
    "app/test_fast_lane.py",
    "reports/test_pdf.py",
    "reports/test_browser_large.py",
    "chaos/test_faults.py",
    "chaos/test_kills.py",
    "cli/test_look.py",
    "store/test_diff.py",
    "store/test_round_trip.py",
    "daemon/test_two_years.py",
    "app/impersonators/test_cluster.py",
    "cli/test_waivers.py",
    "daemon/test_processes.py",
    "app/test_drift.py",
    "policies/test_engine.py",
    "cli/test_removal.py",
    "cli/test_postgres.py",
)
"""The files that take longest. Whole files are handed to the cores in order: what begins last should be short."""


def pytest_xdist_auto_num_workers() -> int:
    """Return one more than there are cores: a fifth of the time tests wait, for processes, servers and a browser."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, and leave the order of the rest and within a file as it is."""
    place = {_HERE / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


def pytest_collection_finish() -> None:
    """Spare the collector the modules and tests: they live to the end, and are millions of objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_unconfigure() -> None:
    """Let the collector have everything back, so that what ends at the exit ends."""
    gc.unfreeze()


@pytest.fixture(autouse=True, scope="session")
def _quick_beginnings() -> Iterator[None]:
    """Have new stores begin quickly: the suite makes more than a thousand."""
    with quick_beginnings():
        yield
