"""The people who hold access, the identities that are matched to nobody, and those who have left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from markupsafe import Markup

from auditor.model.estate import PersonStatus
from reports import names
from reports.large.accounts import highest_risk
from reports.large.book import Book
from reports.large.cells import QUIET, STANDING, UNKNOWN, UNKNOWN_WORD
from reports.large.edition import Edition
from reports.large.frames import NOTHING, SPACE, Frame, glued, joined
from reports.large.say import LargeSay
from reports.large.shell import Find, Heading
from reports.large.tables import TABLE_END, cell, head, number, row, table, valued
from reports.review import Holder, ReviewPerson, UnmatchedPrincipal

_THING = Frame('<section class="thing" id="{}" data-group><h2>{}</h2>\n{}')
_AGAIN = Frame('<section class="thing" data-group><h2>{}, continued</h2>\n')
_LINE = Frame('<p class="line">{}</p>\n')
_CODE = Frame("<code>{}</code>")
_ITEM = Frame("<li>{}</li>\n")
_END = "</section>\n"
STEPS = 400
"""Steps, and consequences, of one plan shown; 'auditor removal' prints a longer one."""


def write_people(edition: Edition) -> None:
    """Write everyone who holds access or answers for an account, by name, with every grant."""
    book = edition.book("people")
    for person in edition.page.people_in_order:
        _person(edition, book, person)
    lead = Markup('<p class="prose">Everyone of the roster who holds access or answers for an account, with every '
                  'grant, by name. <a href="holders.html">The list</a> tells them apart at a glance.</p>')  # fmt: skip
    heading = Heading(plain="People", shown=Markup("People"), lead=lead)
    find = Find(severity=True, waived=True)
    edition.finish(book, heading, find=find, trail=(("holders.html", "People"),))


def _person(edition: Edition, book: Book, person: ReviewPerson) -> None:
    cells, page, say = edition.cells, edition.page, edition.say
    anchor = names.anchor("person", person.person_id)
    name = say.text(person.name, 120)
    again = _AGAIN(name)
    title = glued(name, SPACE, standing(edition, person))
    about = [_THING(anchor, title, _post(edition, person))]
    if person.status is PersonStatus.TERMINATED:
        about.append(page.picture(page.person_map(person)))
    held = page.holders_of_person.get(person.person_id, ())
    if not held:
        about.append(_LINE("Holds no access that was seen."))
    book.part(closing=_END, again=again)
    edition.targets.pages[anchor] = book.add(glued(*about))
    if owned := page.owned_by_person.get(person.person_id, ()):
        book.inner('<h3>Answers for</h3><ul class="plain">', "</ul>\n")
        book.extend(_ITEM(cells.account(account.account_id)) for account in owned)
    book.inner('<h3>Findings</h3><ul class="plain">', "</ul>\n")
    fails = page.findings_of_person.get(person.person_id, ())
    book.extend(map(edition.finding_lines.fail_at_person, fails))
    _grants(edition, book, held, person.matched_by)


def _grants(edition: Edition, book: Book, held: Iterable[Holder], matched_by: Mapping[str, str]) -> None:
    book.inner("<h3>Grants</h3>" + table("held", "Grants"), TABLE_END)
    ranked = edition.page.ranked(held)
    book.extend(edition.lines.held(holder, matched_by.get(holder.principal_id)) for holder in ranked)


def _post(edition: Edition, person: ReviewPerson) -> Markup:
    key = ("post", person.title, person.department, person.kind, person.manager_name)
    post = edition.say.once(key, lambda: _post_alone(edition.say, person))
    return _LINE(glued(post, edition.cells.known(person.known)))


def _post_alone(say: LargeSay, person: ReviewPerson) -> Markup:
    told = [say.text(person.title, 80) if person.title else Markup("No title in the roster")]
    if person.department:
        told.append(say.text(person.department, 80))
    if person.kind:
        told.append(Markup.escape(str(person.kind)))
    line = joined(told)
    if person.manager_name:
        line += Markup("; manager ") + say.text(person.manager_name, 60)
    return line + Markup(". ")


def standing(edition: Edition, person: ReviewPerson) -> Markup:
    """Return a person's standing where it is not plainly employed."""
    if person.status is None:
        return UNKNOWN_WORD("standing unknown")
    if person.status is PersonStatus.ACTIVE:
        return NOTHING
    last = f", last day {edition.say.plain_day(person.left_on)}" if person.left_on else ""
    return STANDING(names.PERSON_STATUS_NAMES[person.status] + last)


def write_principals(edition: Edition) -> None:
    """Write the identities that hold access and are matched to nobody, with every grant."""
    book = edition.book("principals")
    for principal in edition.review.unmatched:
        _principal(edition, book, principal)
    lead = Markup('<p class="prose">These identities hold access and are matched to nobody in the roster: outsiders, '
                  "or people whose match awaits a human. A guess by name never counts as a match.</p>")  # fmt: skip
    words = "Access held by nobody we know"
    edition.finish(book, Heading(plain=words, shown=Markup.escape(words), lead=lead))


