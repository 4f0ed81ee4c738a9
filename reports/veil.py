"""Takes the names of what a reader may not see out of sentences that somebody else wrote.

A finding's message, a reason or a remedy may speak of more than the account it stands at. Where a review
is narrowed to some accounts, every sentence passes here first.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from reports.review import ReviewAccount, ReviewPerson

HIDDEN = "another account"
"""What stands in place of an account's name."""
SOMEBODY = "somebody else"
"""What stands in place of a person's name."""
SHORTEST = 2
"""Characters of a name that is looked for; one letter alone identifies nobody."""
SHORTEST_ID = 5
"""Characters of the platform's own id that is looked for; a shorter number stands in any sentence."""
_WORD = re.compile(r"\w+")


class _Name(NamedTuple):
    """A hidden name, folded; where in it the word stands that it is found by; what stands in its place."""

    text: str
    offset: int
    place: str


class Veil:
    """Hides names in sentences.

    A name among ``told``, or that is part of one of them, tells nothing the reader does not know; hiding
    it would only spoil the sentence.
    """

    def __init__(self, hidden: Iterable[tuple[str, str]], told: Iterable[str] = ()) -> None:
        """Take ``(name, what stands in its place)`` and the names that may be seen."""
        known = "\n".join(set(map(str.casefold, told)))
        names = {folded: place for name, place in hidden if (folded := name.casefold()) not in known}
        words = Counter(word for name in names for word in set(_WORD.findall(name)))
        self._by_word: defaultdict[str, list[_Name]] = defaultdict(list)
        self._anywhere: dict[str, str] = {}
        self._seen: dict[str, str] = {}
        for name, place in names.items():
            self._remember(name, place, words)

    def text(self, value: str) -> str:
        """Return ``value`` without any hidden name, in whatever case of letters, whole words only."""
        if value not in self._seen:
            self._seen[value] = self._veiled(value)
        return self._seen[value]

    def _remember(self, name: str, place: str, words: Mapping[str, int]) -> None:
        found = list(_WORD.finditer(name))
        if not found or any(unicodedata.category(char) == "Lo" for char in name):
            # Scripts without spaces or with prefixed particles show no word boundary.
            self._anywhere[name] = place
            return
        # A house often begins every name alike; the rarest word is looked for first.
        rarest = min(found, key=lambda word: words[word.group()])
        self._by_word[rarest.group()].append(_Name(name, rarest.start(), place))

    def _veiled(self, value: str) -> str:
        folded = value.casefold()
        if len(folded) != len(value):
            # Some letters grow when folded (ß); then the folded text is shown, whose places are right.
            value = folded
        kept: list[str] = []
        done = 0
        for start, end, place in sorted(self._places(folded)):
            if start >= done:
                kept += (value[done:start], place)
            done = max(done, end)
        kept.append(value[done:])
        return "".join(kept)

    def _places(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Yield start, end and stand-in of every hidden name in ``folded``; they may overlap."""
        for word in _WORD.finditer(folded):
            for name, offset, place in self._by_word.get(word.group(), ()):
                start = word.start() - offset
                end = start + len(name)
                if start >= 0 and folded.startswith(name, start) and _stands_alone(folded, start, end):
                    yield start, end, place
        for name, place in self._anywhere.items():
            start = folded.find(name)
            while start >= 0:
                yield start, start + len(name), place
                start = folded.find(name, start + len(name))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no word of ``text`` goes on over either end of the span."""
    inside = text[start:end]
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return not (before.isalnum() and inside[0].isalnum()) and not (inside[-1].isalnum() and after.isalnum())


def hidden_accounts(accounts: Iterable[ReviewAccount]) -> Iterator[tuple[str, str]]:
    """Yield all names of ``accounts`` with what stands in their place."""
    return ((name, HIDDEN) for account in accounts for name in names_of(account))


def hidden_people(people: Iterable[ReviewPerson]) -> Iterator[tuple[str, str]]:
    """Yield ids, addresses and names of ``people``; a name of one word is a word like any other."""
    for person in people:
        for name in (person.person_id, person.work_email, person.name):
            if name and (name != person.name or " " in name.strip()):
                yield name.strip(), SOMEBODY


def names_of(account: ReviewAccount) -> Iterator[str]:
    """Yield everything that tells which account it is: ids, handle, name, address."""
    native = account.account_id.partition(":")[2]
    if len(native) >= SHORTEST_ID:
        yield native
    for name in (account.account_id, account.handle, account.name, account.url):
        if name and len(name.strip()) >= SHORTEST:
            yield name.strip()
