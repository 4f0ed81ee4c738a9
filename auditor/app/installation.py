"""Whether the code that runs is ours, unaltered.

``connectors``, ``policies`` and ``reports`` are ordinary words: another distribution can overwrite
packages of those names without a word. The wheel's RECORD (PEP 376, PEP 427) has the hash of every
file we shipped.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from connectors.base import Check, CheckState

DISTRIBUTION = "brand-account-auditor"
PACKAGES = ("auditor", "connectors", "policies", "reports")
_SUBJECT = "installation"
_REINSTALL = "Install brand-account-auditor into a virtual environment of its own."


def check_installation() -> Check:
    """Return what is to be said of the installed code."""
    try:
        files = distribution(DISTRIBUTION).files or []
    except PackageNotFoundError:
        return Check(CheckState.WARNING, _SUBJECT, "not installed as a package; its code cannot be verified.")
    shipped = {Path(str(file.locate())).resolve(): file.hash for file in files}
    ours = {path: kept for path, kept in shipped.items() if path.suffix == ".py" and kept is not None}
    if not any(path.parent.name in PACKAGES for path in ours):
        return _from_checkout()
    for package in PACKAGES:
        spec = find_spec(package)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin not in ours:
            return Check(
                CheckState.BAD, _SUBJECT, f"the package {package} in use is not ours: {origin}.", _REINSTALL
            )
    altered = [path for path, kept in ours.items() if _digest(path, kept.mode) != kept.value]
    if altered:
        return Check(
            CheckState.BAD,
            _SUBJECT,
            f"{len(altered)} files differ from what was shipped, such as {altered[0]}.",
            _REINSTALL,
        )
    return Check(CheckState.GOOD, _SUBJECT, f"{len(ours)} files are as they were shipped.")


def _from_checkout() -> Check:
    roots = {
        Path(spec.origin).resolve().parent.parent
        for name in PACKAGES
        if (spec := find_spec(name)) and spec.origin
    }
    if len(roots) == 1:
        return Check(
            CheckState.GOOD, _SUBJECT, f"runs from a checkout at {roots.pop()}; hashes are not checked there."
        )
    places = ", ".join(sorted(str(root) for root in roots))
    return Check(
        CheckState.BAD, _SUBJECT, f"the four packages come from different places: {places}.", _REINSTALL
    )


def _digest(path: Path, algorithm: str) -> str | None:
    try:
        raw = hashlib.new(algorithm, path.read_bytes()).digest()
    except OSError:
        return None
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
