"""How the page says names, texts and times; one object a rendering, because it remembers what it cut."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

from markupsafe import Markup

from reports import names, tally
from reports.review import ReviewAccount
from reports.text import SHOWN, clean, cut
from reports.when import Clockface, iso

WIDE_WORD = 15
"""Letters of common width that stand in the narrowest column without a break."""
KEPT = 20_000
"""Characters of a cut text kept in the page's appendix; the JSON file has all of it."""
_NAME = Markup("<bdi>{}</bdi>")
_SENTENCE = Markup('<bdi dir="ltr">{}</bdi>')
_WIDE = {
    _NAME: Markup('<bdi class="wide">{}</bdi>'),
    _SENTENCE: Markup('<bdi class="wide" dir="ltr">{}</bdi>'),
}


class Say:
    """Turns values into harmless HTML."""

    def __init__(self, timezone: str) -> None:
        self._clock = Clockface.of(timezone)
        self.long_texts: dict[str, str] = {}
        """Anchor to full text, for the appendix; grows as the page is written."""

    def text(self, value: str, limit: int = SHOWN) -> Markup:
        """Return a name, isolated from its surroundings' direction; cut, it links to the whole."""
        return self._isolated(_NAME, value, limit)

    def sentence(self, value: str, limit: int = SHOWN) -> Markup:
        """Return a sentence of ours that may hold names: it reads left to right whatever they are."""
        return self._isolated(_SENTENCE, value, limit)

    def prose(self, value: str) -> Markup:
        """Return a sentence with room for a paragraph."""
        return self.sentence(value, 600)

    def _isolated(self, frame: Markup, value: str, limit: int) -> Markup:
        whole = _visible(value)
        shown = cut(whole, limit)
        if shown == whole:
            return frame.format(whole)
        anchor = names.anchor("text", whole)
        self.long_texts[anchor] = cut(whole, KEPT)
        return frame.format(shown) + Markup('<a class="more" href="#{}">full text</a>').format(anchor)

    def short(self, value: str, limit: int) -> str:
        """Return ``value`` cut, for a place whose full text stands right beside it."""
        return cut(_visible(value), limit)

    def account(self, account: ReviewAccount) -> Markup:
        """Return the account's name, linked to its section."""
        return self.link("account", account.account_id, names.account(account))

    def link(self, kind: str, identifier: str, label: str, limit: int = 60) -> Markup:
        """Return ``label`` linked to the section of the thing."""
        shown = cut(_visible(label), limit)
        return Markup('<a href="{}"><bdi>{}</bdi></a>').format(self.href(kind, identifier), shown)

    def href(self, kind: str, identifier: str) -> str:
        """Return the address of the thing's section."""
        return "#" + names.anchor(kind, identifier)

    def moment(self, value: datetime) -> Markup:
        """Return the instant in the organisation's zone."""
        return Markup('<time datetime="{}">{}</time>').format(iso(value), self._clock.moment(value))

    def day(self, value: date | datetime) -> Markup:
        """Return the day, of an instant in the organisation's zone."""
        stamp = iso(value) if isinstance(value, datetime) else value.isoformat()
        return Markup('<time datetime="{}">{}</time>').format(stamp, self._clock.day(value))

    def share(self, part: int, total: int) -> Markup:
        """Return a share in per cent that no line break tears apart."""
        return Markup("{}").format(tally.per_cent(part, total).replace(" ", "\u00a0"))

    def plain_moment(self, value: datetime) -> str:
        """Return the instant without markup."""
        return self._clock.moment(value)

    def plain_day(self, value: date | datetime) -> str:
        """Return the day without markup."""
        return self._clock.day(value)


class PlainSay(Say):
    """Says names for paper: nothing links to a section that the document may not have."""

    def __init__(self, timezone: str) -> None:
        super().__init__(timezone)
        self.has_cut = False
        """Whether something was cut; the document then says where the whole is."""

    def link(self, kind: str, identifier: str, label: str, limit: int = 60) -> Markup:
        """Return ``label`` alone."""
        return self.text(label, limit)

    def short(self, value: str, limit: int) -> str:
        """Return ``value`` cut, and remember that it was."""
        shown = super().short(value, limit)
        self.has_cut |= shown.endswith("…")
        return shown

    def fitted(self, value: str, room: float, *, is_name: bool = False) -> Markup:
        """Return ``value`` cut to what surely fits into ``room`` letters of common width, whatever the font."""
        shown = _visible(value)
        taken = 0.0
        for index, char in enumerate(shown):
            taken += _breadth(char)
            if taken > room:
                shown = self.short(shown, max(2, index))
                break
        return _breakable(_NAME if is_name else _SENTENCE, shown)

    def _isolated(self, frame: Markup, value: str, limit: int) -> Markup:
        return _breakable(frame, self.short(value, limit))


def _breakable(frame: Markup, shown: str) -> Markup:
    """Return ``shown`` in its frame, marked where one of its words may be wider than a column.

    Only these may break inside a word: the library that draws PDF also breaks short ones that it could
    have put on the next line.
    """
    if any(sum(map(_breadth, word)) > WIDE_WORD for word in shown.split()):
        return _WIDE[frame].format(shown)
    return frame.format(shown)


def _breadth(char: str) -> float:
    """Return how many common letters (0.6 of the font's size) ``char`` is wide at most."""
    if unicodedata.combining(char):
        return 0.0
    if char.isascii():
        return 1.7 if char in "mMW@%&" else 1.3 if char.isupper() or char.isdigit() else 1.0
    return 2.1 if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0xFFFF else 1.5


def _visible(text: str) -> str:
    # A name of spaces alone would be a link that nobody can see.
    cleaned = clean(text)
    return "[blank]" if cleaned.isspace() else cleaned
