"""The review as one self-contained HTML file: no outside request, nothing that needs script to read.

Every string that reaches the page passes `reports.text.clean` (through Jinja2's finalize) and Jinja2's
escaping, so no template can forget either. The content policy allows exactly one style and one script,
by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from reports import charts, exposure, impersonator_words, waivers
from reports.environment import plain_environment
from reports.files import whole_file
from reports.large.edition import Dress
from reports.large.folder import remove_pages
from reports.large.report import write_large
from reports.large.say import FOLDER
from reports.large.size import is_large
from reports.large.tables import labels
from reports.page import Page
from reports.readers import DOCUMENTS
from reports.review import AccessReview, Reader
from reports.say import Say
from reports.sheet import Sheet
from reports.standing import is_reopened
from reports.text import clean, cut


@dataclass(frozen=True, slots=True)
class HtmlFormat:
    """The document to read, print and hand over."""

    summary: str = "an HTML page to read, print and hand over; with a folder of pages where it is large"

    def write(self, review: AccessReview, out_dir: Path) -> list[Path]:
        """Write the page, or where it would be too large an index and its folder of pages.

        Raises AuditorError where the disk refuses.
        """
        if review.reader is Reader.FULL:
            if is_large(review):
                return write_split(review, out_dir)
            remove_pages(out_dir / FOLDER)
        path = out_dir / f"{DOCUMENTS[review.reader].stem}.html"
        with whole_file(path) as file:
            for piece in render(review):
                file.write(piece)
        return [path]


def write_split(review: AccessReview, out_dir: Path) -> list[Path]:
    """Write ``review`` as an index and a folder of pages, whatever its size; return the index."""
    return write_large(review, out_dir, environment(), lambda scripts: _dress(review, scripts))


def render(review: AccessReview) -> Iterator[str]:
    """Yield the text of the reader's page in order."""
    document = DOCUMENTS[review.reader]
    say = document.say(review.timezone)
    style = "".join(map(asset, document.styles)) + page_footer(review, say)
    script = asset(document.script) if document.script else ""
    page = Page(review)
    template = environment().get_template(document.template)
    yield from template.generate(
        review=review,
        document=document,
        page=page,
        sheet=Sheet(page),
        say=say,
        style=Markup(style),  # noqa: S704 - our own file and a CSS-escaped footer
        script=Markup(script),  # noqa: S704 - our own file
        policy=content_policy(style, script, pictures=_has_pictures(review)),
    )


@cache
def environment() -> Environment:
    """Return the Jinja2 environment of pages: that of mails, and what a page draws; a template is compiled once."""
    env = plain_environment()
    env.globals.update(charts=charts, clockwords=exposure, waiverwords=waivers, is_reopened=is_reopened,
                       casewords=impersonator_words)  # fmt: skip
    return env


def content_policy(style: str, script: str, *, pictures: bool = False) -> str:
    """Return the content security policy that allows just ``style`` and ``script``, and pictures within the page."""
    images = "img-src data:; " if pictures else ""
    return f"default-src 'none'; {images}style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"


def _has_pictures(review: AccessReview) -> bool:
    return bool(review.impersonation and review.impersonation.pictures)


def _dress(review: AccessReview, scripts: tuple[str, ...]) -> Dress:
    document = DOCUMENTS[review.reader]
    large = asset("large/large.css").replace("/* LABELS */", labels())
    style = "".join(map(asset, document.styles)) + large + page_footer(review, document.say(review.timezone))
    script = "".join(map(asset, scripts))
    return Dress(
        style=Markup(style),  # noqa: S704 - our own files and a CSS-escaped footer
        script=Markup(script),  # noqa: S704 - our own files
        policy=content_policy(style, script, pictures=_has_pictures(review)),
    )


def asset(name: str) -> str:
    """Return the text of a file below ``templates/``."""
    return (resources.files("reports") / "templates" / name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def page_footer(review: AccessReview, say: Say) -> str:
    """Return the style that puts snapshot, time and page number at the foot of each printed page."""
    title = DOCUMENTS[review.reader].title.lower()
    left = f"{cut(clean(review.organization), 40)}, {title}, snapshot {clean(review.snapshot_id)}"
    right = say.plain_moment(review.as_of)
    return (
        "@page{"
        f"@bottom-left{{content:{css_string(left)}}}"
        f"@bottom-right{{content:{css_string(right)} ', page ' counter(page) ' of ' counter(pages)}}"
        "}"
    )


def css_string(text: str) -> str:
    """Return ``text`` as a CSS string that can end neither the string nor the style element."""
    safe = "".join(
        char if char.isalnum() or char in " .,:;()_-+" else f"\\{ord(char):06x}" for char in text[:120]
    )
    return f"'{safe}'"
