"""Which person is behind which principal, by exact evidence only.

In this order: a reviewed mapping, a handle the person declared, an e-mail address. Missing never
matches missing; a key that two people share matches neither; a guess is no match (see `proposals`).
A platform handle is never linked to a person by inference: the networks' terms allow it only by the
person's own declaration or a reviewed mapping, so there is no other way here.

All of it is set algebra in DuckDB: no Python runs per row.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pandas as pd

from policies.identity_sql import KEYS, LINKS, MATCHES, PROBLEMS

PRINCIPAL_COLUMNS = ("principal_id", "platform", "email", "handle")
PERSON_COLUMNS = ("person_id", "work_email", "other_emails", "handles")
REVIEWED_COLUMNS = (
    "principal_id",
    "platform",
    "handle",
    "email",
    "person_id",
    "work_email",
    "reviewed_by",
    "reviewed_on",
)
_LONGEST_ALIAS_CHAIN = 10


@dataclass(frozen=True, slots=True)
class Matching:
    """Who is who, and what stood against knowing more."""

    matches: pd.DataFrame
    """principal_id, person_id, method, detail, confidence; at most one row a principal."""
    problems: pd.DataFrame
    """principal_id, kind (ambiguous, contradiction, reviewed, address), detail."""


def match(
    principals: pd.DataFrame,
    people: pd.DataFrame,
    reviewed: pd.DataFrame | None = None,
    *,
    email_domain_aliases: Mapping[str, str] | None = None,
    plus_tags: bool = True,
) -> Matching:
    """Match principals to people.

    Args:
        principals: columns `PRINCIPAL_COLUMNS`; others are not looked at.
        people: columns `PERSON_COLUMNS`; ``other_emails`` and ``handles`` are JSON lists as text.
        reviewed: columns `REVIEWED_COLUMNS`, as `policies.identity_file` reads them.
        email_domain_aliases: alias domain to the domain it stands for.
        plus_tags: whether ``fox+social@`` reaches the mailbox ``fox@``.

    """
    with duckdb.connect(config={"enable_external_access": "false"}) as database:
        database.register("principals_in", _texts(principals, PRINCIPAL_COLUMNS))
        database.register("people_in", _texts(people, PERSON_COLUMNS))
        database.register("reviewed_in", _texts(reviewed, REVIEWED_COLUMNS))
        database.register("aliases", _aliases(email_domain_aliases or {}))
        database.register("options", pd.DataFrame({"plus_tags": [plus_tags]}))
        database.execute("SET lock_configuration = true")
        database.execute(KEYS)
        database.register("foreign_addresses", _foreign_addresses(database))
        database.execute(LINKS)
        return Matching(database.execute(MATCHES).df(), database.execute(PROBLEMS).df())


def _texts(frame: pd.DataFrame | None, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return the named columns as text, absent ones empty of values."""
    given = pd.DataFrame() if frame is None else frame
    return pd.DataFrame(
        {
            column: given[column].astype("str")
            if column in given
            else pd.Series(dtype="str", index=given.index)
            for column in columns
        }
    )


def _aliases(given: Mapping[str, str]) -> pd.DataFrame:
    plain = {_domain(alias): _domain(target) for alias, target in given.items()}
    resolved = {}
    for alias in plain:
        target = alias
        for _step in range(_LONGEST_ALIAS_CHAIN):
            if target not in plain or plain[target] == alias:
                break
            target = plain[target]
        # Two domains that stand for each other need one common name: the first in the alphabet.
        resolved[alias] = min(alias, target) if plain.get(target) == alias else target
    return pd.DataFrame({"alias": list(resolved), "domain": list(resolved.values())}, dtype="str")


def _domain(text: str) -> str:
    domain = text.strip().lower().lstrip("@").rstrip(".")
    return _ascii_domain(domain) or domain


def _ascii_domain(domain: str) -> str | None:
    """Return the form a domain has on the wire, or None where that form would be another's."""
    if domain.isascii():
        return domain
    try:
        wire = domain.encode("idna")
        # The encoding drops invisible characters and turns the sharp s into two: no such domain is meant.
        return wire.decode("ascii") if wire.decode("idna") == domain else None
    except UnicodeError:
        return None


def _foreign_addresses(database: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return addresses beyond ASCII with the form by which they are compared.

    These are few. One that only looks like another after Unicode folding (full-width letters, the
    Kelvin sign, hidden characters) is another mailbox or a trap: it gets no form, so it matches nobody.
    """
    found = database.execute(
        "SELECT address FROM addresses WHERE length(address) <> strlen(address)"
    ).fetchall()
    rows = []
    for (address,) in found:
        local, _, domain = unicodedata.normalize("NFC", address).rpartition("@")
        wire = _ascii_domain(domain.lower().rstrip("."))
        rows.append((address, f"{local.lower()}@{wire}" if wire and _is_plain(local) else None))
    return pd.DataFrame(rows, columns=["address", "form"], dtype="str")


def _is_plain(local_part: str) -> bool:
    hidden = any(unicodedata.category(character).startswith("C") for character in local_part)
    return bool(local_part) and not hidden and unicodedata.is_normalized("NFKC", local_part)
