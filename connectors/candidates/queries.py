"""What is searched for: the names that protected profiles are known by, each once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from auditor.model.impersonation import ProtectedProfile

SHORTEST = 3
"""Characters below which a search finds everybody."""
_FORBIDDEN_BY_X = re.compile(r"[^A-Za-z0-9_' ]+")


def queries(protected: Iterable[ProtectedProfile]) -> Iterator[str]:
    """Yield the texts to search for: display names first, then legal names, short names and handles."""
    profiles = tuple(protected)
    seen: set[str] = set()
    for place in range(4):
        for one in profiles:
            for name in ((one.name,), (one.legal_name,), one.short_names, (one.handle,))[place]:
                query = " ".join(name.split())
                if len(query) >= SHORTEST and query.casefold() not in seen:
                    seen.add(query.casefold())
                    yield query


def for_x(query: str) -> str | None:
    """Return ``query`` as X lets it be searched for; None where too little of it is left.

    X takes ``^[A-Za-z0-9_' ]{1,50}$`` (GET /2/users/search, specification 2.167): accents are taken off, and
    other characters become blanks.
    """
    plain = unicodedata.normalize("NFKD", query)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    lost = sum(letter.isalnum() and not letter.isascii() for letter in plain)
    asked = " ".join(_FORBIDDEN_BY_X.sub(" ", plain).split())[:50].strip()
    return asked if len(asked) >= SHORTEST and lost <= len(asked) // 4 else None
