"""What people do to single findings: find one, note something, hand it to somebody."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from auditor.app.workspace import Workspace
from auditor.errors import UsageError
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.model.life import Life

if TYPE_CHECKING:
    from auditor.store import Store

_PREFIX = re.compile(r"[0-9a-f]{4,32}")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
LONGEST_NOTE = 4_000
"""Letters."""


def find_life(store: Store, prefix: str) -> Life:
    """Return the life of the finding whose fingerprint begins so.

    Raises:
        UsageError: none does, or several do.

    """
    plain = prefix.strip().lower()
    found = store.lives.find(plain) if _PREFIX.fullmatch(plain) else ()
    if not found:
        raise UsageError(
            f"there is no finding {prefix[:80]!r}.", remedy="'auditor findings list' shows them."
        )
    if len(found) > 1:
        raise UsageError(f"{prefix[:80]!r} fits {len(found)} findings.", remedy="Give more of its id.")
    return found[0]


def note(workspace: Workspace, store: Store, prefix: str, text: str, *, by: str) -> Life:
    """Add a note to a finding; notes are kept in order and never altered.

    Raises:
        UsageError: there is no such finding, no text, or no name.

    """
    life, words = find_life(store, prefix), text.strip()
    if not words or len(words) > LONGEST_NOTE:
        raise UsageError(f"a note has 1 to {LONGEST_NOTE} letters.", remedy="Write what there is to know.")
    digest = hashlib.sha256(f"{by}\x1f{words}".encode("utf-8", "replace")).hexdigest()[:12]
    event = _event(workspace, life, EventKind.FINDING_NOTED, words, by, digest)
    store.events.append([event])
    return life


def assign(workspace: Workspace, store: Store, prefix: str, owner: str | None, *, by: str) -> Life:
    """Hand a finding to ``owner``; None: back to the person its account makes responsible.

    Raises:
        UsageError: there is no such finding, or ``owner`` is no e-mail address.

    """
    if owner is not None and not _EMAIL.fullmatch(owner):
        raise UsageError("that is not an e-mail address.", remedy="Such as lee.ray@riverside.example.")
    ledger = store.lives.ledger()
    life = ledger.lives[find_life(store, prefix).seen.fingerprint]
    if life.assigned == owner:
        return life
    told = f"Assigned to {owner}." if owner else "Handed back to whom its account makes responsible."
    event = _event(workspace, life, EventKind.FINDING_ASSIGNED, told, by, str(ledger.cursor.version))
    handed = life._replace(assigned=owner)
    store.lives.write(ledger, {life.seen.fingerprint: handed}, events=[event])
    return handed


def _event(workspace: Workspace, life: Life, kind: EventKind, message: str, by: str, mark: str) -> Event:
    now, seen = workspace.clock(), life.seen
    if not by.strip():
        raise UsageError("it is not said who does it.", remedy="Name yourself with --by.")
    return Event(
        key=f"{kind.value}:{seen.fingerprint}:{mark}:{now.isoformat()}",
        kind=kind,
        at=now,
        message=message,
        severity=Severity.parse(seen.severity),
        snapshot_id=life.last.snapshot_id,
        fingerprint=seen.fingerprint,
        platform=seen.platform,
        account_id=seen.account_id,
        principal_id=seen.principal_id,
        person_id=seen.person_id,
        subject_id=seen.subject_id,
        actor=by.strip(),
        after={"rule": seen.rule, "owner": life.responsible},
    )
