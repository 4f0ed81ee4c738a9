"""How the page says names, texts and times; one object a rendering, because it remembers what it cut."""

from __future__ import annotations

from datetime import date, datetime

from markupsafe import Markup

from reports import names, tally
from reports.review import ReviewAccount
from reports.text import SHOWN, clean, cut
from reports.when import Clockface, iso

KEPT = 20_000
"""Characters of a cut text kept in the page's appendix; the JSON file has all of it."""


class Say:
    """Turns values into harmless HTML."""

    def __init__(self, timezone: str) -> None:
        self._clock = Clockface.of(timezone)
        self.long_texts: dict[str, str] = {}
        """Anchor to full text, for the appendix; grows as the page is written."""

    def text(self, value: str, limit: int = SHOWN) -> Markup:
        """Return a name, isolated from its surroundings' direction; cut, it links to the whole."""
        return self._isolated(Markup("<bdi>{}</bdi>"), value, limit)

    def sentence(self, value: str, limit: int = SHOWN) -> Markup:
        """Return a sentence of ours that may hold names: it reads left to right whatever they are."""
        return self._isolated(Markup('<bdi dir="ltr">{}</bdi>'), value, limit)

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
        return Markup('<a href="#{}"><bdi>{}</bdi></a>').format(names.anchor(kind, identifier), shown)

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

    def _isolated(self, frame: Markup, value: str, limit: int) -> Markup:
        return frame.format(self.short(value, limit))


def _visible(text: str) -> str:
    # A name of spaces alone would be a link that nobody can see.
    cleaned = clean(text)
    return "[blank]" if cleaned.isspace() else cleaned
