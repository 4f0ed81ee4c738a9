"""What must be done today: the few lines that stand first in the report and in the mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.model.finding import Severity, Verdict
from reports import names
from reports.review import AccessReview, Life, ReviewAccount, ReviewFinding

AT_MOST = 5
URGENT = Severity.HIGH
"""Fails of this severity or worse are to be acted upon today."""


@dataclass(frozen=True, slots=True)
class UrgentLine:
    """One thing to do: the first finding of its kind, and the same thing elsewhere."""

    finding: ReviewFinding
    also: tuple[ReviewFinding, ...] = ()
    """The same rule and holder on other accounts, or the same on another grant."""

    @property
    def account_ids(self) -> tuple[str, ...]:
        """Accounts it is about, each once."""
        found = (self.finding, *self.also)
        return tuple(dict.fromkeys(one.account_id for one in found if one.account_id))


@dataclass(frozen=True, slots=True)
class Today:
    """The urgent lines, most urgent first, and what they leave out."""

    lines: tuple[UrgentLine, ...]
    more: int
    """Urgent findings that are not in the lines."""
    findings: int
    """Urgent findings in all."""
    undecided: int
    """Checks of that severity whose verdict is unknown."""


def today(
    review: AccessReview, at_most: int = AT_MOST, *, fails: Sequence[ReviewFinding] | None = None
) -> Today:
    """Choose what to act upon first, waived findings left out; ``fails``: those of the review in order of urgency, where it is known."""
    weighty = [f for f in review.findings if f.severity >= URGENT and f.waived is None]
    accounts = {account.account_id: account for account in review.accounts}
    if fails is None:
        failing = (finding for finding in weighty if finding.verdict is Verdict.FAIL)
        fails = sorted(failing, key=lambda finding: urgency(finding, accounts))
    else:
        fails = [finding for finding in fails if finding.severity >= URGENT and finding.waived is None]
    apps = {app.app_key: names.app(app) for account in review.accounts for app in account.apps}
    lines = sorted(_grouped(fails, apps), key=lambda line: _breadth(line, accounts))
    shown = lines[:at_most]
    return Today(
        lines=tuple(shown),
        more=len(fails) - sum(1 + len(line.also) for line in shown),
        findings=len(fails),
        undecided=sum(finding.verdict is Verdict.UNKNOWN for finding in weighty),
    )


def urgency(
    finding: ReviewFinding, accounts: Mapping[str, ReviewAccount]
) -> tuple[int, int, int, int, int, int, str]:
    """Return the sorting key: risk score, severity, a known person's access, patients' data, tier, newness, rule."""
    account = accounts.get(finding.account_id or "")
    tier = account.tier if account and account.tier is not None else 9
    exposed = bool(account and account.phi_exposed)
    persons = finding.subject_type == "grant" and finding.person_id is not None
    score = finding.risk.score if finding.risk else 0
    is_old = finding.life is not Life.NEW
    return (-score, -finding.severity, not persons, not exposed, tier, is_old, finding.rule)


def _breadth(line: UrgentLine, accounts: Mapping[str, ReviewAccount]) -> tuple[int | str, ...]:
    """Return the sorting key of a line: as its finding, but of equals the one on most accounts first."""
    *weight, rule = urgency(line.finding, accounts)
    return (*weight, -len(line.also), rule)


def _grouped(fails: Iterable[ReviewFinding], apps: Mapping[str, str]) -> list[UrgentLine]:
    groups: dict[tuple[str, str], list[ReviewFinding]] = {}
    for finding in fails:
        # One app on three accounts is one thing to do, as one person on three accounts is.
        subject = apps.get(finding.subject_id, finding.subject_id)
        who = finding.person_id or finding.principal_id or subject
        groups.setdefault((finding.rule, who), []).append(finding)
    return [UrgentLine(found[0], tuple(found[1:])) for found in groups.values()]
