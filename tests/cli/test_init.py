"""From nothing to an audit, as docs/getting-started.md tells it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from auditor.cli.app import run
from tests.cli.support_cli import fill

GUIDE = Path(__file__).parents[2] / "docs" / "getting-started.md"


@pytest.fixture
def newcomer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, made the working one, with the two files a newcomer has fetched."""
    fill(tmp_path / "source")
    folder = tmp_path / "new"
    folder.mkdir()
    (tmp_path / "source" / "people.csv").rename(folder / "people.csv")
    (tmp_path / "source" / "exports" / "x.zip").rename(folder / "twitter-2026-11-18.zip")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("AUDITOR_CONFIG", raising=False)
    return folder


def test_the_guide_works_as_written(newcomer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The guide's own init command, doctor and audit lead to a report that names the leaver's gap."""
    guide = GUIDE.read_text(encoding="utf-8")
    command = re.search(r"\$ (auditor init .*?)\nwrote", guide, re.DOTALL)
    assert command is not None
    assert run(shlex.split(command.group(1).replace("\\\n", " "))[1:]) == 0
    for line in re.findall(r"^wrote (\S+)$", guide, re.MULTILINE):
        assert (newcomer / line).is_file(), line
    assert run(["doctor"]) == 0
    assert run(["audit"]) == 0
    said = capsys.readouterr().out
    assert "How much is known:" in said
    report = (newcomer / "reports-out" / "access-review.html").read_text(encoding="utf-8")
    assert "auditor attest new x-delegates" in report
    assert "belongs to somebody who has left" in report


def test_init_tells_of_files_that_are_not_there(newcomer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A roster that is named but missing is told at once; the configuration is written all the same."""
    assert (
        run(
            [
                "init",
                "--organization",
                "A",
                "--roster",
                "hr/gone.csv",
                "--x-archive",
                "twitter-2026-11-18.zip",
            ]
        )
        == 0
    )
    said = capsys.readouterr().err
    assert "hr/gone.csv is not there yet" in said
    assert "twitter-2026-11-18.zip is not there" not in said


def test_init_overwrites_nothing(newcomer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second init is refused, and files a person may have filled in stay as they are."""
    (newcomer / "owners.csv").write_text("mine\n", encoding="utf-8")
    assert run(["init", "--organization", "A"]) == 0
    assert (newcomer / "owners.csv").read_text(encoding="utf-8") == "mine\n"
    assert run(["init", "--organization", "A"]) == 2
    assert "there already" in capsys.readouterr().err


@pytest.mark.parametrize("name", ['Ä "quoted": #1', "a\\b", "{x: y}", "'"])
def test_any_name_makes_a_file_that_loads(newcomer: Path, name: str) -> None:
    """What a person answers cannot break the file it is written into."""
    from auditor.config import load_config

    assert run(["init", "--organization", name, "--email-domain", "a.example"]) == 0
    assert load_config(newcomer / "auditor.yaml").config.organization.name == name


def test_a_wrong_answer_leaves_nothing_behind(newcomer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown time zone is told, and no half-made configuration stays."""
    assert run(["init", "--organization", "A", "--timezone", "Mars/Olympus"]) == 1
    assert "time zone" in capsys.readouterr().err
    assert not (newcomer / "auditor.yaml").exists()


def test_without_a_terminal_the_name_is_needed(newcomer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing prompts where nobody can answer."""
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert run(["init"]) == 2
    assert not (newcomer / "auditor.yaml").exists()
