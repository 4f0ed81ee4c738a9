"""One edition of the split report: what all its pages share, and how a book becomes pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from reports.large.book import Book, Place, page_name
from reports.large.cells import Cells
from reports.large.finding_lines import FindingLines
from reports.large.frames import NOTHING
from reports.large.say import INDEX, LargeSay, Targets
from reports.large.tables import AccessLines, platform_key
from reports.page import Page
from reports.review import AccessReview

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
_MARK = Markup("<!-- lines -->")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """Style and script of a page, with the policy that allows just these."""

    style: Markup
    script: Markup
    policy: str


class Edition:
    """The folder being written, and everything its books need."""

    def __init__(self, review: AccessReview, folder: Path, env: Environment, dress: Dress) -> None:
        self.review = review
        self.page = Page(review)
        self.env = env
        self.targets = Targets()
        self._folder = folder
        self._dress = dress
        self._template = env.get_template("large/page.html")
        self._texts = Book(folder, "texts")
        self._texts.part('<ul class="long">', "</ul>")
        self.say = LargeSay(review.timezone, self.targets, self.keep_text)
        self.cells = Cells(self.page, self.say)
        self.lines = AccessLines(self.cells)
        self.finding_lines = FindingLines(self.cells)

    def stand_on_index(self, say: LargeSay) -> None:
        """Let lines link from the index from now on."""
        self.say = say
        self.cells = Cells(self.page, say)
        self.lines = AccessLines(self.cells)
        self.finding_lines = FindingLines(self.cells)

    def keep_text(self, anchor: str, text: str) -> None:
        """Keep a text that was cut where it stood, once."""
        line = Markup('<li id="{}" data-find><bdi>{}</bdi></li>\n').format(anchor, text)
        self.targets.pages[anchor] = self._texts.add(line)

    def book(self, stem: str) -> Book:
        """Return a new book."""
        return Book(self._folder, stem)

    def finish(
        self,
        book: Book,
        heading: Heading,
        *,
        find: Find | None = None,
        trail: tuple[tuple[str, str], ...] = (),
    ) -> int:
        """Write the book's pages; return how many there are."""
        return book.finish(lambda place: self._frame(place, heading, find or Find(), trail))

    def finish_texts(self) -> None:
        """Write the texts in full; without any there is no page."""
        lead = "Names and messages that are cut where they stand. Hidden characters are shown by their numbers, such as [U+202E]."
        if not self._texts.is_empty:
            heading = Heading(
                plain="Texts in full",
                shown=Markup("Texts in full"),
                lead=Markup('<p class="prose">{}</p>').format(lead),
            )
            self.finish(self._texts, heading)

    def part(self, name: str, **values: object) -> Markup:
        """Return the template ``large/name`` filled with ``values``, for what is not a line."""
        template = self.env.get_template(f"large/{name}")
        text = template.render(review=self.review, page=self.page, say=self.say, cells=self.cells, **values)
        return Markup(text)  # noqa: S704 - rendered with autoescape

    def _frame(
        self, place: Place, heading: Heading, find: Find, trail: tuple[tuple[str, str], ...]
    ) -> tuple[str, str]:
        text = self._template.render(
            review=self.review,
            page=self.page,
            say=self.say,
            place=place,
            heading=heading,
            find=find,
            trail=trail,
            books=BOOKS,
            index=INDEX,
            page_name=page_name,
            platform_key=platform_key,
            style=self._dress.style,
            script=self._dress.script,
            policy=self._dress.policy,
            body_mark=_MARK,
        )
        before, _mark, after = text.partition(_MARK)
        return before, after
