"""The review as a PDF to hand over: one document for each reader, made without network or files.

The full review is not the page printed: it has a template of its own that ends where a person stops
reading, and says where the rest is. Everything is drawn from the review, so the same review gives the
same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from auditor.errors import AuditorError
from reports.files import whole_binary_file
from reports.html import asset, content_policy, environment, page_footer
from reports.impersonators import pictures_of
from reports.page import Page
from reports.readers import DOCUMENTS
from reports.review import AccessReview
from reports.say import PlainSay
from reports.sheet import Sheet

if TYPE_CHECKING:
    from types import ModuleType

VARIANT = "pdf/ua-1"
"""Tagged for assistive programs, as ISO 14289-1 has it."""
_REMEDY = (
    "Install Pango and HarfBuzz; on Debian: "
    "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. Or leave 'pdf' out of the formats."
)


@dataclass(frozen=True, slots=True)
class PdfFormat:
    """The document to print, sign and file."""

    summary: str = "a PDF to print, sign and file"

    def write(self, review: AccessReview, out_dir: Path) -> list[Path]:
        """Write the reader's document.

        Raises:
            AuditorError: a system library that draws it is missing, or the disk refuses.

        """
        path = out_dir / f"{DOCUMENTS[review.reader].stem}.pdf"
        drawn = draw(
            print_html(review), identifier=_identifier(review), pictures=pictures_of(review.impersonation)
        )
        with whole_binary_file(path) as file:
            file.write(drawn)
        return [path]


def print_html(review: AccessReview) -> str:
    """Return the HTML that the PDF of the reader's document is drawn from."""
    document = DOCUMENTS[review.reader]
    say = PlainSay(review.timezone)
    page = Page(review, for_paper=True)
    style = "".join(map(asset, document.print_styles)) + page_footer(review, say)
    return (
        environment()
        .get_template(document.print_template)
        .render(
            review=review,
            document=document,
            page=page,
            sheet=Sheet(page),
            say=say,
            style=Markup(style),  # noqa: S704 - our own file and a CSS-escaped footer
            policy=content_policy(style, ""),
        )
    )


def draw(html: str, *, identifier: bytes, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """Return ``html`` as PDF; nothing it names is fetched, from the network or from the disk.

    Args:
        html: the document; it may hold no address that must be loaded but those of ``pictures``.
        identifier: what tells this PDF from others, 16 bytes.
        pictures: PNGs of our own making by the address the document has for them, such as ``picture:ours``.

    Raises:
        AuditorError: a system library is missing.

    """
    weasyprint = _library()
    document = weasyprint.HTML(string=html, url_fetcher=_Pictures(pictures or {}), base_url=None)
    made: bytes = document.write_pdf(
        pdf_variant=VARIANT, pdf_identifier=identifier, presentational_hints=True
    )
    return made


def missing() -> AuditorError | None:
    """Return what keeps this machine from drawing a PDF, or nothing."""
    try:
        _library()
    except AuditorError as error:
        return error
    return None


def _library() -> ModuleType:
    """Import the library that draws; late, because it loads a hundred megabytes of others."""
    try:
        # It opens Pango and HarfBuzz by name as it is imported, and where it cannot, it prints advice of its own.
        with redirect_stdout(StringIO()):
            import weasyprint
    except OSError as error:
        raise AuditorError("the system libraries that draw a PDF are missing.", remedy=_REMEDY) from error
    module: ModuleType = weasyprint
    return module


class _Pictures:
    """Answers with the pictures it was given, and every other wish to fetch something with no."""

    _fail_on_errors = False
    """Asked for by the library: the document is drawn without what was refused."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self._pictures = pictures

    def __call__(self, url: str, *_more: Any, **_options: Any) -> object:
        if url not in self._pictures:
            raise ValueError(f"a report fetches nothing, and {url[:40]!r} would have to be fetched")
        from weasyprint.urls import URLFetcherResponse

        return URLFetcherResponse(url, self._pictures[url], {"Content-Type": "image/png"})


def _identifier(review: AccessReview) -> bytes:
    told = f"{review.organization}\n{review.snapshot_id}\n{review.reader}\n{review.about}"
    return hashlib.sha256(told.encode(errors="surrogatepass")).digest()[:16]
