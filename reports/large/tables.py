"""The tables of the pages: their heads, and the lines of grants, apps and questions. Labels for a phone come from CSS."""

from __future__ import annotations

from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter

from markupsafe import Markup

from reports import names
from reports.large.cells import BASIS, QUIET, SEVERITY, UNKNOWN, UNKNOWN_WORD, Cells
from reports.large.frames import NOTHING, SPACE, Frame, Memory, glued
from reports.review import ConnectedApp, CoverageCell, Holder

_TABLE = Frame(
    '<table class="lines {}" data-sort><caption class="sr">{}</caption><thead><tr>{}</tr></thead><tbody>\n'
)
_HEAD = Frame('<th scope="col" class="{}">{}</th>')
TABLE_END = Markup("</tbody></table>\n")
_HEADS = {
    "by-rule": (("Risk", "w-sev"), ("Finding", "w-find"), ("Who", "w-who"), ("Account", "w-who"),
                ("Known since", "w-date"), ("How we know", "")),
    "by-account": (("Severity and risk", "w-sev"), ("Finding", "w-find"), ("Who", "w-who"),
                   ("First step", "w-step"), ("Known since", "w-date"), ("How we know", "")),
    "undecided-by-rule": (("Risk", "w-sev"), ("Not decided", "w-find"), ("Who", "w-who"), ("Account", "w-who"),
                          ("Why, and what would close it", "")),
    "undecided-by-account": (("Severity and risk", "w-sev"), ("Not decided", "w-find"), ("Who", "w-who"),
                             ("Why, and what would close it", "")),
    "holders": (("Who", "w-name"), ("Level and role", "w-name"), ("How it came", ""), ("Reaches", ""),
                ("Second factor", "w-short"), ("Last used", "w-date"), ("How we know", "w-how")),
    "held": (("Account", "w-name"), ("Level and role", "w-name"), ("How it came", ""), ("Reaches", ""),
             ("Second factor", "w-short"), ("Last used", "w-date"), ("How we know", "w-how")),
    "apps": (("App", "w-name"), ("Account", "w-name"), ("May do", ""), ("Vendor inventory", "w-name"),
             ("Let in, last used", "w-name"), ("How we know", "w-how")),
    "asked": (("Question", "w-wide"), ("Answer", "w-how"), ("Why, and what would close it", ""),
              ("Source", "w-wide")),
    "accounts": (("Account", "w-wide"), ("Tier", "n n-short"), ("Responsible", "w-name"), ("Who holds what", ""),
                 ("Holders", "n"), ("Apps", "n n-short"), ("Findings", "n"), ("Highest risk", "n"),
                 ("Undecided", "n"), ("Facts unknown", "n")),
    "exposed": (("Account", ""), ("Responsible", "w-name"), ("Reach messages", "n"), ("Might reach them", "n"),
                ("Apps that read them", "n"), ("Findings", "n")),
    "rules": (("Severity", "w-sev"), ("Rule", ""), ("Pack", "w-name"), ("Highest risk", "n"), ("Fail", "n"),
              ("Unknown", "n"), ("New", "n")),
    "people": (("Who", "w-wide"), ("Post", ""), ("Standing", "w-wide"), ("Grants", "n"), ("Accounts", "n"),
               ("Findings", "n"), ("Highest risk", "n")),
    "leavers": (("Who", "w-wide"), ("Last day", "w-date"), ("Days since", "n"), ("Still on", "")),
    "evidence": (("SHA-256 of the record", ""), ("Source", "w-name"), ("Statements", "n")),
}  # fmt: skip
"""Kind of table to its columns: words and width."""
_GRANT, _HEAD_END = Markup('<tr data-find><th scope="row">'), Markup("</th>")
_CELL_OPEN, _GRANT_END = Markup("<td>"), Markup("</td></tr>\n")
_ACCESS = Frame('<td data-value="{}">{}</td><td>{}</td><td>{}</td><td>{}</td>')
_MATCHED = Frame(' <span class="how">Identity {} matched by {}.</span>')
_CELL = Frame("<td>{}</td>")
_VALUED = Frame('<td data-value="{}">{}</td>')
_NUMBER = Frame('<td class="n">{}</td>')
_ROW, _FOUND, _CLOSED, _ROW_END = map(Markup, ("<tr", " data-find", ">", "</tr>\n"))
_ID = Frame(' id="{}"')
_ROW_HEAD = Frame('<th scope="row">{}</th>')
_SCOPES = Frame('<span class="quiet rule">{}</span>')
_MESSAGES = {
    True: Markup(", <strong>reads messages</strong>"),
    None: glued(SPACE, UNKNOWN_WORD("Messages unknown")),
    False: NOTHING,
}
_LISTED = {True: Markup("Listed"), False: Markup("Not listed"), None: UNKNOWN}
_SEVERE = Frame(' data-severity="{}"')
_ON = Frame(' data-platform="{}"')
SEVERE = {int(severity): _SEVERE(int(severity)) for severity in SEVERITY}

