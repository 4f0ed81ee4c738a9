"""One edition of the split report: what all its pages share, and how a book becomes pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from reports.large.book import Book
from reports.large.cells import Cells
from reports.large.finding_lines import FindingLines
from reports.large.say import INDEX, LargeSay, Targets
from reports.large.shell import Find, Heading, Shells, Trail, macro
from reports.large.tables import AccessLines, platform_key
from reports.page import Page
from reports.review import AccessReview


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
        self._texts = Book(folder, "texts")
        self._texts.part('<ul class="long">', "</ul>")
        self.say = LargeSay(review.timezone, self.targets, self.keep_text)
        self.cells = Cells(self.page, self.say)
        self.lines = AccessLines(self.cells)
        self.finding_lines = FindingLines(self.cells)
        shared = {
            "review": review,
            "page": self.page,
            "say": self.say,
            "index": INDEX,
            "platform_key": platform_key,
            "style": dress.style,
            "script": dress.script,
            "policy": dress.policy,
        }
        self._shells = Shells(env, shared)
        self.about_account = macro(env, "account", say=self.say, cells=self.cells)
        """Tells what is known of an account, with how many fails and unknowns it has."""

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
        trail: Trail = (),
    ) -> int:
        """Write the book's pages; return how many there are."""
        return book.finish(lambda place: self._shells.around(place, heading, find or Find(), trail))

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