def _principal(edition: Edition, book: Book, principal: UnmatchedPrincipal) -> None:
    say = edition.say
    anchor = names.anchor("principal", principal.principal_id)
    name = say.text(principal.name, 120)
    kind = f" {principal.kind}" if principal.kind else ""
    about = [say.text(principal.email, 80)] if principal.email else []
    about += [say.text("@" + principal.handle, 60)] if principal.handle else []
    about.append(_CODE(say.text(principal.principal_id, 80)))
    line = glued(joined(about), Markup("."))
    if principal.proposals:
        guesses = joined([say.text(guess, 120) for guess in principal.proposals[:20]], "; ")
        line += Markup(" ") + QUIET("Could be, for a human to decide:") + Markup(" ") + guesses + Markup(".")
    title = glued(name, SPACE, QUIET(names.platform(principal.platform) + kind))
    book.part(closing=_END, again=_AGAIN(name))
    edition.targets.pages[anchor] = book.add(_THING(anchor, title, _LINE(line)))
    held = edition.page.holders_of_principal.get(principal.principal_id, ())
    _grants(edition, book, held, {})


def write_people_list(edition: Edition) -> None:
    """Write the list of people, the one with the riskiest finding first."""
    book = edition.book("holders")
    book.part(table("people", "Who holds access"), TABLE_END)
    for person in people_by_risk(edition):
        book.add(person_row(edition, person))
    lead = edition.part("holders.html")
    heading = Heading(plain="People", shown=Markup("People"), lead=lead)
    edition.finish(book, heading, find=Find(hint="A person, a department, a standing"))


def people_by_risk(edition: Edition) -> list[ReviewPerson]:
    """Return the people, the one with the riskiest finding first."""
    found = edition.page.findings_of_person

    def key(person: ReviewPerson) -> tuple[int, int]:
        fails = found.get(person.person_id, ())
        score = (fails[0].risk.score if fails[0].risk else int(fails[0].severity)) if fails else -1
        return (-score, -len(fails))

    return sorted(edition.page.people_in_order, key=key)


def person_row(edition: Edition, person: ReviewPerson) -> Markup:
    """Return the line of one person at a glance."""
    page, say = edition.page, edition.say
    held = page.holders_of_person.get(person.person_id, ())
    fails = page.findings_of_person.get(person.person_id, ())
    post = say.once(("duty", person.title, person.department), lambda: _duty(say, person))
    return row(
        head(say.link("person", person.person_id, person.name)),
        cell(post),
        cell(standing(edition, person) or "employed"),
        number(len(held)),
        number(len({holder.account_id for holder in held})),
        number(len(fails)),
        number(highest_risk(fails)),
    )


def _duty(say: LargeSay, person: ReviewPerson) -> Markup:
    told = [say.text(text, 80) for text in (person.title, person.department) if text]
    return joined(told) if told else QUIET("no title in the roster")


def write_leavers(edition: Edition) -> None:
    """Write who has left and still holds access, with the days since."""
    book = edition.book("leavers")
    book.part(table("leavers", "Days of access after the last day of work"), TABLE_END)
    for one in edition.page.exposures:
        places = [edition.cells.account(key) for key in one.account_ids[:20]]
        more = len(one.account_ids) - len(places)
        told = joined(places) + (QUIET(f" and {more} more") if more else Markup())
        since = UNKNOWN if one.days is None else one.days
        book.add(row(
            head(edition.cells.person(one.person_id)),
            cell(edition.say.day(one.left_on) if one.left_on else UNKNOWN),
            valued(99_999 if one.days is None else one.days, since),
            cell(told),
        ))  # fmt: skip
    words = "Who has left and still holds access"
    edition.finish(
        book, Heading(plain=words, shown=Markup.escape(words)), trail=(("holders.html", "People"),)
    )


def write_removals(edition: Edition) -> None:
    """Write the plans of removal the review has, the most urgent first."""
    if not edition.review.removals:
        return
    book = edition.book("removals")
    for plan in edition.review.removals:
        shown = replace(plan, steps=plan.steps[:STEPS], consequences=plan.consequences[:STEPS])
        left_out = len(plan.steps) - len(shown.steps) + len(plan.consequences) - len(shown.consequences)
        book.add(edition.part("removal.html", plan=shown, left_out=left_out))
    heading = Heading(
        plain="Removing access safely",
        shown=Markup("Removing access safely"),
        lead=edition.part("removals.html", total=edition.review.removals[0].total),
    )
    edition.finish(book, heading, find=Find(hint="A person, an app, a word"))
