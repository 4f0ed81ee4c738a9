"""Help: fast, complete, with examples, and the same in the documentation."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.cli.app import COMMANDS, GROUPS, run, whole_help
from tests.cli.support_docs import PAGE, docstring, every_command, page

ROOT = Path(__file__).parents[2]
HEAVY = (
    "pandas",
    "duckdb",
    "tweepy",
    "facebook",
    "openpyxl",
    "alembic",
    "sqlalchemy",
    "jinja2",
    "requests",
    "keyring",
    "pydantic",
    "svg",
    "weasyprint",
    "xlsxwriter",
)


@pytest.mark.parametrize("command", sorted(every_command()))
def test_every_command_shows_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each lazily named command resolves, and its help shows how it is typed."""
    assert run([*command.split(), "--help"]) == 0
    told, examples = whole_help(docstring(every_command()[command][0]))
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.startswith(f"Usage: auditor {command} ")
    assert " ".join(told.split()) in shown
    assert f"auditor {command}" in examples
    assert " ".join(examples.split()) in shown


def test_help_loads_nothing_heavy() -> None:
    """``auditor --help`` starts fast because it imports no library that does the work."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "auditor", "--help"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert loaded.isdisjoint(HEAVY)
    assert "audit" in done.stdout


def test_the_documentation_shows_every_command_as_it_is() -> None:
    """docs/commands.md is what the program says of itself."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_no_message_and_no_page_names_a_command_that_is_not_there() -> None:
    """What mails, errors and documentation tell people to type is a command, and none that never was."""
    typed = re.compile(
        r"(?:['`$]\s?|^ {4}|: |/bin/|[;&|] )auditor ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", re.MULTILINE
    )
    sources = [
        file
        for place in (
            "auditor",
            "reports",
            "connectors",
            "policies",
            "docs",
            "deploy",
            "README.md",
            "SECURITY.md",
        )
        for file in ((ROOT / place).rglob("*") if (ROOT / place).is_dir() else [ROOT / place])
        if file.suffix in {".py", ".md", ".html", ".txt", ".yaml", ".service"}
    ]
    named = {pair for file in sources for pair in typed.findall(file.read_text(encoding="utf-8"))}
    assert len(named) > 40
    alone = {"watch", "audit", "collect", "doctor", "report", "snapshots", "exposure", "drift"}
    wrong = {
        (word, second)
        for word, second in named
        if not (
            (word in COMMANDS and not (second and word in alone))
            or (word in GROUPS and (not second or second in GROUPS[word][1]))
        )
    }
    assert not wrong


def test_a_mistyped_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown command exits 2 and points to the help."""
    assert run(["audti"]) == 2
    assert "auditor --help" in capsys.readouterr().err
