"""The waivers file: a YAML list, read strictly; whatever is written wrong is an error with its line.

A rule id that nobody has, a kind that is none of the three, a key with a letter too many: each would
make a waiver that quietly does nothing, or one that does more than was meant. So none is let through.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from auditor.documents import Document, load_yaml
from auditor.model.waiver import Waiver, WaiverKind
from policies.expressions import nearest
from policies.waivers_match import glob, is_wild

KEYS = ("rule", "subject", "kind", "reason", "control", "owner", "approver", "expires", "expect")
REQUIRED = ("rule", "subject", "kind", "reason", "owner", "approver", "expires")
_TEXTS = ("rule", "subject", "reason", "control", "owner", "approver")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_EXAMPLE = "Such as: - {rule: shared-login, subject: 'x:RiversideHealth', kind: accepted-risk, ...}."


def load_waivers(path: Path, *, rules: Collection[str], today: date, max_days: int) -> tuple[Waiver, ...]:
    """Read the waivers file at ``path``; one that is empty holds none.

    Args:
        path: the file.
        rules: ids of every rule there is, those that are switched off among them.
        today: the day in the organisation's time zone.
        max_days: how many days from ``today`` a waiver may last at most.

    Raises:
        DocumentError: the file cannot be read, or an entry is not usable; with file, line and mend.

    """
    document = load_yaml(path)
    if document.data is None:
        return ()
    if not isinstance(document.data, list):
        raise document.error("is not a list of waivers.", remedy=_EXAMPLE)
    found: dict[str, Waiver] = {}
    for index in range(len(document.data)):
        waiver = _Entry(document, index).waiver(rules, today + timedelta(days=max_days))
        earlier = found.get(waiver.key)
        if earlier is not None:
            raise document.error(
                f"this rule and subject were waived already on line {earlier.line}.",
                (index,),
                remedy="Keep one of the two.",
            )
        found[waiver.key] = waiver
    return tuple(found.values())


class _Entry:
    """One entry of the file, on its way to a `Waiver`."""

    def __init__(self, document: Document, index: int) -> None:
        self._document = document
        self._index = index
        self._data: Any = document.data[index]

    def waiver(self, rules: Collection[str], latest: date) -> Waiver:
        """Return the waiver, or raise what is wrong with it."""
        self._check_keys()
        texts = {key: self._text(key) for key in _TEXTS if key in self._data}
        kind = self._kind()
        self._check_rule(texts["rule"], rules)
        self._check_people(texts["owner"], texts["approver"])
        if kind is WaiverKind.ACCEPTED_RISK and not texts.get("control"):
            self._fail(
                "control: is missing.",
                "kind",
                "A risk is accepted under a control; say what makes up for it.",
            )
        line = self._document.line((self._index,)) or 0
        return Waiver(**texts, kind=kind, expires=self._expires(latest), expect=self._expect(), line=line)

    def _check_keys(self) -> None:
        if not isinstance(self._data, dict):
            self._fail("is not a waiver.", "", _EXAMPLE)
        for key in self._data:
            if key not in KEYS:
                known = f"Keys of a waiver: {', '.join(KEYS)}."
                self._fail(f"{key[:40]}: there is no such key.", key, nearest(key, KEYS) or known)
        for key in REQUIRED:
            if key not in self._data:
                self._fail(f"{key}: is missing.", "", f"A waiver needs {', '.join(REQUIRED)}.")

    def _text(self, key: str) -> str:
        value = self._data[key]
        if not isinstance(value, str) or not value.strip():
            self._fail(f"{key}: is not text.", key, "Put it in quotes, and do not leave it empty.")
        return str(value).strip()

    def _kind(self) -> WaiverKind:
        word = self._text("kind")
        if word not in set(WaiverKind):
            kinds = [kind.value for kind in WaiverKind]
            remedy = nearest(word, kinds) or f"There are: {', '.join(kinds)}."
            self._fail(f"kind: there is no {word[:40]!r}.", "kind", remedy)
        return WaiverKind(word)

    def _check_rule(self, rule: str, rules: Collection[str]) -> None:
        known = any(map(glob(rule), rules)) if is_wild(rule) else rule in rules
        if not known:
            word = "fits" if is_wild(rule) else "is"
            remedy = nearest(rule, rules) or "'auditor rules list' shows them."
            self._fail(f"rule: {rule[:80]!r} {word} no rule.", "rule", remedy)

    def _check_people(self, owner: str, approver: str) -> None:
        for key, address in (("owner", owner), ("approver", approver)):
            if not _EMAIL.fullmatch(address):
                self._fail(f"{key}: is not an e-mail address.", key, "Such as lee.ray@riverside.example.")
        if owner.casefold() == approver.casefold():
            self._fail(
                "approver: is the owner.",
                "approver",
                "Whoever owns a risk cannot alone accept it; ask a second person.",
            )

    def _expires(self, latest: date) -> date:
        value = self._data["expires"]
        day = _day(value)
        if day is None:
            self._fail("expires: is not a day.", "expires", "Such as 2027-03-31.")
        if day > latest:
            self._fail(
                f"expires: is later than policies.waiver_max_days allows ({latest.isoformat()}).",
                "expires",
                "Choose an earlier day; a waiver can be renewed.",
            )
        return day

    def _expect(self) -> int:
        value = self._data.get("expect", 1)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self._fail("expect: is not a number of findings.", "expect", "Such as 3; without it, 1.")
        return int(value)

    def _fail(self, message: str, key: str, remedy: str) -> NoReturn:
        at = (self._index, key) if key else (self._index,)
        raise self._document.error(message, at, remedy=remedy)


def _day(value: object) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return (
            date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2027-03-31") else None
        )
    except ValueError:
        return None
