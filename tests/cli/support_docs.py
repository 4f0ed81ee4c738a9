"""Writes docs/commands.md from the command table: ``python -m tests.cli.support_docs``."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

from auditor.cli.app import COMMANDS, GROUPS

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
_HEAD = """\
# Commands
Written from the program by `python -m tests.cli.support_docs`; a test keeps it true.

Every command takes `--config FILE` (default: `AUDITOR_CONFIG`, else `auditor.yaml` here) and, where it
prints data, `--format table|json`: JSON goes to standard output alone, progress and messages to standard
error. `auditor COMMAND --help` shows all options. Exit codes are in [configuration](configuration.md#exit-codes).
"""


def every_command() -> dict[str, tuple[str, str]]:
    """Return each command as typed, with its target and summary."""
    grouped = {
        f"{group} {name}": entry
        for group, (_help, commands) in GROUPS.items()
        for name, entry in commands.items()
    }
    return dict(sorted({**COMMANDS, **grouped}.items()))


def docstring(target: str) -> str:
    """Return the help text of the command at ``module:function``."""
    module, _, name = target.partition(":")
    return inspect.getdoc(getattr(importlib.import_module(module), name)) or ""


def page() -> str:
    """Return what docs/commands.md has to say."""
    parts = [_HEAD]
    for command, (target, _summary) in every_command().items():
        parts.append(f"## auditor {command}\n{docstring(target)}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
