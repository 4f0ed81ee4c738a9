"""Which document each reader gets: its file, its title, its template and its style, in one place.

The page (`reports.html`) and the PDF (`reports.pdf`) both look here, so that a reader added to the
table is served by both.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.review import Reader
from reports.say import PlainSay, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One reader's document."""

    stem: str
    """File name without its ending."""
    title: str
    template: str
    """Template of the page."""
    print_template: str
    """Template of the PDF."""
    styles: tuple[str, ...]
    """Style sheets of the page, in order, below ``templates/``."""
    print_styles: tuple[str, ...]
    """Style sheets of the PDF."""
    script: str | None = None
    """Script of the page; None: it needs none."""
    say: type[Say] = PlainSay
    """How the page says names: with links to their sections, or as on paper."""


_PAPER = ("readers/paper.css", "pictures.css", "removal.css")

DOCUMENTS: dict[Reader, Document] = {
    Reader.FULL: Document(
        stem="access-review",
        title="Access review",
        template="report.html",
        print_template="readers/full_print.html",
        styles=("report.css", "pictures.css", "removal.css"),
        print_styles=_PAPER,
        script="report.js",
        say=Say,
    ),
    Reader.EXECUTIVE: Document(
        stem="executive",
        title="Access review on one page",
        template="readers/executive.html",
        print_template="readers/executive.html",
        styles=_PAPER,
        print_styles=_PAPER,
    ),
    Reader.OWNER: Document(
        stem="access-review",
        title="Access to your accounts",
        template="readers/owner.html",
        print_template="readers/owner.html",
        styles=_PAPER,
        print_styles=_PAPER,
    ),
    Reader.PERSON: Document(
        stem="person",
        title="All access of one person",
        template="readers/person.html",
        print_template="readers/person.html",
        styles=_PAPER,
        print_styles=_PAPER,
    ),
    Reader.METHOD: Document(
        stem="method",
        title="Method and sources",
        template="readers/method.html",
        print_template="readers/method.html",
        styles=_PAPER,
        print_styles=_PAPER,
    ),
}
