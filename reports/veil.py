"""Takes the names of what a reader may not see out of sentences that somebody else wrote.

A finding's message, a reason or a remedy may speak of more than the account it stands at. Where a review
is narrowed to some accounts, every sentence passes here first.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from reports.review import ReviewAccount

HIDDEN = "another account"
"""What stands in place of a name."""
SHORTEST = 2
"""Characters of a name that is looked for; one letter alone identifies nobody."""
SHORTEST_ID = 5
"""Characters of the platform's own id that is looked for; a shorter number stands in any sentence."""
_WORD = re.compile(r"\w+")


class Veil:
    """Hides the names of ``hidden`` accounts.

    A name that a shown account or one of ``also_told`` bears too, or that is part of such a name, tells
    nothing the reader does not know; hiding it would only spoil the sentence.
    """

    def __init__(
        self, hidden: Iterable[ReviewAccount], shown: Iterable[ReviewAccount], also_told: Iterable[str] = ()
    ) -> None:
        allowed = {name.casefold() for account in shown for name in names_of(account)}
        told = "\n".join(allowed.union(map(str.casefold, also_told)))
        self._by_word: defaultdict[str, set[str]] = defaultdict(set)
        self._anywhere: set[str] = set()
        self._seen: dict[str, str] = {}
        for account in hidden:
            for name in map(str.casefold, names_of(account)):
                if name not in told:
                    self._remember(name)

    def text(self, value: str) -> str:
        """Return ``value`` without any hidden name, in whatever case of letters, whole words only."""
        if value not in self._seen:
            self._seen[value] = self._veiled(value)
        return self._seen[value]

    def _remember(self, name: str) -> None:
        first = _WORD.search(name)
        if first is None or any(unicodedata.category(char) == "Lo" for char in name):
            # Scripts without spaces or with prefixed particles show no word boundary.
            self._anywhere.add(name)
        else:
            self._by_word[first.group()].add(name)

    def _veiled(self, value: str) -> str:
        folded = value.casefold()
        if len(folded) != len(value):
            # Some letters grow when folded (ß); then the folded text is shown, whose places are right.
            value = folded
        kept: list[str] = []
        done = 0
        for start, end in sorted(self._places(folded)):
            if start >= done:
                kept += (value[done:start], HIDDEN)
            done = max(done, end)
        kept.append(value[done:])
        return "".join(kept)

    def _places(self, folded: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of every hidden name in ``folded``; they may overlap."""
        for word in _WORD.finditer(folded):
            for name in self._by_word.get(word.group(), ()):
                start = word.start() - name.index(word.group())
                end = start + len(name)
                goes_on = name[-1].isalnum() and folded[end : end + 1].isalnum()
                if start >= 0 and folded.startswith(name, start) and not goes_on:
                    yield start, end
        for name in self._anywhere:
            start = folded.find(name)
            while start >= 0:
                yield start, start + len(name)
                start = folded.find(name, start + len(name))


def names_of(account: ReviewAccount) -> Iterator[str]:
    """Yield everything that tells which account it is: ids, handle, name, address."""
    native = account.account_id.partition(":")[2]
    if len(native) >= SHORTEST_ID:
        yield native
    for name in (account.account_id, account.handle, account.name, account.url):
        if name and len(name.strip()) >= SHORTEST:
            yield name.strip()
