"""What one receiver is told in an alert or a digest, as plain values; mail, JSON and short text show it.

The application chooses what the receiver may see before it makes these values: findings, accounts and
plan are those of a review that is already as narrow as its reader.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from auditor.model.event import EventKind
from auditor.model.finding import Severity, Verdict
from reports import names
from reports.removal import RemovalPlan, RemovalStep
from reports.review import CoverageSplit, Gap, ReviewAccount, ReviewFinding
from reports.tally import gaps_of, split_of
from reports.text import clean, cut, first_sentence, plural

SUBJECT = 140
"""Characters of a subject; more is cut by most programs anyway."""
_SEE_WAIVER = {
    EventKind.WAIVER_GRANTED: "Check that this was meant ('auditor waivers list').",
    EventKind.WAIVER_RENEWED: "Check that this was meant ('auditor waivers list').",
    EventKind.WAIVER_WITHDRAWN: "See to what it covered ('auditor findings list').",
    EventKind.WAIVER_AMISS: "Mend the waivers file ('auditor waivers check' says what is amiss).",
}
_SEE = {
    "change": "Ask whether this was meant; if it was not, take it back today.",
    "job": "Look at the machine that runs Auditor ('auditor jobs list'); until then nothing new is noticed.",
    "delivery": "Mend the way named here ('auditor alerts list' shows what it did not bring).",
    "waiver": "Renew the waiver, or see to what it covers ('auditor waivers list').",
    "custody": "Check that this was meant ('auditor mfa list').",
    "impersonation": "Look at the account beside yours ('auditor impersonators show'), then report it to the"
    " platform or dismiss the case with a reason.",
    "notice": "See to it before it lapses.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChange:
    """Something that happened, told in one sentence."""

    kind: EventKind
    at: datetime
    message: str
    severity: Severity | None = None
    account_id: str | None = None
    snapshot_id: str | None = None
    before_snapshot_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class AlertPage:
    """One alert as one receiver may see it."""

    alert_id: str
    kind: str
    """access, change, job, delivery, waiver, custody, impersonation or notice."""
    severity: Severity
    organization: str
    timezone: str
    snapshot_id: str
    """The newest judged snapshot; empty: there is none yet."""
    as_of: datetime
    findings: tuple[ReviewFinding, ...] = ()
    """Those that fail, the riskiest first."""
    undecided: tuple[ReviewFinding, ...] = ()
    """Checks on the same person, identity or app that could not be decided."""
    changes: tuple[AlertChange, ...] = ()
    accounts: tuple[ReviewAccount, ...] = ()
    """The accounts concerned, as far as they are known."""
    plan: RemovalPlan | None = None
    escalates_after: str = ""
    """Such as ``4 hours``: others are told where nobody acknowledges; empty: they are not."""
    unacknowledged_for: str = ""
    """Of an escalation: how long nobody has acknowledged."""

    @cached_property
    def subject(self) -> str:
        """The fact, fit for a subject line: one line, every character visible."""
        told = [(one.message, one.platform) for one in self.findings]
        told += [(one.message, (one.account_id or "").partition(":")[0] or None) for one in self.changes]
        message, platform = told[0] if told else ("Something happened that nobody can tell any more", None)
        where = _where(platform, message)
        more = f" and {len(told) - 1:,} more" if len(told) > 1 else ""
        lead = f"Not acknowledged for {self.unacknowledged_for}: " if self.unacknowledged_for else ""
        room = SUBJECT - len(where) - len(more) - len(lead)
        return f"{lead}{cut(clean(message).rstrip('.'), room)}{where}{more}"

    @property
    def first_step(self) -> str:
        """What to do first, in a sentence or two."""
        if self.plan and self.plan.steps:
            return self.plan.steps[0].text
        for finding in self.findings:
            if finding.remediation:
                return first_sentence(finding.remediation)
        for change in self.changes:
            if change.kind in _SEE_WAIVER:
                return _SEE_WAIVER[change.kind]
        return _SEE.get(self.kind, "Look at it today, and say who sees to it.")

    @property
    def action(self) -> str:
        """The first line: what to do, with its urgency where a plan says so."""
        if self.plan and self.plan.summary:
            first = f" First step: {self.first_step}" if self.plan.steps else ""
            return f"{self.plan.summary}{first}"
        return self.first_step

    @cached_property
    def coverage(self) -> CoverageSplit:
        """How much is known of the accounts concerned."""
        return split_of([cell for account in self.accounts for cell in account.coverage])

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What is not known of them, by what would close it."""
        cells = [cell for account in self.accounts for cell in account.coverage]
        return gaps_of(cells, self.undecided)

    def account_name(self, account_id: str | None) -> str:
        """Return the account's name with its platform; its id where it is not known."""
        found = next((one for one in self.accounts if one.account_id == account_id), None)
        return names.account_with_platform(found) if found else (account_id or "")

    def facts_of(self, gap: Gap) -> str:
        """Return what the gap hides, and where: ``second factor of each holder at @RiversideHealth (X)``."""
        facts = ", ".join(names.FACT_NAMES[fact] for fact in gap.facts) or plural(
            gap.findings, "check could not be decided", "checks could not be decided"
        )
        places = [self.account_name(one) for one in gap.account_ids[:2]]
        more = len(gap.account_ids) - len(places)
        where = ", ".join(places) + (f" and {plural(more, 'more account')}" if more > 0 else "")
        return f"{facts} at {where}" if where else facts

    def doers(self, step: RemovalStep) -> str:
        """Return who keeps the right to do ``step``; empty where it needs none."""
        if step.by:
            return ", ".join(step.by[:4]) + (f" and {len(step.by) - 4} more" if len(step.by) > 4 else "")
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One alert in a digest."""

    alert_id: str
    severity: Severity
    subject: str
    first_step: str = ""
    since: datetime | None = None
    seen_to: str = ""
    """Such as ``acknowledged by lee`` or ``resolved``; empty: it stands open."""


@dataclass(frozen=True, kw_only=True)
class DigestPage:
    """Several alerts in one message."""

    organization: str
    timezone: str
    snapshot_id: str
    """The newest judged snapshot; empty: there is none yet."""
    as_of: datetime
    lines: tuple[DigestLine, ...]
    """The gravest first; at most as many as fit."""
    total: int
    """How many there are, those not listed among them."""
    is_storm: bool = False
    """They came all at once, and were gathered instead of being told one by one."""
    is_first: bool = False
    """It is the first time that anybody is told: what stood open already."""
    is_past: bool = False
    """All of it is more than a week old and is told only now."""
    alert_id: str = ""
    """Of a storm, which is one alert."""
    unacknowledged_for: str = ""
    escalates_after: str = ""
    split: CoverageSplit = field(default_factory=CoverageSplit)
    """How much is known of the accounts of this receiver; nothing where it was not counted."""

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.total - len(self.lines)

    @cached_property
    def subject(self) -> str:
        """The fact: how many, and the gravest."""
        if not self.lines:
            return "Nothing new"
        lead = f"Not acknowledged for {self.unacknowledged_for}: " if self.unacknowledged_for else ""
        gravest = clean(self.lines[0].subject)
        count = f" and {self.total - 1:,} more" if self.total > 1 else ""
        if count and gravest.endswith(" more"):  # it counts what it has of its own
            count = f"; {plural(self.total - 1, 'more alert')}"
        return f"{lead}{cut(gravest, SUBJECT - len(count) - len(lead))}{count}"

    @property
    def severity(self) -> Severity:
        """That of the gravest line."""
        return max((line.severity for line in self.lines), default=Severity.INFO)

    @property
    def first_step(self) -> str:
        """What to do first."""
        steps = (line.first_step for line in self.lines if line.first_step)
        return next(steps, "Read what has come up, and say who sees to it.")


def _where(platform: str | None, message: str) -> str:
    """Return the platform in brackets, unless the message names it."""
    name = names.platform(platform) if platform else ""
    said = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message) if name else None
    return f" ({name})" if name and not said else ""


def since(finding: ReviewFinding) -> datetime | None:
    """Return when the finding was first seen; what is new was seen now."""
    return finding.first_seen_at or finding.observed_at


def worst(findings: Sequence[ReviewFinding], changes: Sequence[AlertChange]) -> Severity:
    """Return the gravest severity; of what has none, high."""
    fails = [one.severity for one in findings if one.verdict is Verdict.FAIL]
    return max([*fails, *(one.severity or Severity.HIGH for one in changes)], default=Severity.HIGH)
