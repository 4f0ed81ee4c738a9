"""The accounts: one book each with all that is known of it, the list of them, and those patients' data can reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from reports import charts, names, tally
from reports.large.book import Book, page_name
from reports.large.cells import QUIET, UNKNOWN_WORD, Cells
from reports.large.edition import Edition
from reports.large.frames import NOTHING, Frame
from reports.large.shell import Find, Heading
from reports.large.tables import TABLE_END, cell, head, number, on_platform, row, table
from reports.review import ReviewAccount, ReviewFinding
from reports.text import plural

_H2 = Frame('<h2 id="{}">{}</h2>\n')
_AGAIN = Frame("<h2>{}, continued</h2>\n")
_NAMED = Frame("{} {}")
_LINE = Frame('<p class="line">{}</p>')


def write_accounts(edition: Edition) -> None:
    """Write one book an account, and one for the findings that stand at no account of the report."""
    unknowns = at_accounts(edition, edition.page.unknowns)
    for account in edition.review.accounts:
        key = account.account_id
        fails = edition.page.findings_of_account.get(key, ())
        _write_account(edition, account, fails, unknowns.get(key, ()))
    fails_elsewhere = at_accounts(edition, edition.page.fails).get("", ())
    _write_elsewhere(edition, fails_elsewhere, unknowns.get("", ()))


def at_accounts(edition: Edition, findings: Iterable[ReviewFinding]) -> Mapping[str, Sequence[ReviewFinding]]:
    """Return ``findings`` by account id, in their order; an empty id: at no account of the report."""
    places: defaultdict[str, list[ReviewFinding]] = defaultdict(list)
    for finding in findings:
        known = finding.account_id if finding.account_id in edition.page.accounts else None
        places[known or ""].append(finding)
    return places


def _write_account(
    edition: Edition,
    account: ReviewAccount,
    fails: Sequence[ReviewFinding],
    unknowns: Sequence[ReviewFinding],
) -> None:
    stem = names.anchor("account", account.account_id)
    book = edition.book(stem)
    _findings(edition, book, stem, fails, unknowns)
    _holders(edition, book, account)
    _others(edition, book, account)
    name = names.account_with_platform(account)
    heading = Heading(
        plain=edition.say.short(name, 80),
        shown=_NAMED(edition.say.text(names.account(account), 120), QUIET(names.platform(account.platform))),
        lead=edition.about_account(account, len(fails), len(unknowns)),
    )
    find = Find(hint="A person, a rule, a word", severity=True, waived=True)
    edition.finish(book, heading, find=find, trail=(("accounts.html", "Accounts"),))


def _write_elsewhere(
    edition: Edition, fails: Sequence[ReviewFinding], unknowns: Sequence[ReviewFinding]
) -> None:
    book = edition.book("elsewhere")
    _findings(edition, book, "elsewhere", fails, unknowns)
    lead = Markup('<p class="prose">These findings are about people, identities or apps as a whole, or about an '
                  "account that this snapshot did not read.</p>")  # fmt: skip
    heading = Heading(plain="At no single account", shown=Markup("Findings at no single account"), lead=lead)
    edition.finish(
        book, heading, find=Find(severity=True, waived=True), trail=(("accounts.html", "Accounts"),)
    )


def _findings(
    edition: Edition, book: Book, stem: str, fails: Sequence[ReviewFinding], unknowns: Sequence[ReviewFinding]
) -> None:
    lines = edition.finding_lines
    kinds = (
        ("findings", plural(len(fails), "finding"), "by-account", lines.fail_at_account, fails),
        (
            "undecided",
            plural(len(unknowns), "check") + " not decided",
            "undecided-by-account",
            lines.undecided_at_account,
            unknowns,
        ),
    )
    for anchor, words, kind, line, findings in kinds:
        opened = table(kind, words)
        book.part(_H2(anchor, words) + opened, TABLE_END, _AGAIN(words) + opened)
        pages = book.extend(map(line, findings))
        if pages and pages[-1] > 1:
            for finding, page in zip(findings, pages, strict=True):
                if page > 1:
                    edition.targets.findings[lines.anchor(finding)] = page_name(stem, page)


def _holders(edition: Edition, book: Book, account: ReviewAccount) -> None:
    words = "Who can act as it"
    if not account.holders:
        book.part()
        book.add(_H2("holders", words) + edition.part("nobody.html"))
        return
    picture = edition.page.picture(charts.levels_bar(account))
    told = charts.level_words(account.holders)
    opened = table("holders", words)
    line = _LINE(told[:1].upper() + told[1:]) if told else NOTHING
    book.part(_H2("holders", words) + picture + line + opened, TABLE_END, _AGAIN(words) + opened)
    book.extend(map(edition.lines.holder, edition.page.ranked(account.holders)))


def _others(edition: Edition, book: Book, account: ReviewAccount) -> None:
    if account.apps:
        opened = table("apps", "Connected apps")
        book.part(_H2("apps", "Connected apps") + opened, TABLE_END, _AGAIN("Connected apps") + opened)
        for app in account.apps:
            book.add(edition.lines.app(app, account.platform, named=False))
    words = "What we asked, and what we know"
    opened = table("asked", words)
    book.part(_H2("asked", words) + opened, TABLE_END, _AGAIN(words) + opened)
    book.extend(map(edition.lines.asked, account.coverage))


def account_row(edition: Edition, account: ReviewAccount) -> Markup:
    """Return the line of one account at a glance."""
    cells, page, say = edition.cells, edition.page, edition.say
    fails = page.findings_of_account.get(account.account_id, ())
    split = tally.split_of(account.coverage)
    told = charts.level_words(account.holders)
    return row(
        head(cells.account(account.account_id)),
        number(account.tier or UNKNOWN_WORD("none")),
        cell(cells.responsible(account)),
        cell(told or QUIET("nobody seen")),
        number(sum(not names.is_gone(holder) for holder in account.holders)),
        number(len(account.apps)),
        number(len(fails)),
        number(highest_risk(fails)),
        number(page.unknowns_of_account.get(account.account_id, 0)),
        number(say.share(split.unknown, split.total) if split.total else UNKNOWN_WORD("all")),
        attributes=on_platform(account.platform),
    )


def highest_risk(fails: Sequence[ReviewFinding]) -> int | Markup:
    """Return the highest score of ``fails``, which stand highest first."""
    if not fails:
        return QUIET("none")
    return fails[0].risk.score if fails[0].risk else QUIET("not scored")


def by_risk(edition: Edition) -> list[ReviewAccount]:
    """Return the accounts, the one with the riskiest finding first, then the one with most findings."""
    found = edition.page.findings_of_account
    none: tuple[ReviewFinding, ...] = ()

    def key(account: ReviewAccount) -> tuple[int, int]:
        fails = found.get(account.account_id, none)
        worst = fails[0] if fails else None
        score = (worst.risk.score if worst.risk else int(worst.severity)) if worst else -1
        return (-score, -len(fails))

    return sorted(edition.page.in_order, key=key)


def write_account_lists(edition: Edition) -> None:
    """Write the list of accounts, and of those that patients' data can reach."""
    book = edition.book("accounts")
    book.part(table("accounts", "All accounts at a glance"), TABLE_END)
    for account in by_risk(edition):
        book.add(account_row(edition, account))
    lead = Markup('<p class="prose">The account with the riskiest finding first. '
                  '<a href="elsewhere.html">Findings at no single account</a> stand apart.</p>')  # fmt: skip
    heading = Heading(plain="Accounts", shown=Markup("Accounts"), lead=lead)
    edition.finish(book, heading, find=Find(hint="An account, a person", platform=True))
    _write_exposed(edition)


