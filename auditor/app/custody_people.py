"""Who is asking for a code, and whether they may still have one. What is not known is a refusal."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from auditor.app.workspace import Workspace
from auditor.config import CustodySection, Organization
from auditor.errors import ConfigError, CustodyError
from auditor.model.estate import PersonStatus
from auditor.model.event import EventKind

if TYPE_CHECKING:
    from auditor.store import Store

_COLUMNS = ("person_id", "name", "work_email", "other_emails", "status", "left_on")


@dataclass(frozen=True, slots=True)
class Operator:
    """The person at the keyboard."""

    email: str
    os_user: str
    host: str
    person_id: str | None = None
    """In the newest roster, where their standing was looked up."""


def custody_section(workspace: Workspace) -> CustodySection:
    """Return the section ``custody``; raises ConfigError where there is none."""
    section = workspace.config.custody
    if section is None:
        raise ConfigError(
            "custody: there is no such section, so nobody may keep or use a seed.",
            path=workspace.loaded.document.path,
            remedy="Say who may: docs/mfa-custody.md shows how.",
        )
    return section


def os_user() -> str:
    """Return the operating system's own name for who runs this; no environment variable can change it."""
    if os.name != "posix":
        return os.getlogin()
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def operator_of(section: CustodySection) -> Operator:
    """Return who is at the keyboard.

    Raises:
        CustodyError: the configuration does not say whose operating-system user this is.

    """
    user = os_user()
    email = section.operators.get(user)
    if email is None:
        raise CustodyError(
            f"it is not known whose user {user} is.",
            remedy=f"Add it under 'custody: operators:' in auditor.yaml, such as {user}: name@your.domain.",
        )
    return Operator(email, user, socket.gethostname())


def same_address(email: str, organization: Organization) -> str:
    """Return what two spellings of one mailbox share: letters' size, a ``+tag`` and an alias domain do not count."""
    local, _, domain = email.strip().lower().rpartition("@")
    aliases = {alias.lower(): home.lower() for alias, home in organization.email_aliases.items()}
    return f"{local.partition('+')[0]}@{aliases.get(domain, domain)}"


def is_among(email: str, people: tuple[str, ...], organization: Organization) -> bool:
    """Return whether ``email`` is one of ``people``."""
    wanted = same_address(email, organization)
    return any(same_address(person, organization) == wanted for person in people)


def check_standing(workspace: Workspace, store: Store, operator: Operator) -> str | None:
    """Return the operator's id in the newest roster; None where the configuration does without a roster.

    Raises:
        CustodyError: the roster does not say for certain that they work here now.

    """
    section = custody_section(workspace)
    if workspace.roster is None:
        if section.roster_required:
            raise _not_sure(
                "no roster is configured", "Add 'roster:', or set 'custody: roster_required: false'."
            )
        return None
    counted = store.people_count()
    if counted is None:
        raise _not_sure("no roster has been read yet", "Run 'auditor collect'.")
    found = _people(workspace, store, counted[1], operator.email)
    if not found:
        raise _not_sure(f"the newest roster has nobody with the address {operator.email}", _MEND)
    today = workspace.clock().astimezone(workspace.config.organization.zone).date()
    for person in found:
        _check_person(person, operator.email, today)
        _check_since(store, counted[1], str(person["person_id"]), operator.email)
    return str(found[0]["person_id"])


_MEND = "If that is wrong, have HR mend the roster and run 'auditor collect'."


def _not_sure(why: str, remedy: str) -> CustodyError:
    return CustodyError(f"{why}, so it is not certain that you still work here.", remedy=remedy)


def _people(workspace: Workspace, store: Store, snapshot_id: str, email: str) -> list[dict[Hashable, Any]]:
    organization = workspace.config.organization
    wanted = same_address(email, organization)
    frame = store.frames(snapshot_id, ("people",), columns=_COLUMNS)["people"]
    return [
        person
        for person in frame.to_dict("records")
        if any(same_address(address, organization) == wanted for address in _addresses(person))
    ]


def _addresses(person: dict[Hashable, Any]) -> list[str]:
    work = person["work_email"]
    return [*([work] if isinstance(work, str) else []), *json.loads(person["other_emails"])]


def _check_person(person: dict[Hashable, Any], email: str, today: date) -> None:
    status = person["status"] if isinstance(person["status"], str) else ""
    if status != PersonStatus.ACTIVE:
        word = status or "of a status that is not known"
        raise CustodyError(f"{email} is {word} in the newest roster.", remedy=_MEND)
    left_on = person["left_on"]
    if isinstance(left_on, str) and date.fromisoformat(left_on) < today:
        raise CustodyError(f"{email} left on {left_on}, says the newest roster.", remedy=_MEND)


def _check_since(store: Store, snapshot_id: str, person_id: str, email: str) -> None:
    """Refuse one of whom the journal tells that they left after the roster was read."""
    read_at = store.snapshot(snapshot_id).finished_at
    for event in store.events.of_person(person_id):
        if event.kind is EventKind.PERSON_LEFT and event.at > read_at:
            raise CustodyError(f"{email} has left: {event.message}", remedy=_MEND)
