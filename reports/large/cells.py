"""The cells of lines: whom a finding is about, what a holder may do, how we know. Each says what the page's
macros say, remembered where many lines say the same.
"""

from __future__ import annotations

from datetime import date, datetime

from markupsafe import Markup

from auditor.model.estate import AccessStatus, PersonStatus
from auditor.model.finding import Basis, Severity
from auditor.model.life import LifeState
from auditor.model.risk import Risk
from auditor.model.waiver import WaiverKind
from reports import names, risk_words
from reports.large.frames import NOTHING, SPACE, Frame, Memory, glued, joined
from reports.large.say import LargeSay
from reports.page import Page
from reports.review import ConnectedApp, Holder, HowKnown, Life, ReviewAccount, ReviewFinding
from reports.standing import Standing
from reports.text import first_sentence, listed

QUIET = Frame('<span class="quiet">{}</span>')
STRONG = Frame("<strong>{}</strong>")
STANDING = Frame('<strong class="standing">{}</strong>')
UNKNOWN_WORD = Frame('<span class="unknown-word">{}</span>')
UNKNOWN = UNKNOWN_WORD("Unknown")
BASIS = Frame('<span class="known is-{}">{}</span>')
HOW = Frame("{} {}")
_EVIDENCE = Frame('<a href="{}">evidence <code>{}</code></a>')
_SEVERITY = Frame('<span class="sev is-{}">{}</span>')
SEVERITY = {one: _SEVERITY(one.word, one.word.capitalize()) for one in Severity}
"""Severity in words; the mark before them comes from the style, as do the swatches of what is known."""
RULE = Frame('<span class="rule">{}</span>')
_PLACE = Frame("{} on {}")
_STATUS = {
    AccessStatus.INVITED: "invitation pending",
    AccessStatus.SUSPENDED: "suspended",
    AccessStatus.REMOVED: "removed",
}
_AS = Markup("as ")
_NEW = Frame('<span class="new">{}</span>')
_REOPENED = Markup(", reopened")
_WAIVED = Markup("<strong>Waived</strong>")
NOBODY = QUIET("nobody by name")


