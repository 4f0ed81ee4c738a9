"""What stands around the lines of a page: head, navigation, search, foot.

Most of it, the style above all, is the same on every page of the same kind. So the template is filled once a
kind, with marks where pages differ, and each page is put together from the pieces between the marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from jinja2 import Environment
from markupsafe import Markup

from reports.large.book import Place, page_name
from reports.large.frames import NOTHING, escaped
from reports.text import clean

BOOKS = (
    ("rules.html", "Rules"),
    ("accounts.html", "Accounts"),
    ("holders.html", "People"),
    ("principals.html", "Matched to nobody"),
    ("apps.html", "Apps"),
    ("unknowns.html", "Not known"),
    ("evidence.html", "Evidence"),
)
"""Where the line of contents on each page leads."""
_SLOTS = ("title", "heading", "lead", "above", "lines", "below")
"""Where pages differ, in the order of the template."""
# Text from outside is escaped, and can hold no comment.
_MARKS = {name: Markup(f"<!-- {name} -->") for name in _SLOTS}  # noqa: S704 - our own words
_MARK = re.compile("|".join(_MARKS.values()))
Trail: TypeAlias = tuple[tuple[str, str], ...]
"""Addresses and labels of the pages above one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a book is called."""

    plain: str
    """For the window's title."""
    shown: Markup
    lead: Markup = NOTHING
    """Stands on the first page alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """The search on a page."""

    hint: str = "A person, an account, a word"
    severity: bool = False
    platform: bool = False
    waived: bool = False
    """Whether its lines are findings, of which some may be waived."""


class Shells:
    """Makes what stands around the lines of every page.

    Args:
        env: has the templates.
        shared: what the template knows of every page.

    """

    def __init__(self, env: Environment, shared: Mapping[str, object]) -> None:
        self._page = env.get_template("large/page.html")
        self._turner = macro(env, "pager", page_name=page_name)
        self._shared = shared
        self._known: dict[tuple[Find, Trail, str], list[bytes]] = {}

    def around(self, place: Place, heading: Heading, find: Find, trail: Trail) -> tuple[bytes, bytes]:
        """Return what stands before and after the lines of the page at ``place``."""
        pieces = iter(self._pieces(f"{place.stem}.html", find, trail))
        title, above, below = escaped(clean(heading.plain)), "", ""
        if place.pages > 1:
            title = escaped(f"{clean(heading.plain)}, page {place.number} of {place.pages}")
            above, below = self._turner(place, "Pages, above"), self._turner(place, "Pages, below")
        lead = heading.lead if place.number == 1 else ""
        before = [next(pieces)]
        for told in (title, heading.shown, lead, above):
            before += told.encode(), next(pieces)
        return b"".join(before), b"".join((next(pieces), below.encode(), next(pieces)))

    def _pieces(self, own: str, find: Find, trail: Trail) -> list[bytes]:
        """Return what stands between the marks on pages of one kind."""
        current = own if own in dict(BOOKS) else ""
        pieces = self._known.get((find, trail, current))
        if pieces is None:
            text = self._page.render(
                self._shared,
                heading=Heading(plain=_MARKS["title"], shown=_MARKS["heading"]),
                place=Place("", 1, 1),
                marks=_MARKS,
                books=BOOKS,
                current=current,
                find=find,
                trail=trail,
            )
            pieces = self._known[find, trail, current] = [piece.encode() for piece in _MARK.split(text)]
        return pieces


def macro(env: Environment, name: str, **known: object) -> Callable[..., Markup]:
    """Return the macro ``name`` of the template of that name, which may ask for ``known``.

    For what is filled a thousand times: a macro is spared the context that each template makes anew.
    """
    module = env.get_template(f"large/{name}.html").make_module(known)
    made: Callable[..., Markup] = vars(module)[name]
    return made