_access_of = attrgetter(
    "level",
    "role",
    "via",
    "via_name",
    "via_id",
    "granted_at",
    "can_message",
    "can_grant",
    "mfa",
    "mfa_methods",
)
"""What the cells on a grant's power are made of."""


@lru_cache(maxsize=256)
def table(kind: str, caption: str) -> Markup:
    """Return the opening of a table of ``kind``."""
    return _TABLE(kind, caption, _heads(kind))


@cache
def _heads(kind: str) -> Markup:
    return NOTHING.join(_HEAD(style, label) for label, style in _HEADS[kind])


def labels() -> str:
    """Return the style that puts each column's words beside its cells where a phone shows lines as cards."""
    return "".join(
        f'.lines.{kind}>tbody>tr>td:nth-child({place})::before{{content:"{label}"}}'
        for kind, heads in _HEADS.items()
        for place, (label, _style) in enumerate(heads, start=1)
    )


@cache
def on_platform(platform: str | None) -> Markup:
    """Return the attribute by which the filter knows a line's platform."""
    return _ON(platform_key(platform)) if platform else NOTHING


def platform_key(platform: str) -> str:
    """Return the platform as the filter of a page knows it, whatever it is called."""
    return names.anchor("platform", platform).removeprefix("platform-")[:6]


def row(*cells: Markup, attributes: Markup = NOTHING, anchor: str | None = None) -> Markup:
    """Return a line of ``cells``, the first its head."""
    named = _ID(anchor) if anchor else NOTHING
    return glued(_ROW, named, _FOUND, attributes, _CLOSED, *cells, _ROW_END)


def head(content: str) -> Markup:
    """Return the cell that names its line."""
    return _ROW_HEAD(content)


def cell(content: str) -> Markup:
    """Return a cell."""
    return _CELL(content)


def valued(value: str | int, content: str | int) -> Markup:
    """Return a cell that sorts by ``value``."""
    return _VALUED(value, content)


def number(count: int | str) -> Markup:
    """Return a cell with a number."""
    return _NUMBER(count)


