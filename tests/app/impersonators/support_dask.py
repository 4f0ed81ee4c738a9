"""A Dask cluster of worker processes on loopback, in a process of its own: ``python -m ...support_dask``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]


@contextmanager
def cluster(workers: int = 2) -> Iterator[str]:
    """Start a cluster and give its scheduler's address; it is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(workers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(30)


def main() -> None:
    """Run the cluster until standard input ends."""
    import dask
    from distributed import LocalCluster

    dask.config.set({"distributed.logging.distributed": "critical"})
    workers = int(sys.argv[1])
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as made:
        print(made.scheduler_address, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
