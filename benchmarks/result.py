"""What a benchmark found, as kept in JSON and shown in Markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under headings."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """A number we promised, and the one measured."""

    text: str
    measured: float | None
    """None where nothing could be measured, such as for a peer that answers differently."""
    limit: float
    unit: str = ""
    at_least: bool = False
    """The limit is a lower one; else an upper one."""

    @property
    def is_met(self) -> bool:
        """Whether the measured number keeps to the limit."""
        if self.measured is None:
            return False
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark's outcome."""

    name: str
    title: str
    what: str
    """What was measured and how, in plain words; Markdown."""
    tables: Sequence[Table]
    goals: Sequence[Goal] = ()
    notes: Sequence[str] = ()
    """What a reader must know to judge the numbers fairly."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """The raw numbers; seconds, megabytes or counts, as their names say."""
    peers: Sequence[str] = ()
    """Packages whose versions matter here."""


def save(result: Result, folder: Path, machine: Mapping[str, str], *, quick: bool) -> None:
    """Write ``result`` with the machine it was measured on to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {"quick": quick, "machine": dict(machine), **asdict(result)}
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (folder / f"{result.name}.json").write_text(text + "\n", encoding="utf-8")


def load(path: Path) -> tuple[Result, dict[str, str], bool]:
    """Return a saved result, its machine, and whether it was a quick run."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    quick, machine = document.pop("quick"), document.pop("machine")
    document["tables"] = [Table(**table) for table in document["tables"]]
    document["goals"] = [Goal(**goal) for goal in document["goals"]]
    return Result(**document), machine, quick
