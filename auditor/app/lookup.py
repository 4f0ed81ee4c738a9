"""Finding one account or one person by what a human would type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from auditor.errors import UsageError
from reports.review import AccessReview, ReviewAccount, ReviewPerson

Found = TypeVar("Found")


class NamedAccount(Protocol):
    """What an account can be known by."""

    @property
    def account_id(self) -> str:
        """Its id, ``platform:native-id``."""

    @property
    def platform(self) -> str:
        """Its platform."""

    @property
    def handle(self) -> str | None:
        """Its handle."""

    @property
    def name(self) -> str | None:
        """Its display name."""

    @property
    def url(self) -> str | None:
        """Its address."""


AccountT = TypeVar("AccountT", bound=NamedAccount)


def find_account(review: AccessReview, text: str) -> ReviewAccount:
    """Return the account known by this id, handle, name or URL, such as ``@RiversideHealth`` or ``x:RiversideHealth``.

    Raises:
        UsageError: there is none, or there are several.

    """
    return pick_account(review.accounts, text)


def pick_account(accounts: Iterable[AccountT], text: str) -> AccountT:
    """Return the one of ``accounts`` that `find_account` would, raising what it raises."""
    listed = tuple(accounts)
    platform, _, rest = text.partition(":")
    platforms = {account.platform for account in listed}
    wanted = _fold(rest) if platform in platforms and rest else _fold(text)
    found = [
        account
        for account in listed
        if (platform not in platforms or account.platform == platform)
        and wanted
        in _keys(
            account.account_id.partition(":")[2],
            account.account_id,
            account.handle,
            account.name,
            account.url,
        )
    ]
    names = [f"{a.platform}:{a.handle or a.account_id.partition(':')[2]}" for a in found or listed]
    return _one(found, text, "account", names)


def find_person(review: AccessReview, text: str) -> ReviewPerson:
    """Return the person known by this id, e-mail address or name.

    Raises:
        UsageError: there is none in the roster, or there are several.

    """
    found = [
        person
        for person in review.people
        if _fold(text) in _keys(person.person_id, person.work_email, person.name)
    ]
    return _one(
        found, text, "person in the roster", [f"{p.name} ({p.person_id})" for p in found or review.people]
    )


def _one(found: list[Found], text: str, what: str, names: Iterable[str]) -> Found:
    if len(found) == 1:
        return found[0]
    listed = sorted(names)
    shown = ", ".join(listed[:12]) + (f" and {len(listed) - 12} more" if len(listed) > 12 else "")
    if found:
        raise UsageError(f"{text!r} fits {len(found)}: {shown}.", remedy="Name one of them.")
    raise UsageError(f"there is no {what} known as {text!r}.", remedy=f"There are: {shown}." if shown else "")


def _keys(*texts: str | None) -> set[str]:
    return {_fold(text) for text in texts if text}


def _fold(text: str) -> str:
    return text.strip().removeprefix("@").removesuffix("/").casefold()
