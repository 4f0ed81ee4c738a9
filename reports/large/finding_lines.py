"""The lines of findings, at their rule, at their account and at a person: a hundred thousand, nearly all of them thrice.

A line is put together from `Html` that many lines share: each piece is said once and looked up ever after.
Nothing else goes into a line, so that all of it was escaped when it was said.
"""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import TypeAlias

from auditor.model.finding import Basis
from auditor.model.risk import Risk
from auditor.model.waiver import WaiverKind
from reports import names
from reports.large.cells import NOBODY, QUIET, RULE, SEVERITY, Cells
from reports.large.frames import Html, Sayings, html
from reports.large.tables import iso, on_platform, valued
from reports.review import Life, ReviewFinding
from reports.standing import Standing

_NUMBERS = tuple(Html(str(number)) for number in range(101))
"""Severities and scores."""
_SEVERITY = {severity: html(told) for severity, told in SEVERITY.items()}
_NO_ACCOUNT = QUIET("no single account")
_WAIVED = {kind: Html(f' data-waived="{kind}"') for kind in WaiverKind}
_AS_A_WHOLE = html(QUIET("the account as a whole"))
_NOBODY = html(NOBODY)
_factors_of = attrgetter("level", "level_known", "reach", "reach_known", "exposure_hours", "certainty")
"""What the words for a risk's factors are made of; the score, which differs more, is not."""

_Since: TypeAlias = tuple[Life | None, datetime | None, Standing | None]
_Known: TypeAlias = tuple[Basis, str | None, datetime | None, str | None]


