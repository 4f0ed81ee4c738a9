"""The house itself: lock files, and the check that what runs is what was shipped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support_wheel import ROOT, run_installed, unpacked_wheel

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


def test_an_altered_file_is_noticed(tmp_path: Path) -> None:
    """The installation check passes on what was shipped and names a file that differs."""
    installed = unpacked_wheel(tmp_path)
    check = "from auditor.app.installation import check_installation as c; x = c(); print(x.state, x.message)"
    assert "good" in run_installed(installed, check)
    altered = installed / "policies" / "verdicts.py"
    altered.write_text(altered.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    said = run_installed(installed, check)
    assert said.startswith("bad")
    assert "verdicts.py" in said
