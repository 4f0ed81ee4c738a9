"""Whose store it is, and the key it hashes network addresses under."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select

from auditor.errors import StoreError
from auditor.store.bulk import insert_or_leave
from auditor.store.database import Database
from auditor.store.schema import meta
from auditor.store.text import clean_text
from auditor.vault import redact

_ORGANIZATION = "organization"
_ADDRESS_KEY = "address_key"
_KEY_BYTES = 32


def claim(database: Database, organization: str) -> None:
    """Note that the store is ``organization``'s, or refuse where it is another's.

    Raises:
        StoreError: it belongs to another organisation: two configurations name one store.

    """
    with database.read() as connection:
        owner = _get(connection, _ORGANIZATION)
    if owner is None:
        with database.write() as connection:
            for name, value in (
                (_ORGANIZATION, organization),
                (_ADDRESS_KEY, secrets.token_hex(_KEY_BYTES)),
            ):
                connection.execute(
                    insert_or_leave(connection, meta), {"name": name, "value": clean_text(value)}
                )
            owner = _get(connection, _ORGANIZATION)
    if _folded(owner or "") != _folded(organization):
        raise StoreError(
            f"The store {database.address.place} belongs to {redact(owner or '')!r}, not to {organization!r}.",
            remedy="Give each organisation a store of its own, or mend organization.name in auditor.yaml.",
        )


def address_key(database: Database) -> bytes:
    """Return the 32 random bytes made with the store, the same for its whole life."""
    with database.read() as connection:
        kept = _get(connection, _ADDRESS_KEY)
    if kept is None:
        raise StoreError(
            f"The store {database.address.place} lacks its key.", remedy="Restore it from a backup."
        )
    return bytes.fromhex(kept)


def _get(connection: Connection, name: str) -> str | None:
    return connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar_one_or_none()


def _folded(name: str) -> str:
    return " ".join(clean_text(name).split()).casefold()
