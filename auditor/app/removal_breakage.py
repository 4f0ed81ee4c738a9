"""What a removal breaks, or may break, worked out on what remains after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from auditor.app.removal_control import Control, Remaining, Sure
from auditor.app.removal_depends import depending
from auditor.app.removal_index import RemovalIndex
from auditor.app.removal_recovery import recovery
from auditor.app.removal_subjects import APP, Subject
from auditor.app.removal_words import called, cell_reason, cleaned
from reports.removal import Breakage, Consequence
from reports.review import ReviewAccount
from reports.text import listed, plural

_LADDER = (Breakage.LAST_ADMIN, Breakage.ORPHANED, Breakage.NO_SECOND_PERSON)
"""The graver first; each holds the ones after it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The consequences of one removal, and which of them each account has."""

    consequences: tuple[Consequence, ...]
    by_account: dict[str, tuple[Consequence, ...]] = field(default_factory=dict)


def broken_by(index: RemovalIndex, control: Control, subject: Subject, gone: Collection[str]) -> Broken:
    """Return what breaks once ``subject`` is removed; ``gone`` are the grants that will be gone by then."""
    found = [
        *_control_lost(index, control, subject, gone),
        *depending(index, subject),
        *recovery(index, subject),
    ]
    found.sort(
        key=lambda one: (
            not one.is_certain,
            _WEIGHT[one.kind],
            _tier(index, one),
            one.account_id or "",
            one.text,
        )
    )
    places: defaultdict[str, list[Consequence]] = defaultdict(list)
    for one in found:
        if one.account_id:
            places[one.account_id].append(one)
    return Broken(tuple(found), {account_id: tuple(some) for account_id, some in places.items()})


_WEIGHT = {kind: place for place, kind in enumerate((*_LADDER, Breakage.RECOVERY, Breakage.DIES_WITH_IT))}


def _tier(index: RemovalIndex, one: Consequence) -> int:
    account = index.accounts.get(one.account_id or "")
    return (account.tier or 0) if account else 0


def _control_lost(
    index: RemovalIndex, control: Control, subject: Subject, gone: Collection[str]
) -> Iterator[Consequence]:
    if subject.type == APP:
        return
    for account_id in dict.fromkeys(holder.account_id for holder in subject.grants):
        account = index.accounts[account_id]
        lost = control.held(account_id, subject.grants)
        remaining = control.remaining(account_id, gone)
        for kind, is_certain in rungs(account, lost, remaining):
            yield Consequence(
                kind=kind,
                account_id=account_id,
                text=_told(index, account, kind, remaining, is_certain=is_certain),
                is_certain=is_certain,
            )


def rungs(account: ReviewAccount, lost: Sure, remaining: Remaining) -> list[tuple[Breakage, bool]]:
    """Return the gravest that is not ruled out, and whether it is certain; if not, also the gravest that is.

    Where the removal takes no control away, only a lack that is there already counts: without anybody
    in control nobody is known who could carry the removal out.
    """
    ladder = _LADDER if lost is not Sure.NO else (Breakage.LAST_ADMIN,)
    possible = [kind for kind in ladder if _is_possible(account, kind, remaining)]
    certain = [kind for kind in possible if _is_certain(account, kind, remaining)]
    if not possible:
        return []
    gravest = possible[0]
    if gravest in certain:
        return [(gravest, True)]
    return [(gravest, False), *((kind, True) for kind in certain[:1])]


def _is_possible(account: ReviewAccount, kind: Breakage, remaining: Remaining) -> bool:
    what, most = _need(account, kind)
    return remaining.at_least(what) <= most


def _is_certain(account: ReviewAccount, kind: Breakage, remaining: Remaining) -> bool:
    what, most = _need(account, kind)
    could = remaining.at_most(what)
    return could is not None and could <= most


def _need(account: ReviewAccount, kind: Breakage) -> tuple[str, int]:
    """Return of whom there are too few, and up to how many that is."""
    if kind is Breakage.LAST_ADMIN:
        return "control", 0
    # A Page in no portfolio cannot be claimed back: one person's private profile is as good as none.
    return "own", 1 if kind is Breakage.NO_SECOND_PERSON or _is_loose_page(account) else 0


def _is_loose_page(account: ReviewAccount) -> bool:
    return account.platform == "facebook" and account.kind == "page" and account.parent_id is None


def _told(
    index: RemovalIndex, account: ReviewAccount, kind: Breakage, remaining: Remaining, *, is_certain: bool
) -> str:
    text = _sentence(account, kind, remaining, is_certain=is_certain)
    below = len(index.below.get(account.account_id, ()))
    if below:
        text += f" {plural(below, 'account')} below it {'hangs' if below == 1 else 'hang'} on it."
    if _is_loose_page(account):
        text += " The Page is in no portfolio that was read, so nobody could claim it back there."
    return text if is_certain else f"{text} {_why(remaining)}"


def _sentence(account: ReviewAccount, kind: Breakage, remaining: Remaining, *, is_certain: bool) -> str:
    place = called(account)
    own = [cleaned(name) for name in remaining.names("own")]
    if kind is Breakage.NO_SECOND_PERSON:
        alone = own[0] if own else "At most one person"
        if is_certain:
            return f"{alone} alone would be left with full control of {place}."
        return (
            f"{alone} would be the only one of our own people left for certain with full control of {place}."
        )
    if kind is Breakage.ORPHANED and own:
        sure = "" if is_certain else " for certain"
        return f"Only {own[0]} would be left{sure} with full control of {place}, by a private profile."
    if kind is Breakage.LAST_ADMIN:
        lost = f"nobody would be left who can give access to {place}."
    else:
        others = [cleaned(name) for name in remaining.names("control")]
        hangs = f" It would hang on {listed(others[:3])}." if others else ""
        lost = f"none of our own people would be left with full control of {place}.{hangs}"
    return lost[:1].upper() + lost[1:] if is_certain else f"It is not ruled out that {lost}"


def _why(remaining: Remaining) -> str:
    """Return why it is not certain, and what would tell."""
    told = [f"Not certain: {doubt}." for doubt in remaining.doubts[:2]]
    told += [cell_reason(cell, "who holds access") for cell in remaining.gaps[:1]]
    return " ".join(told) or "Not certain."