class AccessLines:
    """One function a kind of line on what was observed."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self._accesses: Memory[tuple[object, ...], Markup] = Memory()
        self._uses: Memory[datetime | None, Markup] = Memory()

    def holder(self, holder: Holder) -> Markup:
        """Return the line of one grant at its account."""
        return glued(_GRANT, self.cells.holder(holder), _HEAD_END, *self._grant(holder), _GRANT_END)

    def held(self, holder: Holder, matched_by: str | None) -> Markup:
        """Return the line of one grant at its person or identity."""
        where = self.cells.account(holder.account_id)
        standing = self.cells.grant_status(holder)
        matched = NOTHING
        if matched_by:
            key = ("matched", holder.principal_name, matched_by)
            matched = self.cells.say.once(key, lambda: self._matched(holder, matched_by))
        return glued(_GRANT, where, standing, _HEAD_END, *self._grant(holder), matched, _GRANT_END)

    def _matched(self, holder: Holder, matched_by: str) -> Markup:
        how = names.MATCH_NAMES.get(matched_by) or self.cells.say.short(matched_by, 60)
        return _MATCHED(self.cells.say.text(holder.principal_name, 60), how)

    def _grant(self, holder: Holder) -> tuple[Markup, ...]:
        access, used = self._accesses.get(_access_of(holder)), self._uses.get(holder.last_used_at)
        if access is None:
            access = self._accesses.keep(_access_of(holder), self._access(holder))
        if used is None:
            used = self._uses.keep(holder.last_used_at, self._used(holder))
        return access, used, _CELL_OPEN, self.cells.known(holder.known)

    def _access(self, holder: Holder) -> Markup:
        cells = self.cells
        level = int(holder.level) if holder.level else 8
        return _ACCESS(
            level, cells.level(holder, holder.role), cells.way(holder), cells.reach(holder), cells.mfa(holder)
        )

    def _used(self, holder: Holder) -> Markup:
        return _VALUED(iso(holder.last_used_at), self.cells.day(holder.last_used_at))

    def app(self, app: ConnectedApp, platform: str, *, named: bool) -> Markup:
        """Return the line of one authorisation of an app; ``named``: links lead to this one."""
        cells, once = self.cells, self.cells.say.once
        let_in = ("let in", app.approved_at, app.approved_by, app.last_used_at)
        return row(
            once(("app", names.app(app), app.publisher, app.first_party), lambda: self._app(app)),
            cell(cells.account(app.account_id)),
            once(("may", app.level, app.can_message, app.scopes), lambda: self._may(app)),
            cell(cells.say.text(app.vendor_name, 80) if app.vendor_name else _LISTED[app.in_inventory]),
            once(let_in, lambda: self._let_in(app)),
            cell(cells.known(app.known)),
            attributes=on_platform(platform),
            anchor=names.anchor("app", app.app_key) if named else None,
        )

    def _app(self, app: ConnectedApp) -> Markup:
        say = self.cells.say
        told = [say.text(names.app(app), 120)]
        if app.publisher:
            told += SPACE, QUIET(say.text(app.publisher, 80))
        if app.first_party:
            told += SPACE, QUIET("the platform's own")
        return head(glued(*told))

    def _may(self, app: ConnectedApp) -> Markup:
        say = self.cells.say
        scopes: str = "scopes not shown"
        if app.scopes is not None:
            scopes = say.text(", ".join(app.scopes) or "no scopes", 160)
        return cell(glued(self.cells.level(app, None), _MESSAGES[app.can_message], SPACE, _SCOPES(scopes)))

    def _let_in(self, app: ConnectedApp) -> Markup:
        cells = self.cells
        by = QUIET(Markup("by ") + cells.say.text(app.approved_by, 60)) if app.approved_by else None
        told = (
            cells.day(app.approved_at),
            *((SPACE, by) if by else ()),
            Markup(", "),
            cells.day(app.last_used_at),
        )
        return valued(iso(app.approved_at), glued(*told))

    def asked(self, asked: CoverageCell) -> str:
        """Return the line of one question about an account."""
        key = (asked.fact, asked.state, asked.reason, asked.remedy, asked.source, asked.observed_at)
        return self.cells.say.once(key, lambda: self._asked(asked))

    def _asked(self, asked: CoverageCell) -> Markup:
        cells = self.cells
        fact = names.FACT_NAMES[asked.fact]
        word = names.STATE_NAMES[asked.state]
        why = cells.sentence(asked.reason, 240) if asked.reason else Markup()
        if asked.remedy and not asked.state.is_known:
            why += Markup(" ") + cells.remedy(asked.remedy)
        source = cells.source(asked.source) if asked.source else QUIET("no source")
        if asked.source and asked.observed_at:
            source += Markup(", ") + cells.say.plain_moment(asked.observed_at)
        answer = BASIS(word.lower(), word) if asked.state.is_known else UNKNOWN_WORD(word)
        return row(_ROW_HEAD(fact[:1].upper() + fact[1:]), _CELL(answer), _CELL(why), _CELL(source))


def iso(value: datetime | None) -> str:
    """Return what a column of times sorts by."""
    return value.isoformat()[:16] if value else ""