def _write_exposed(edition: Edition) -> None:
    page, cells = edition.page, edition.cells
    book = edition.book("exposed")
    book.part(table("exposed", "Accounts marked as reachable by patients' data"), TABLE_END)
    for account in page.exposed:
        book.add(_exposed_row(edition, account))
    book.part('<h2>Not marked either way</h2><ul class="plain">', "</ul>")
    for account in page.unmarked:
        line = Markup("<li data-find{}>{}</li>\n")
        book.add(line.format(on_platform(account.platform), cells.account(account.account_id)))
    heading = Heading(
        plain="Accounts that patients' data can reach",
        shown=Markup("Accounts that patients' data can reach"),
        lead=edition.part("exposed.html"),
    )
    edition.finish(book, heading, find=Find(hint="An account, a person", platform=True),
                   trail=(("accounts.html", "Accounts"),))  # fmt: skip


def _exposed_row(edition: Edition, account: ReviewAccount) -> str:
    cells: Cells = edition.cells
    page = edition.page
    return row(
        head(cells.account(account.account_id)),
        cell(cells.responsible(account)),
        number(page.message_holders(account, True)),
        number(page.message_holders(account, None)),
        number(sum(bool(app.can_message) for app in account.apps)),
        number(len(page.findings_of_account.get(account.account_id, ()))),
        attributes=on_platform(account.platform),
    )
