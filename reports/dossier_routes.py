"""Where a platform takes reports of an impersonator, and what its form asks for: data in ``routes/``.

Forms change without notice, so this is a checklist to hold against the form, and nothing is ever sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from auditor.documents import load_yaml

FOLDER = Path(__file__).with_name("routes")
ANY = "any"
"""File of the routes that are open on every platform."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing a form asks for."""

    field: str
    source: str = ""
    """Which part of the dossier answers it; empty: the one who reports has it."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to report an account."""

    title: str
    where: str
    who: str
    needs: tuple[Need, ...]
    known_from: str
    """What this was read in, so that a reader knows how far to trust it."""
    notes: tuple[str, ...] = ()


def routes(platform: str) -> tuple[Route, ...]:
    """Return the platform's routes, where any are known, then those open everywhere.

    Raises:
        DocumentError: a file of ours is broken.

    """
    known = _known()
    return (*(known.get(platform, ()) if platform != ANY else ()), *known[ANY])


def known_platforms() -> frozenset[str]:
    """Return the platforms whose routes are known."""
    return frozenset(_known()) - {ANY}


@cache
def _known() -> Mapping[str, tuple[Route, ...]]:
    return dict(_read(path) for path in sorted(FOLDER.glob("*.yaml")))


def _read(path: Path) -> tuple[str, tuple[Route, ...]]:
    data: dict[str, Any] = load_yaml(path).data
    return data["platform"], tuple(
        Route(
            title=route["title"],
            where=route["where"],
            who=route["who"],
            needs=tuple(_need(**need) for need in route["needs"]),
            known_from=data["known_from"],
            notes=tuple(route.get("notes", ())),
        )
        for route in data["routes"]
    )


def _need(*, field: str, **more: str) -> Need:
    # ``from`` is no name a Python function can give a parameter.
    source = more.pop("from", "")
    if more:
        raise ValueError(f"a need has a field and from, and nothing else: {sorted(more)}")
    return Need(field, source)
