"""The house itself: lock files, the wheel, and the check that what runs is what was shipped."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = {
    name: (ROOT / "lock" / f"{name}.txt").read_text(encoding="utf-8") for name in ("runtime", "development")
}


def pins(text: str) -> dict[str, set[str]]:
    """Return package to the versions pinned; several where Python versions differ."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", text, re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


@pytest.mark.parametrize("name", sorted(LOCKS))
def test_a_lock_holds_hashes_and_no_address(name: str) -> None:
    """Every pin has a hash, and nothing says where a package is downloaded from."""
    blocks = re.split(r"\n(?=[a-z0-9])", LOCKS[name].strip())
    assert len(blocks) > 30
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in LOCKS[name]
    assert "--index" not in LOCKS[name]


def test_the_two_locks_agree() -> None:
    """What the tests run with is what a user gets."""
    runtime, development = pins(LOCKS["runtime"]), pins(LOCKS["development"])
    assert {name: versions for name, versions in runtime.items() if development.get(name) != versions} == {}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder the built wheel was unpacked into, as an installer does."""
    folder = tmp_path_factory.mktemp("wheel")
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
        env={**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    return done.stdout


def test_the_wheel_brings_all_it_needs(installed: Path) -> None:
    """Packs, SQL, templates, schema and migrations are in the wheel: the whole demo runs from it."""
    out = installed.parent / "demo"
    said = run_installed(
        installed, f"from auditor.cli.app import main; main(['demo', '--out', {str(out)!r}])"
    )
    assert "What to do today" in said
    assert (out / "reports-out" / "access-review.html").is_file()
    assert {path.name for path in installed.iterdir() if path.is_dir() and "." not in path.name} == {
        "auditor", "connectors", "policies", "reports",
    }  # fmt: skip


def test_an_altered_file_is_noticed(installed: Path) -> None:
    """The installation check passes on what was shipped and names a file that differs."""
    check = "from auditor.app.installation import check_installation as c; x = c(); print(x.state, x.message)"
    assert "good" in run_installed(installed, check)
    altered = installed / "policies" / "verdicts.py"
    altered.write_text(altered.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    said = run_installed(installed, check)
    assert said.startswith("bad")
    assert "verdicts.py" in said
