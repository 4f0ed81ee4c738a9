"""``python -m benchmarks [NAME ...] [--quick]``: measure, keep the numbers, write the page."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.measure import keep_to_cores
from benchmarks.render import page
from benchmarks.result import save

NAMES = (
    "engine",
    "languages",
    "roster",
    "whole_run",
    "leaver",
    "growth",
    "reports",
    "waivers",
    "lookalikes",
    "lookalikes_quality",
    "startup",
    "calls",
)
ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Run the benchmarks named, or all; each in a process of its own, so that none warms another."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(NAMES)}")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes: shows that it runs, measures nothing"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out", help="folder for the numbers")
    given = parser.parse_args()
    for name in given.names:
        if name not in NAMES:
            parser.error(f"there is no benchmark {name!r}; there are: {', '.join(NAMES)}")
    keep_to_cores()
    if len(given.names) == 1:
        _one(given.names[0], given.out, quick=given.quick)
        failed = []
    else:
        failed = [name for name in given.names or NAMES if _apart(name, given.out, quick=given.quick)]
    if not given.quick:
        PAGE.write_text(page(given.out, NAMES), encoding="utf-8")
        print(f"Written: {PAGE.relative_to(ROOT)}", file=sys.stderr)
    if failed:
        print(f"Not measured, for they failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _one(name: str, out: Path, *, quick: bool) -> None:
    print(f"{name}:", file=sys.stderr, flush=True)
    result = importlib.import_module(f"benchmarks.{name}").run(quick=quick)
    save(result, out, describe(result.peers), quick=quick)
    for table in result.tables:
        for row in table.rows:
            print("  " + " | ".join(row), file=sys.stderr)


def _apart(name: str, out: Path, *, quick: bool) -> int:
    command = [sys.executable, "-m", "benchmarks", name, "--out", str(out)]
    return subprocess.run([*command, "--quick"] if quick else command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
