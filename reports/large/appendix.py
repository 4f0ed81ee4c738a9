"""What is not known, apps, and evidence: the books that others link into, written first."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from auditor.model.finding import Severity
from reports import names
from reports.large.book import Book
from reports.large.cells import QUIET, SEVERITY, UNKNOWN, UNKNOWN_WORD
from reports.large.edition import Edition
from reports.large.frames import Frame
from reports.large.shell import Find, Heading
from reports.large.tables import TABLE_END, cell, head, number, row, table
from reports.page import Waiting
from reports.review import Gap
from reports.text import listed, plural

_GAP = Frame('<section class="gap" id="{}" data-find data-group><h2>{}</h2>\n{}')
_AGAIN = Frame('<section class="gap" data-group><h2>{}, continued</h2>\n')
_CLOSES = Frame('<p class="closes">{} {}{}</p>\n')
_TOLD = Frame('<p><span class="quiet">{}</span> {}</p>\n')
_PLACE = Frame("<li>{}</li>\n")
_WAITS = Frame("<li>{} {} {}</li>\n")


def write_evidence(edition: Edition) -> None:
    """Write every raw record the report rests on, by its digest."""
    book = edition.book("evidence")
    book.part(table("evidence", "Raw records this report rests on"), TABLE_END)
    pages = 0
    for record in edition.page.evidence:
        source = edition.cells.source(record.source) if record.source else QUIET("several")
        page = book.add(row(
            head(Frame("<code>{}</code>")(edition.say.text(record.evidence_id, 80))),
            cell(source),
            number(record.statements),
            anchor=names.anchor("evidence", record.evidence_id),
        ))  # fmt: skip
        if page > pages:
            edition.targets.evidence.append(record.evidence_id)
            pages = page
    lead = Markup('<p class="prose">Each statement names the raw record it rests on by the first twelve digits of '
                  "the record's SHA-256. The records are kept in the evidence store, secrets removed.</p>")  # fmt: skip
    if book.is_empty:
        lead = Markup("<p>{} by this snapshot.</p>").format(UNKNOWN_WORD("No raw record is named"))
    edition.finish(
        book, Heading(plain="Evidence", shown=Markup("Evidence"), lead=lead), find=Find(hint="A digest")
    )


def write_apps(edition: Edition) -> None:
    """Write every authorisation of every app."""
    book = edition.book("apps")
    book.part(table("apps", "Every authorisation of every app"), TABLE_END)
    for account, app in edition.page.apps:
        page = book.add(edition.lines.app(app, account.platform, named=True))
        edition.targets.pages[names.anchor("app", app.app_key)] = page
    lead = Markup()
    if book.is_empty:
        lead = Markup('<p>No app was seen. Where apps could not be seen at all, <a href="unknowns.html">what we do '
                      "not know</a> says so.</p>")  # fmt: skip
    heading = Heading(plain="Apps", shown=Markup("Apps connected to accounts"), lead=lead)
    edition.finish(book, heading, find=Find(hint="An app, an account", platform=True))


def write_unknowns(edition: Edition) -> None:
    """Write what is not known, by what would close it, and where each gap is."""
    book = edition.book("unknowns")
    for gap in edition.page.gaps:
        _write_gap(edition, book, gap)
    lead = Markup('<p class="prose">Unknown is not a pass. Each section is one thing to do, the one that closes most '
                  "first. Every undecided check stands by itself at its account and at its rule.</p>")  # fmt: skip
    if book.is_empty:
        lead = Markup(
            "<p>Every question asked of every account has an answer, and every check a verdict.</p>"
        )
    words = "What we do not know, by what would close it"
    edition.finish(book, Heading(plain="Not known", shown=Markup.escape(words), lead=lead))


def _write_gap(edition: Edition, book: Book, gap: Gap) -> None:
    say = edition.say
    anchor = names.anchor("gap", gap.remedy)
    title = say.prose(gap.remedy) if gap.remedy else Markup("No known way to close these")
    told = closes(gap)
    if gap.reasons:
        reasons = Markup(" ").join(say.sentence(reason, 240) for reason in gap.reasons[:4])
        more = len(gap.reasons) - 4
        told += _TOLD(
            "Why:", reasons + (QUIET(f" and {more} more reasons, told at each account.") if more > 0 else "")
        )
    if gap.facts:
        told += _TOLD("What:", listed(names.FACT_NAMES[fact] for fact in gap.facts))
    book.part(closing="</section>\n", again=_AGAIN(title))
    edition.targets.pages[anchor] = book.add(_GAP(anchor, title, told))
    _waiting(edition, book, edition.page.undecided.get(gap.remedy, ()))
    book.inner('<h3>Where</h3><ul class="places">', "</ul>\n")
    for account_id in gap.account_ids:
        book.add(_PLACE(edition.cells.account(account_id)))


def _waiting(edition: Edition, book: Book, undecided: Sequence[Waiting]) -> None:
    book.inner('<h3>Checks that wait for it</h3><ul class="plain">', "</ul>\n")
    for waiting in undecided:
        rule = edition.cells.rule(waiting.findings[0].rule, waiting.rule_title)
        count = QUIET(plural(len(waiting.findings), "check"))
        book.add(_WAITS(SEVERITY[waiting.severity], rule, count))


def closes(gap: Gap) -> Markup:
    """Return how much would be known if the gap were closed."""
    told = []
    if gap.cells:
        told.append(plural(gap.cells, "question") + " unanswered")
    if gap.findings:
        told.append(plural(gap.findings, "check") + " undecided")
    worst: Severity | None = gap.worst
    grave = Markup(", the gravest ") + SEVERITY[worst] if worst else Markup()
    return _CLOSES(UNKNOWN, listed(told), grave)
