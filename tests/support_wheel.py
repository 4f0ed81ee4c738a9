"""The wheel, built and unpacked as an installer does, and programs run from it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def unpacked_wheel(folder: Path) -> Path:
    """Build the wheel and return the folder it was unpacked into."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run_installed(site: Path, code: str) -> str:
    """Run ``code`` with the wheel's packages in front; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=site.parent, check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(site)},
    )  # fmt: skip
    return done.stdout
