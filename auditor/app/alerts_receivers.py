"""Who may be told: a target of the configuration as the people and places behind it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.app.alerts_topics import Known
from auditor.app.rows import rows
from auditor.app.workspace import Workspace
from auditor.config.alerts import OWNER, RECIPIENTS
from auditor.model.alert import Channel
from auditor.model.estate import PersonStatus
from auditor.model.event import Event
from reports.narrow_owner import folded_address

if TYPE_CHECKING:
    from auditor.store import Store

_ADDRESS = re.compile(r"[^@\s<>,;\"\\\x00-\x1f\x7f]+@[^@\s<>,;\"\\\x00-\x1f\x7f]+")
_ABSENT = (PersonStatus.TERMINATED, PersonStatus.FUTURE)


@dataclass(frozen=True, slots=True)
class Receiver:
    """One end that an alert reaches."""

    channel: Channel
    target: str
    recipient: str = ""
    """For mail: the address."""
    is_owner: bool = False
    """Whether they are told of the accounts they answer for, and of nothing else."""

    @property
    def place(self) -> tuple[Channel, str]:
        """What tells the end itself: two targets with one address reach the same person."""
        return self.channel, folded_address(self.recipient) or self.target


class Receivers:
    """Finds who is behind a target; never anybody who has left or has not come yet."""

    def __init__(self, workspace: Workspace, known: Known, absent: Collection[str]) -> None:
        """Take the configuration, what is known, and the addresses nobody may be told at."""
        self._config = workspace.config
        self._known = known
        self._absent = absent
        self._can_mail = workspace.config.reports.mail is not None

    def of(self, target: str, event: Event) -> Iterator[Receiver | str]:
        """Yield those behind ``target`` for ``event``; a text says why somebody is not told."""
        if "@" in target:
            yield self._mail("operators", target)
        elif target == RECIPIENTS:
            yield from (self._mail(RECIPIENTS, one) for one in self._config.reports.recipients)
        elif target == OWNER:
            yield from self._owners(OWNER, event)
        else:
            yield from self._configured(target, event)

    def _configured(self, target: str, event: Event) -> Iterator[Receiver | str]:
        settings = self._config.alerts.targets[target]
        if settings.owner:
            yield from self._owners(target, event)
        yield from (self._mail(target, one) for one in settings.mail)
        if settings.webhook:
            yield Receiver(Channel.WEBHOOK, target)
        if settings.apprise:
            yield Receiver(Channel.APPRISE, target)

    def _owners(self, target: str, event: Event) -> Iterator[Receiver | str]:
        accounts = self._known.accounts_of(event)
        if not accounts:
            yield "it is about no account of the newest snapshot that anybody answers for"
        for address in dict.fromkeys(one.owner_email for one in accounts):
            if address and address.strip():
                yield self._mail(target, address.strip(), is_owner=True)
            else:
                yield "nobody answers for the account"

    def _mail(self, target: str, address: str, *, is_owner: bool = False) -> Receiver | str:
        if not self._can_mail:
            return "reports.mail is not set up"
        if folded_address(address) in self._absent:
            return f"{address} belongs to somebody who has left or has not started"
        if not _ADDRESS.fullmatch(address) or len(address) > 254:
            return "the address of whoever answers for the account is none"
        return Receiver(Channel.MAIL, target, address, is_owner)


def absent_addresses(workspace: Workspace, store: Store, snapshot_id: str, known: Known) -> frozenset[str]:
    """Return every address of people who have left or not started, by the roster of a snapshot.

    Their work address under every domain that stands for it, the others the roster has, and the
    addresses of identities matched to them. A leaver's mailbox may be read by anybody or nobody.
    """
    absent = {"status": [one.value for one in _ABSENT]}
    people = store.history("people", [snapshot_id], columns=("work_email", "other_emails"), where=absent)
    found: set[str] = set()
    for row in rows(people):
        found.update(filter(None, (row.text("work_email"), *(row.texts("other_emails") or ()))))
    for account in known.review.accounts if known.review else ():
        found.update(
            one.principal_email
            for one in account.holders
            if one.principal_email and one.person_status in _ABSENT
        )
        if account.owner_email and account.owner_status in _ABSENT:
            found.add(account.owner_email)
    aliases = workspace.config.organization.email_aliases
    return frozenset(spelling for one in found for spelling in _spellings(folded_address(one), aliases))


def _spellings(address: str, aliases: Mapping[str, str]) -> Iterator[str]:
    """Yield the address under every domain that stands for the same."""
    yield address
    local, _, domain = address.rpartition("@")
    pairs = [(alias.casefold(), target.casefold()) for alias, target in aliases.items()]
    reached, ahead = {domain}, [domain]
    while ahead:
        here = ahead.pop()
        for alias, target in pairs:
            for one, other in ((alias, target), (target, alias)):
                if one == here and other not in reached:
                    reached.add(other)
                    ahead.append(other)
    yield from (f"{local}@{one}" for one in reached - {domain})
