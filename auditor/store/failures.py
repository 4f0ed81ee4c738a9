"""What a database says when it cannot, as one sentence and a remedy.

Foreign messages are redacted and cut; the address of the store is shown without its password.
"""

from __future__ import annotations

import sqlite3

from auditor.errors import StoreError
from auditor.vault import redact

_LONGEST = 300

# First match wins; SQLite's extended names begin with the plain ones.
_SQLITE = (
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED"),
        "is locked by another program",
        "Wait until that is done, or close what holds it open (a backup, a database browser), and run again.",
    ),
    (
        ("SQLITE_FULL",),
        "has no room: the disk is full",
        "Free some space and run again; nothing half-written will be shown.",
    ),
    (
        ("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"),
        "cannot be written",
        "Give this user write permission on the file and on its folder.",
    ),
    (
        ("SQLITE_CORRUPT",),
        "is damaged",
        "Restore it from a backup, or move the file aside and run again to begin a new one.",
    ),
    (
        ("SQLITE_NOTADB",),
        "is not a database",
        "Check 'store' in auditor.yaml; restore the file from a backup, or move it aside and run again.",
    ),
    (
        ("SQLITE_CANTOPEN",),
        "cannot be opened",
        "Check that its folder exists and that this user may read and write there.",
    ),
    (
        ("SQLITE_IOERR",),
        "could not be read or written: the disk failed or is full",
        "Check the disk and its free space, then run 'auditor doctor'.",
    ),
)

_POSTGRES = (
    ("53100", "has no room: the server's disk is full", "Free some space on the server and run again."),
    ("53300", "takes no more connections", "Wait, or raise max_connections on the server."),
    ("25006", "cannot be written: the server is read-only", "Point 'store' at the primary server."),
    ("42501", "refuses this user", "Grant the user all rights on the database and its schema."),
    ("55P03", "is locked by another program", "Wait until that is done and run again."),
    ("40P01", "is locked by another program", "Wait until that is done and run again."),
    ("57P", "is shutting down", "Wait until the server is back and run again."),
    ("08", "broke off the connection", "Check the server and the network, and run again."),
    ("XX00", "is damaged", "Restore it from a backup."),
    ("42P01", "lacks one of its tables", "Restore it from a backup."),
    ("28", "refuses this user", "Check the user in 'store' and the secret behind 'store_password'."),
    ("3D000", "does not exist", "Create the database on the server (createdb) and run again."),
)


def store_error(error: BaseException, place: str) -> StoreError:
    """Return what ``error``, raised by the database driver, means for the store at ``place``."""
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", None) or ""
        for prefixes, what, remedy in _SQLITE:
            if name.startswith(prefixes):
                return StoreError(f"The store {place} {what}.", remedy=remedy)
        return _unforeseen(error, place)
    state = getattr(error, "sqlstate", None) or ""
    for prefix, what, remedy in _POSTGRES:
        if state.startswith(prefix):
            return StoreError(f"The store {place} {what}.", remedy=remedy)
    if not state:
        return StoreError(
            f"The store {place} does not answer: {_brief(error)}",
            remedy="Check that the server runs, that the database exists, and the user and password.",
        )
    return _unforeseen(error, place)


def _unforeseen(error: BaseException, place: str) -> StoreError:
    return StoreError(
        f"The store {place} refused: {_brief(error)}",
        remedy="Run 'auditor doctor' to have the store checked.",
    )


def _brief(error: BaseException) -> str:
    text = " ".join(redact(str(error)).split())
    return f"{text[:_LONGEST].rstrip('.')}." if text else f"{type(error).__name__}."
