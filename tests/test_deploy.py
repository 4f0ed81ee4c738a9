"""What is shipped to run the daemon: the unit and the container file call what there is, with few rights."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from auditor.cli.app import run

DEPLOY = Path(__file__).parents[1] / "deploy"
UNIT = DEPLOY / "auditor-watch.service"
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def unit() -> configparser.SectionProxy:
    """Return the section of the unit that says how it runs."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the way configparser documents
    parser.read(UNIT, encoding="utf-8")
    return parser["Service"]


def steps(word: str) -> list[str]:
    """Return what stands behind each ``word`` of the container file, continued lines joined."""
    whole = CONTAINER.replace("\\\n", " ")
    return re.findall(rf"^(?:{word}) (.+)$", whole, re.MULTILINE)


def commands() -> list[list[str]]:
    """Return every call of ``auditor`` the two files make, without the program's own name."""
    health = re.search(r"CMD (\[.+\])", steps("HEALTHCHECK")[0])
    assert health is not None
    return [
        unit()["ExecStart"].split()[1:],
        [*json.loads(steps("ENTRYPOINT")[0])[1:], *json.loads(steps("CMD")[0])],
        json.loads(health[1])[1:],
    ]


@pytest.mark.parametrize("command", commands())
def test_the_commands_are_there_with_their_options(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every word and option the files use is one the program has."""
    words = command[: next((i for i, word in enumerate(command) if word.startswith("-")), len(command))]
    assert run([*words, "--help"]) == 0
    said = capsys.readouterr().out
    assert " ".join(words) in said
    for option in (word for word in command if word.startswith("--")):
        assert option in said


def test_the_unit_has_few_rights() -> None:
    """No privilege to gain, nothing to write but its own folders, no capability, killed only after it was asked."""
    service = unit()
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["User"] not in ("", "root")
    assert service["Type"] == "notify"
    assert service["KillMode"] == "mixed"
    assert int(service["TimeoutStopSec"].rstrip("s")) > 30


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd here: apt-get install systemd"
)
def test_systemd_rates_the_unit_as_little_exposed() -> None:
    """By systemd's own count, 2.0 of 10 at most."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(UNIT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


def test_the_container_runs_as_nobody_from_the_lock_file() -> None:
    """A user without rights, packages by hash, no address of a registry."""
    assert steps("USER") == ["10001:10001"]
    installs = [step for step in steps("RUN") if "pip install" in step]
    assert len(installs) == 2
    assert "--require-hashes --requirement lock/runtime.txt" in installs[0]
    assert "--no-deps" in installs[1]
    assert "://" not in CONTAINER


def test_the_container_has_what_its_extras_need() -> None:
    """PostgreSQL, chat services and QR codes work in it: every package they need is in one of the two lists."""
    kept = re.search(r"keep = /\^\((.+?)\)==/", CONTAINER)
    assert kept is not None
    locks = [
        (DEPLOY.parent / "lock" / f"{name}.txt").read_text("utf-8") for name in ("runtime", "development")
    ]
    runtime, development = (set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE)) for text in locks)
    beside = set(kept[1].split("|"))
    assert beside <= development
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [line for extra in ("postgres", "notify", "qr") for line in extras[extra]]
    assert set().union(*map(_needs, lines)) - runtime == beside


def _needs(line: str) -> set[str]:
    """Return the distribution that a requirement names and what it needs here, however far down."""
    needed = Requirement(line)
    found = {re.sub(r"[-_.]+", "-", needed.name).lower()}
    for inner in requires(needed.name) or ():
        marker = Requirement(inner).marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in needed.extras or {""}):
            found |= _needs(inner)
    return found
