"""The section ``custody``: whose TOTP seeds are kept, and who may have codes of them."""

from __future__ import annotations

import re
from fnmatch import translate
from typing import Self

from pydantic import Field, field_validator, model_validator

from auditor.config.base import EmailText, StrictModel

_GLOB = re.compile(r"^[^\s]{1,200}$")


def _checked(patterns: tuple[str, ...]) -> tuple[str, ...]:
    for pattern in patterns:
        if not _GLOB.match(pattern) or ":" not in pattern:
            raise ValueError(
                "an account is named as platform:handle, where * stands for any letters, as in x:*"
            )
    return patterns


class SeedReaders(StrictModel):
    """Some people and the accounts whose codes they may have."""

    accounts: tuple[str, ...] = Field(min_length=1)
    """``platform:handle`` or account ids; ``*`` stands for any letters. The whole must fit, not a part."""
    people: tuple[EmailText, ...] = Field(min_length=1)

    @field_validator("accounts")
    @classmethod
    def _are_globs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _checked(value)


class CustodySection(StrictModel):
    """Custody of TOTP seeds; who is not named here gets nothing."""

    readers: tuple[SeedReaders, ...] = ()
    operators: dict[str, EmailText] = Field(default_factory=dict)
    """Name of an operating-system user to the e-mail address of the person who uses it."""
    keepers: tuple[EmailText, ...] = ()
    """Who may enroll, rotate and retire seeds; none: an account's readers."""
    expected: tuple[str, ...] = ("x:*", "instagram:*", "tiktok:*")
    """Accounts that should have a seed in custody: those people log in to with the account's own password."""
    roster_required: bool = True
    """Whether a person must be active in the newest roster. False only where there is no roster at all."""

    @field_validator("expected")
    @classmethod
    def _are_globs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _checked(value)

    @model_validator(mode="after")
    def _one_person_a_user(self) -> Self:
        if any(not name.strip() for name in self.operators):
            raise ValueError("operators: the name of an operating-system user is empty")
        return self

    def readers_of(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the addresses of those who may have codes of the account known by ``names``."""
        found = (person for line in self.readers if _fits(line.accounts, names) for person in line.people)
        return tuple(dict.fromkeys(found))

    def expects(self, names: tuple[str, ...]) -> bool:
        """Return whether the account known by ``names`` should have a seed in custody."""
        return _fits(self.expected, names)


def _fits(globs: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """Return whether one of ``names`` as a whole is what one of ``globs`` describes, in letters of any size."""
    patterns = [re.compile(translate(glob.casefold())) for glob in globs]
    return any(pattern.fullmatch(name.casefold()) for pattern in patterns for name in names)