class Cells:
    """Makes the cells of one report's lines."""

    def __init__(self, page: Page, say: LargeSay) -> None:
        self.page = page
        self.say = say
        self._accounts: dict[str, Markup] = {}
        self._statements: Memory[int, Markup] = Memory()

    def person(self, person_id: str, name: str | None = None) -> Markup:
        """Return the person, linked where the report has them."""
        known = self.page.people.get(person_id)
        if known:
            return self.say.link("person", person_id, known.name)
        return self.say.text(name or person_id, 60)

    def principal(self, principal_id: str, name: str | None = None) -> Markup:
        """Return the identity, linked where nobody of the roster stands behind it."""
        shown = name or self.page.principal_name(principal_id) or principal_id
        if principal_id in self.page.unmatched:
            return self.say.link("principal", principal_id, shown)
        return self.say.text(shown, 60)

    def account(self, account_id: str) -> Markup:
        """Return the account with its platform."""
        told = self._accounts.get(account_id)
        if told is None:
            told = self._accounts[account_id] = self._account(account_id)
        return told

    def _account(self, account_id: str) -> Markup:
        account = self.page.accounts.get(account_id)
        if not account:
            return self.say.text(account_id, 60)
        return _PLACE(self.say.account(account), names.platform(account.platform))

    def subject(self, finding: ReviewFinding) -> Markup:
        """Return what a finding is about that names no person and no identity."""
        if finding.subject_id in self.page.app_names:
            return self.say.link("app", finding.subject_id, self.page.app_names[finding.subject_id])
        return NOBODY

    def holder_of(self, person_id: str | None, principal_id: str | None) -> Markup:
        """Return the person, or where none is known the identity."""
        return self.person(person_id) if person_id else self.principal(principal_id or "")

    def factors(self, risk: Risk) -> Markup:
        """Return what made a risk's score."""
        told = listed(f"{name.lower()} {words}" for name, words in risk_words.factors(risk))
        return Markup.escape(f"{told[:1].upper()}{told[1:]}.")

    def since(
        self, life: Life | None, first_seen_at: datetime | None, standing: Standing | None = None
    ) -> Markup:
        """Return since when a finding is known, that it has come back, and its last day."""
        reopened = standing is not None and standing.state is LifeState.REOPENED
        due = self._due(standing) if standing else NOTHING
        if life is Life.NEW:
            return glued(_NEW("Reopened" if reopened else "New"), due)
        told = Markup("still open") if life else NOTHING
        if first_seen_at:
            told = Markup("since ") + self.say.plain_day(first_seen_at)
        return glued(told, _REOPENED if reopened else NOTHING, due)

    def _due(self, standing: Standing) -> Markup:
        if standing.due_on is None:
            return NOTHING
        day = self.say.plain_day(standing.due_on)
        if standing.overdue:
            return glued(SPACE, STANDING("Overdue"), SPACE, QUIET(f"was due {day}"))
        return QUIET(f", due {day}")

    def waived(self, kind: WaiverKind, until: date | None) -> Markup:
        """Return that a named person has accepted a finding, as what and until when."""
        told = f"as {kind.value} until {self.say.plain_day(until)}" if until else f"as {kind.value}"
        return glued(_WAIVED, SPACE, QUIET(told))

    def unknown_since(self, at: datetime) -> Markup:
        """Return since when a check cannot be decided."""
        return QUIET(f"unknown since {self.say.plain_day(at)}")

    def seen_by_record(self, finding: ReviewFinding) -> tuple[str | None, datetime | None]:
        """Return source and time of a finding; what it does not say itself, its raw record may."""
        record = self.page.how_known.get(finding.evidence_id or "")
        if not record:
            return finding.source, finding.observed_at
        return finding.source or record.source, finding.observed_at or record.observed_at

    def known_by(
        self, basis: Basis, source: str | None, at: datetime | None, evidence_id: str | None
    ) -> Markup:
        """Return how a finding is known."""
        return self._known(str(basis), source, at, evidence_id, [])

    def known(self, how: HowKnown) -> Markup:
        """Return how a statement is known."""
        # The review holds its statements for as long as this page is written, so that no id is used twice.
        told = self._statements.get(id(how))
        if told is None:
            told = self._statements.keep(id(how), self._known_whole(how))
        return told

    def _known_whole(self, how: HowKnown) -> Markup:
        more = []
        if how.attested_by:
            more.append(Markup("by ") + self.say.text(how.attested_by, 60))
        if how.valid_until:
            more.append(Markup("counts until ") + self.say.plain_day(how.valid_until))
        return self._known(str(how.basis), how.source, how.observed_at, how.evidence_id, more)

    def _known(self, basis: str, source: str | None, at: datetime | None, evidence: str | None,
               more: list[Markup]) -> Markup:  # fmt: skip
        # The evidence tells its source; a statement without evidence leads to the source itself.
        named = self.say.text(source, 40) if source and evidence else self.source(source) if source else None
        told = [named or Markup("several sources")]
        if at:
            told.append(Markup.escape(self.say.plain_moment(at)))
        told += more
        if evidence:
            told.append(_EVIDENCE(self.say.href("evidence", evidence), self.say.short(evidence, 200)[:12]))
        return HOW(BASIS(basis, basis.capitalize()), joined(told))

    def source(self, source: str) -> Markup:
        """Return the connection, linked where the report tells of it."""
        if source in self.page.sources:
            return self.say.link("source", source, source, 40)
        return self.say.text(source, 40)

    def remedy(self, remedy: str, limit: int = 240) -> Markup:
        """Return what would close a gap, linked to all that it would close."""
        return self.say.once(("remedy", remedy, limit), lambda: self._remedy(remedy, limit))

    def _remedy(self, remedy: str, limit: int) -> Markup:
        if remedy in self.page.remedies:
            link = Frame('<a href="{}">{}</a>')
            return link(
                self.say.href("gap", remedy), self.say.short(remedy, limit) or "No known way to close it"
            )
        return self.say.sentence(remedy, limit) if remedy else QUIET("no known way to close it")

    def sentence(self, text: str, limit: int = 160) -> Markup:
        """Return a sentence that many lines share."""
        return self.say.once(("sentence", text, limit), lambda: self.say.sentence(text, limit))

    def first_step(self, remediation: str) -> Markup:
        """Return the first step of a remediation."""
        if not remediation:
            return NOTHING
        return self.say.sentence(first_sentence(remediation), 240)

    def why(self, reason: str, remedy: str) -> Markup:
        """Return why a check could not be decided, and what would decide it."""
        told = self.say.sentence(reason, 240) if reason else UNKNOWN_WORD("no reason given")
        return told + RULE(self.remedy(remedy))

    def rule(self, rule: str, title: str) -> Markup:
        """Return the rule, linked to its page."""
        return self.say.link("rule", rule, title, 120)

    def unknown(self, word: str = "Unknown") -> Markup:
        """Return the mark of what is not known."""
        return UNKNOWN_WORD(word)

    def yes_no(self, value: bool | None) -> Markup:
        """Return yes, no or that it is not known."""
        return UNKNOWN if value is None else Markup("Yes") if value else Markup("No")

    def day(self, value: datetime | None) -> Markup:
        """Return the day, or that it is not known."""
        return Markup.escape(self.say.plain_day(value)) if value else UNKNOWN

    def holder(self, holder: Holder) -> Markup:
        """Return who holds a grant, with their standing."""
        if holder.person_id:
            told = [self.person(holder.person_id, holder.person_name)]
            if holder.principal_name != holder.person_name:
                told += SPACE, QUIET(glued(_AS, self.say.text(holder.principal_name, 60)))
        else:
            kind = f"{holder.principal_kind}, " if holder.principal_kind not in (None, "human") else ""
            told = [self.principal(holder.principal_id, holder.principal_name), SPACE]
            told.append(QUIET(f"{kind}matched to nobody"))
        if holder.person_status and holder.person_status is not PersonStatus.ACTIVE:
            told += SPACE, STANDING(names.PERSON_STATUS_NAMES[holder.person_status])
        return glued(*told, self.grant_status(holder))

    def grant_status(self, holder: Holder) -> Markup:
        """Return the grant's standing where it is not plainly active."""
        if holder.status and holder.status in _STATUS:
            return glued(SPACE, STANDING(_STATUS[holder.status]))
        return NOTHING

    def level(self, item: Holder | ConnectedApp, native: str | None) -> Markup:
        """Return the level, with the platform's own word."""
        shown = STRONG(item.level.word.capitalize()) if item.level else UNKNOWN_WORD("Unknown level")
        return glued(shown, SPACE, QUIET(self.say.text(native, 60))) if native else shown

    def way(self, holder: Holder) -> Markup:
        """Return the way the grant came."""
        key = ("way", holder.via, holder.via_name, holder.via_id, holder.granted_at)
        return self.say.once(key, lambda: self._way(holder))

    def _way(self, holder: Holder) -> Markup:
        shown = Markup.escape(names.PATH_NAMES[holder.via].capitalize())
        through = holder.via_name or holder.via_id
        if through:
            shown += Markup(" ") + QUIET(self.say.text(through, 60))
        if holder.granted_at:
            shown += Markup(" ") + QUIET(Markup("since ") + self.say.plain_day(holder.granted_at))
        return shown

    def reach(self, holder: Holder) -> Markup:
        """Return what the holder reaches beside posting."""
        return self.say.once(("reach", holder.can_message, holder.can_grant), lambda: _reach(holder))

    def mfa(self, holder: Holder) -> Markup:
        """Return the holder's second factor."""
        if holder.mfa is None:
            return UNKNOWN
        if not holder.mfa:
            return STRONG("Off")
        methods = [method.replace("_", " ") for method in holder.mfa_methods or ()]
        return Markup("On ") + QUIET(self.say.text(listed(methods), 80)) if methods else Markup("On")

    def responsible(self, account: ReviewAccount) -> Markup:
        """Return who answers for the account."""
        if account.owner_person_id:
            shown = self.person(account.owner_person_id, account.owner_name)
        elif account.owner_name or account.owner_email:
            shown = self.say.text(account.owner_name or account.owner_email or "", 60)
        else:
            return UNKNOWN_WORD("Nobody named")
        if account.owner_status and account.owner_status is not PersonStatus.ACTIVE:
            shown += Markup(" ") + STANDING(names.PERSON_STATUS_NAMES[account.owner_status])
        return shown


def _reach(holder: Holder) -> Markup:
    told = [
        word for word, can in (("Messages", holder.can_message), ("gives access", holder.can_grant)) if can
    ]
    shown = Markup.escape(", ".join(told)[:1].upper() + ", ".join(told)[1:])
    if holder.can_message is False and holder.can_grant is False:
        shown = QUIET("neither")
    for word, can in (("Messages unknown", holder.can_message), ("Giving access unknown", holder.can_grant)):
        if can is None:
            shown += Markup(" ") + UNKNOWN_WORD(word)
    return shown
