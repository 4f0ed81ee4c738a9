"""The waivers file changed by the program: an entry added at its end, or one taken out; all else as it was.

Comments and order are a person's and stay. The new text is read back and checked before it takes the
old one's place, and takes it in one step.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from pathlib import Path

import yaml

from auditor.app.waivers import today_of, waivers_path
from auditor.app.workspace import Workspace
from auditor.documents import parse_yaml
from auditor.errors import DocumentError, UsageError
from auditor.model.waiver import Waiver
from policies.waivers import KEYS, load_waivers

_HEAD = "# Waivers: findings a named person has accepted; docs/waivers.md explains every key.\n"


def file_of(workspace: Workspace) -> Path:
    """Return where the waivers file is or is to be; UsageError where the configuration names none."""
    path = waivers_path(workspace)
    if path is None:
        raise UsageError(
            "the configuration names no waivers file.",
            remedy="Add to auditor.yaml: policies: {waivers: waivers.yaml}.",
        )
    return path


def add_entry(workspace: Workspace, waiver: Waiver, rules: Collection[str]) -> Path:
    """Append ``waiver`` to the file, or begin it; return where it is.

    Raises:
        DocumentError: the file as it was, or with the entry, is not usable; it is then left as it was.
        UsageError: the configuration names no file.

    """
    path = file_of(workspace)
    before = _read(path)
    text = before if before.strip() else _HEAD
    document = parse_yaml(text, path)
    if document.data and text.lstrip().startswith("["):
        raise DocumentError(
            "is written in brackets; nothing can be added at its end.",
            path=path,
            remedy="Write it as lines that begin with '- '.",
        )
    if not document.data and text.strip().endswith("[]"):
        text = text.rstrip().removesuffix("[]")
    gap = "" if text.endswith("\n") or not text else "\n"
    _put(workspace, path, before, text + gap + entry_text(waiver), rules)
    return path


def remove_entry(workspace: Workspace, waiver: Waiver, rules: Collection[str]) -> Path:
    """Take the entry of ``waiver`` out of the file; return where it is.

    Raises:
        DocumentError: the file is not usable, or the entry cannot be told from its neighbours.

    """
    path = file_of(workspace)
    before = _read(path)
    lines = before.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.startswith("- ")]
    at = waiver.line - 1
    if at not in starts:
        raise DocumentError(
            "the waiver does not begin a line of its own.",
            path=path,
            line=waiver.line,
            remedy="Take it out by hand.",
        )
    end = next((number for number in starts if number > at), len(lines))
    while end > at + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1  # what stands between two entries belongs to the next
    _put(workspace, path, before, "".join(lines[:at] + lines[end:]), rules)
    return path


def entry_text(waiver: Waiver) -> str:
    """Return the entry as it stands in the file; texts in quotes, whatever they hold."""
    terms = waiver.terms
    shown = {key: terms[key] for key in KEYS if terms[key] not in ("", 1)}
    lines = [f"{key}: {_cell(key, value)}" for key, value in shown.items()]
    return "- " + "\n  ".join(lines) + "\n"


def _cell(key: str, value: object) -> str:
    if key in ("kind", "expires", "expect"):
        return str(value)
    return yaml.safe_dump(value, default_style='"', width=10_000).strip()


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    except UnicodeDecodeError:
        raise DocumentError("is not UTF-8 text.", path=path, remedy="Save it as UTF-8.") from None
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}.", path=path) from None


def _put(workspace: Workspace, path: Path, before: str, text: str, rules: Collection[str]) -> None:
    """Put ``text`` in the place of ``before``, once it has been read back as waivers."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    except OSError as error:
        raise DocumentError(f"cannot be written: {error.strerror}.", path=path) from None
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        _check(workspace, new, path, rules)
        new.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        if _read(path) != before:
            raise DocumentError(
                "was changed by somebody else meanwhile.", path=path, remedy="Run the command again."
            )
        new.replace(path)
    except OSError as error:
        raise DocumentError(f"cannot be written: {error.strerror}.", path=path) from None
    finally:
        new.unlink(missing_ok=True)


def _check(workspace: Workspace, new: Path, path: Path, rules: Collection[str]) -> None:
    max_days = workspace.config.policies.waiver_max_days
    try:
        load_waivers(new, rules=rules, today=today_of(workspace), max_days=max_days)
    except DocumentError as error:
        message = error.message.removeprefix(f"{new}").partition(": ")[2]
        raise DocumentError(message, path=path, line=error.line, remedy=error.remedy) from None