class FindingLines:
    """One function a kind of line."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._told: dict[str, tuple[Html, Html]] = {}
        self._risks: dict[int, Html] = {}
        self._factors: dict[tuple[object, ...], Html] = {}
        self._platforms: Sayings[str | None] = Sayings(on_platform)
        self._rules: Sayings[tuple[str, str]] = Sayings(lambda key: cells.rule(*key))
        self._accounts: Sayings[str | None] = Sayings(lambda key: cells.account(key) if key else _NO_ACCOUNT)
        self._holders: Sayings[tuple[str | None, str | None]] = Sayings(lambda key: cells.holder_of(*key))
        self._steps: Sayings[str] = Sayings(cells.first_step)
        self._sinces: Sayings[_Since] = Sayings(lambda key: valued(iso(key[1]), cells.since(*key)))
        self._unknown: Sayings[datetime] = Sayings(cells.unknown_since)
        self._known_by: Sayings[_Known] = Sayings(lambda key: cells.known_by(*key))
        self._whys: Sayings[tuple[str, str]] = Sayings(lambda key: cells.why(*key))

    def anchor(self, finding: ReviewFinding) -> Html:
        """Return the fragment that leads to the finding."""
        return (self._told.get(finding.fingerprint) or self._named(finding))[0]

    def fail_at_rule(self, finding: ReviewFinding, remediation: str = "") -> str:
        """Return the line of a fault at its rule; ``remediation`` where it is the finding's own."""
        action = html(RULE(self._cells.sentence(remediation, 600))) if remediation else ""
        return (
            f"{self._start_at_rule(finding)}{action}</th>"
            f"<td>{self._who(finding)}</td><td>{self._accounts[finding.account_id]}</td>"
            f"{self._sinces[finding.life, finding.first_seen_at, finding.standing]}<td>{self._known(finding)}</td></tr>\n"
        )

    def undecided_at_rule(self, finding: ReviewFinding) -> str:
        """Return the line of a check that could not be decided, at its rule."""
        return (
            f"{self._start_at_rule(finding)}</th>"
            f"<td>{self._who(finding)}</td><td>{self._accounts[finding.account_id]}</td>"
            f"<td>{self._why(finding)}</td></tr>\n"
        )

    def fail_at_account(self, finding: ReviewFinding) -> str:
        """Return the line of a fault at its account."""
        return (
            f"{self._start_at_account(finding)}<td>{self._steps[finding.remediation]}</td>"
            f"{self._sinces[finding.life, finding.first_seen_at, finding.standing]}<td>{self._known(finding)}</td></tr>\n"
        )

    def undecided_at_account(self, finding: ReviewFinding) -> str:
        """Return the line of a check that could not be decided, at its account."""
        return f"{self._start_at_account(finding)}<td>{self._why(finding)}</td></tr>\n"

    def fail_at_person(self, finding: ReviewFinding) -> str:
        """Return the line of a fault at the person it is about."""
        severity, account_id = finding.severity, finding.account_id
        _anchor, message = self._told.get(finding.fingerprint) or self._named(finding)
        where = f", at {self._accounts[account_id]}" if account_id else ""
        waived = _WAIVED[finding.waived] if finding.waived else ""
        return (
            f'<li data-find data-severity="{_NUMBERS[severity]}"{waived}>{_SEVERITY[severity]} {message} '
            f'<span class="quiet">{self._rules[finding.rule, finding.rule_title]}{where}</span></li>\n'
        )

    def _start_at_rule(self, finding: ReviewFinding) -> str:
        risk = finding.risk
        anchor, message = self._told.get(finding.fingerprint) or self._named(finding)
        score, rating = _NUMBERS[finding.severity], _SEVERITY[finding.severity]
        if risk:
            score, rating = _NUMBERS[risk.score], self._risks.get(id(risk)) or self._rated(risk)
        waived = _WAIVED[finding.waived] if finding.waived else ""
        return (
            f'<tr id="{anchor}" data-find{self._platforms[finding.platform]}{waived}><td data-value="{score}">'
            f'{rating}</td><th scope="row">{message}'
        )

    def _start_at_account(self, finding: ReviewFinding) -> str:
        risk, severity = finding.risk, finding.severity
        anchor, message = self._told.get(finding.fingerprint) or self._named(finding)
        number = score = _NUMBERS[severity]
        rating = ""
        if risk:
            score, rating = _NUMBERS[risk.score], self._risks.get(id(risk)) or self._rated(risk)
        who = self._who(finding)
        if finding.subject_type == "account" and who == _NOBODY:
            who = _AS_A_WHOLE
        waived = _WAIVED[finding.waived] if finding.waived else ""
        return (
            f'<tr id="{anchor}" data-find data-severity="{number}"{waived}><td data-value="{score}">'
            f'{_SEVERITY[severity]}{rating}</td><th scope="row">{message}'
            f'<span class="rule">{self._rules[finding.rule, finding.rule_title]}</span></th><td>{who}</td>'
        )

    def _named(self, finding: ReviewFinding) -> tuple[Html, Html]:
        """Return the finding's anchor and its message, and remember them for the finding's other lines."""
        anchor = Html(names.anchor("finding", finding.fingerprint))
        message = self._cells.say.message_html(finding.message)
        if finding.waived:
            message = Html(f"{message} {self._cells.waived(finding.waived, finding.waived_until)}")
        told = self._told[finding.fingerprint] = anchor, message
        return told

    def _why(self, finding: ReviewFinding) -> Html:
        """Return why a check could not be decided, and since when."""
        why, standing = self._whys[finding.reason, finding.remedy], finding.standing
        if standing is None or standing.unknown_since is None:
            return why
        return Html(f"{why} {self._unknown[standing.unknown_since]}")

    def _rated(self, risk: Risk) -> Html:
        """Return the score with its factors, and remember it likewise."""
        key = _factors_of(risk)
        factors = self._factors.get(key) or self._factors.setdefault(key, html(self._cells.factors(risk)))
        told = Html(f"<details><summary>Risk {risk.score}</summary>{factors}</details>")
        # The review holds its risks for as long as it is written, so that no id of one is used twice.
        self._risks[id(risk)] = told
        return told

    def _who(self, finding: ReviewFinding) -> Html:
        if finding.person_id or finding.principal_id:
            return self._holders[finding.person_id, finding.principal_id]
        return html(self._cells.subject(finding))

    def _known(self, finding: ReviewFinding) -> Html:
        source, at = finding.source, finding.observed_at
        if source is None or at is None:
            source, at = self._cells.seen_by_record(finding)
        return self._known_by[finding.basis, source, at, finding.evidence_id]
