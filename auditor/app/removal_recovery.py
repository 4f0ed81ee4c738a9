"""Whether somebody who goes receives an account's password resets."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.app.removal_depends import identifiers
from auditor.app.removal_index import RemovalIndex
from auditor.app.removal_subjects import APP, PERSON, Subject
from auditor.app.removal_words import called, cell_reason, cleaned
from auditor.model.estate import FactKind, PrincipalKind
from reports.removal import Breakage, Consequence
from reports.review import ReviewAccount

_NOBODY = frozenset({PrincipalKind.SERVICE, PrincipalKind.SHARED})
"""Identities that read no mailbox."""


def recovery(index: RemovalIndex, subject: Subject) -> Iterator[Consequence]:
    """Yield the accounts whose password resets go, or may go, to ``subject``."""
    if subject.type == APP or (subject.kinds and subject.kinds <= _NOBODY):
        return
    exact, _bare = identifiers(index, subject)
    theirs: dict[str, ReviewAccount] = {}
    for word in (*sorted(exact), f"person {subject.id}" if subject.type == PERSON else ""):
        theirs |= {account.account_id: account for account in index.by_recovery.get(word, ())}
    for account in theirs.values():
        text = f"The password resets of {called(account)} go to {cleaned(subject.name)}: they could take it back."
        yield Consequence(kind=Breakage.RECOVERY, account_id=account.account_id, text=text)
    for account_id in dict.fromkeys(holder.account_id for holder in subject.grants):
        account = index.accounts[account_id]
        if account_id not in theirs and account.recovery_person_id is None:
            yield _maybe(index, account)


def _maybe(index: RemovalIndex, account: ReviewAccount) -> Consequence:
    """Return that nobody can say whose the recovery address is."""
    place = called(account)
    if account.recovery_email:
        text = (
            f"The password resets of {place} go to {cleaned(account.recovery_email)}, which is no one person's"
            " in the roster. See that they cannot read that mailbox."
        )
    else:
        cell = index.coverage(account.account_id, FactKind.RECOVERY)
        text = f"Who receives the password resets of {place} is not known. {cell_reason(cell, 'the recovery address')}"
    return Consequence(kind=Breakage.RECOVERY, account_id=account.account_id, text=text, is_certain=False)
