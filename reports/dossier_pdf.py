"""The dossier as a PDF: side by side on the first page, why, the timeline, where to report it, the evidence."""

from __future__ import annotations

import hashlib

from markupsafe import Markup

from reports.dossier import Dossier, comparison
from reports.dossier_routes import known_platforms
from reports.html import asset, css_string, environment
from reports.pdf import draw
from reports.say import PlainSay
from reports.text import clean, cut


def dossier_html(dossier: Dossier) -> str:
    """Return the HTML that the PDF is drawn from; its pictures are at ``picture:ours`` and ``picture:theirs``."""
    say = PlainSay(dossier.timezone)
    lines = tuple(comparison(dossier))
    style = asset("readers/paper.css") + asset("dossier/dossier.css") + _footer(dossier, say)
    return (
        environment()
        .get_template("dossier/dossier.html")
        .render(
            dossier=dossier,
            case=dossier.case,
            lines=tuple(line for line in lines if line.is_told),
            neither=tuple(line.label.lower() for line in lines if not line.is_told),
            knows_platform=dossier.case.candidate.platform in known_platforms(),
            say=say,
            style=Markup(style),  # noqa: S704 - our own files and a CSS-escaped footer
        )
    )


def dossier_pdf(dossier: Dossier) -> bytes:
    """Return the dossier as PDF/UA; the same dossier gives the same bytes.

    Raises:
        AuditorError: a system library that draws it is missing.

    """
    told = f"{dossier.organization}\n{dossier.case.case_id}\n{dossier.made_at.isoformat()}"
    identifier = hashlib.sha256(told.encode(errors="surrogatepass")).digest()[:16]
    pictures = {f"picture:{name}": picture.png for name, picture in dossier.pictures}
    return draw(dossier_html(dossier), identifier=identifier, pictures=pictures)


def _footer(dossier: Dossier, say: PlainSay) -> str:
    left = f"{cut(clean(dossier.organization), 40)}, dossier of case {dossier.case.case_id}"
    right = say.plain_moment(dossier.made_at)
    return (
        "@page{"
        f"@bottom-left{{content:{css_string(left)}}}"
        f"@bottom-right{{content:{css_string(right)} ', page ' counter(page) ' of ' counter(pages)}}"
        "}"
    )
