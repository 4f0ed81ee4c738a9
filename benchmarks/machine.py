"""The machine in general terms: what a reader needs to compare, nothing that tells whose it is."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import metadata

from benchmarks.measure import CORES


def describe(packages: Iterable[str]) -> dict[str, str]:
    """Return day, cores, memory, Python, the family of the system, and the versions of the packages named."""
    words = {
        "day": datetime.now(UTC).date().isoformat(),
        "cores": f"{min(CORES, os.cpu_count() or 1)} used of {os.cpu_count()}",
        "memory": _memory(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()}, {platform.machine()}",
    }
    return words | {name: _version(name) for name in packages}


def _memory() -> str:
    if "SC_PHYS_PAGES" not in os.sysconf_names:
        return "not known"
    return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GB"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
