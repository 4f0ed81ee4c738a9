"""How the pages of a split report say things: links lead from page to page, and nothing is said twice slowly."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from markupsafe import Markup

from reports import names
from reports.large.book import page_name
from reports.large.frames import Frame, Html, Memory, escaped, html
from reports.say import KEPT, Say
from reports.text import SHOWN, clean, cut, is_clean

FOLDER = "access-review"
INDEX = "access-review.html"
OWN_PAGE = frozenset({"account", "rule"})
"""Things that have a book of their own, named by their anchor."""
ON_INDEX = frozenset({"source", "standard"})
BOOKS = {
    "person": "people",
    "principal": "principals",
    "app": "apps",
    "gap": "unknowns",
    "text": "texts",
    "leaver": "leavers",
}
"""Kind of thing to the book it stands in."""


@dataclass(slots=True)
class Targets:
    """Where things stand: filled as books are written, read by whatever links to them."""

    pages: dict[str, int] = field(default_factory=dict)
    """Anchor of a thing in a shared book to its page; missing: the first."""
    evidence: list[str] = field(default_factory=list)
    """First evidence id of each evidence page, in order."""
    findings: dict[str, str] = field(default_factory=dict)
    """Anchor of a finding to its page, for those that do not stand on their account's first."""

    def page_of(self, kind: str, identifier: str, account_id: str | None = None) -> str:
        """Return file and fragment of the thing, as seen from within the folder."""
        anchor = names.anchor(kind, identifier)
        if kind in OWN_PAGE:
            return f"{anchor}.html"
        if kind == "finding":
            stem = names.anchor("account", account_id) if account_id else "elsewhere"
            return f"{self.findings.get(anchor, f'{stem}.html')}#{anchor}"
        if kind == "evidence":
            number = bisect_right(self.evidence, identifier)
            return f"{page_name('evidence', max(1, number))}#{anchor}"
        return f"{page_name(BOOKS[kind], self.pages.get(anchor, 1))}#{anchor}"


class LargeSay(Say):
    """Says names for one page of many; one object serves all pages of the folder."""

    def __init__(
        self, timezone: str, targets: Targets, keep: Callable[[str, str], None], *, on_index: bool = False
    ) -> None:
        super().__init__(timezone)
        self._targets = targets
        self._keep = keep
        self._on_index = on_index
        self._said: Memory[Hashable, Markup] = Memory()
        self.account_of: Mapping[str, str | None] = {}
        """Fingerprint to account, for the few findings that are linked by fingerprint alone."""

    def href(self, kind: str, identifier: str) -> str:
        """Return the address of the thing, from where this page stands."""
        if kind in ON_INDEX:
            anchor = names.anchor(kind, identifier)
            return f"#{anchor}" if self._on_index else f"../{INDEX}#{anchor}"
        place = self._targets.page_of(kind, identifier, self.account_of.get(identifier))
        return f"{FOLDER}/{place}" if self._on_index else place

    def link(self, kind: str, identifier: str, label: str, limit: int = 60) -> Markup:
        """Return ``label`` linked to the page of the thing."""
        said = self._said.get((kind, identifier, limit))
        if said is not None:
            return said
        return self.once((kind, identifier, limit), lambda: self._link(kind, identifier, label, limit))

    def _link(self, kind: str, identifier: str, label: str, limit: int) -> Markup:
        return _LINK(self.href(kind, identifier), cut(visible(label), limit))

    def once(self, key: Hashable, make: Callable[[], Markup]) -> Markup:
        """Return what ``make`` says, remembered by ``key``."""
        said = self._said.get(key)
        return self._said.keep(key, make()) if said is None else said

    def moment(self, value: datetime) -> Markup:
        """Return the instant in the organisation's zone."""
        return self.once(("moment", value), lambda: super(LargeSay, self).moment(value))

    def day(self, value: date | datetime) -> Markup:
        """Return the day, of an instant in the organisation's zone."""
        return self.once(("day", value), lambda: super(LargeSay, self).day(value))

    def text(self, value: str, limit: int = SHOWN) -> Markup:
        """Return a name, isolated from its surroundings' direction; cut, it links to the whole."""
        said = self._said.get((value, limit))
        if said is not None:
            return said
        return self.once((value, limit), lambda: self._shown(_NAME, value, limit))

    def sentence(self, value: str, limit: int = SHOWN) -> Markup:
        """Return a sentence of ours that may hold names."""
        return self._shown(_SENTENCE, value, limit)

    def message(self, value: str) -> Markup:
        """Return a finding's message: a line with room for long names."""
        return self._shown(_SENTENCE, value, _MESSAGE)

    def message_html(self, value: str) -> Html:
        """Return the same for a line that is put together from plain strings."""
        whole = visible(value)
        if len(whole) > _MESSAGE:
            return html(self.message(value))
        return Html(f'<bdi dir="ltr">{escaped(whole)}</bdi>')

    def _shown(self, frame: Frame, value: str, limit: int) -> Markup:
        whole = visible(value)
        if len(whole) <= limit:
            return frame(whole)
        anchor = names.anchor("text", whole)
        if anchor not in self._targets.pages:
            self._keep(anchor, cut(whole, KEPT))
        return frame(cut(whole, limit)) + _MORE(self.href("text", whole))


_MESSAGE = 400
"""Characters of a message shown in a line."""
_LINK = Frame('<a href="{}"><bdi>{}</bdi></a>')
_NAME = Frame("<bdi>{}</bdi>")
_SENTENCE = Frame('<bdi dir="ltr">{}</bdi>')
_MORE = Frame('<a class="more" href="{}">full text</a>')


def visible(text: str) -> str:
    """Return ``text`` cleaned; a name of spaces alone would be a link that nobody can see."""
    cleaned = text if is_clean(text) else clean(text)
    return "[blank]" if cleaned.isspace() else cleaned
