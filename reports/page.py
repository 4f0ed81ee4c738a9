"""The review turned into what a page shows: groups, indexes and links, in the order of reading."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from auditor.model.finding import Severity, Verdict
from reports import names
from reports.charts import Exposure, Gallery, Picture, exposures, person_map
from reports.review import (
    AccessReview,
    ConnectedApp,
    Gap,
    Holder,
    HowKnown,
    ReviewAccount,
    ReviewFinding,
    ReviewPerson,
    StandardReference,
)
from reports.tally import gaps_of, standards_of
from reports.text import clean, cut, listed
from reports.urgent import Today, UrgentLine, today, urgency
from reports.waivers import counted


@dataclass(frozen=True, slots=True)
class Group:
    """Findings that one action closes."""

    action: str
    findings: tuple[ReviewFinding, ...]
    shared_remediation: bool
    """The action is the remediation of each; False: each has its own, the heading is the rule."""

    @property
    def worst(self) -> Severity:
        """The gravest of them."""
        return max(finding.severity for finding in self.findings)

    @property
    def rules(self) -> tuple[ReviewFinding, ...]:
        """One finding of each rule in the group, to speak of the rule."""
        return tuple({finding.rule: finding for finding in reversed(self.findings)}.values())[::-1]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Checks of one rule that cannot be decided, for one reason."""

    rule_title: str
    severity: Severity
    reason: str
    findings: tuple[ReviewFinding, ...]

    @property
    def by_account(self) -> Mapping[str, tuple[ReviewFinding, ...]]:
        """Account id to the checks there; an empty id: at no single account."""
        places: defaultdict[str, list[ReviewFinding]] = defaultdict(list)
        for finding in self.findings:
            places[finding.account_id or ""].append(finding)
        return {account: tuple(found) for account, found in places.items()}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One raw record that statements of this report rest on."""

    evidence_id: str
    source: str
    statements: int


class Page:
    """Answers the templates' questions about one review; every index is built once.

    Args:
        review: what the document is about.
        for_paper: the document becomes a PDF, for which pictures are written otherwise.

    """

    def __init__(self, review: AccessReview, *, for_paper: bool = False) -> None:
        self.review = review
        self.picture = Gallery(for_paper=for_paper)
        """Places a picture; one for the whole document, so that ids never meet."""

    @cached_property
    def today(self) -> Today:
        """What must be done today."""
        return today(self.review, fails=self.fails)

    @cached_property
    def accounts(self) -> Mapping[str, ReviewAccount]:
        """Accounts by id."""
        return {account.account_id: account for account in self.review.accounts}

    @cached_property
    def people(self) -> Mapping[str, ReviewPerson]:
        """People by id."""
        return {person.person_id: person for person in self.review.people}

    @cached_property
    def by_fingerprint(self) -> Mapping[str, ReviewFinding]:
        """Findings that a waiver covers, by fingerprint."""
        return {finding.fingerprint: finding for finding in self.review.findings if finding.waived}

    @cached_property
    def waived_words(self) -> str:
        """How many findings are waived, by kind, in words; empty: none."""
        return counted(finding.waived for finding in self.by_fingerprint.values())

    @cached_property
    def open_fails(self) -> tuple[ReviewFinding, ...]:
        """Findings that fail and that nobody has accepted, most urgent first."""
        return tuple(finding for finding in self.fails if finding.waived is None)

    @cached_property
    def fails(self) -> tuple[ReviewFinding, ...]:
        """Findings that fail, most urgent first."""
        fails = (finding for finding in self.review.findings if finding.verdict is Verdict.FAIL)
        return tuple(sorted(fails, key=lambda finding: urgency(finding, self.accounts)))

    @cached_property
    def unknowns(self) -> tuple[ReviewFinding, ...]:
        """Findings that could not be decided, gravest first."""
        unknown = (finding for finding in self.review.findings if finding.verdict is Verdict.UNKNOWN)
        return tuple(sorted(unknown, key=lambda finding: urgency(finding, self.accounts)))

    @cached_property
    def undecided(self) -> Mapping[str, tuple[Waiting, ...]]:
        """Undecided checks by the remedy that would decide them, one entry a rule and reason."""
        groups: defaultdict[str, defaultdict[tuple[str, str], list[ReviewFinding]]]
        groups = defaultdict(lambda: defaultdict(list))
        for finding in self.unknowns:
            groups[finding.remedy][finding.rule, finding.reason].append(finding)
        return {
            remedy: tuple(
                Waiting(found[0].rule_title, found[0].severity, found[0].reason, tuple(found))
                for found in rules.values()
            )
            for remedy, rules in groups.items()
        }

    @cached_property
    def unknown_since(self) -> Mapping[str, tuple[datetime, datetime]]:
        """Remedy to since when its undecided checks are unknown: the first of them, and the last."""
        found: defaultdict[str, list[datetime]] = defaultdict(list)
        for finding in self.unknowns:
            if finding.standing and finding.standing.unknown_since:
                found[finding.remedy].append(finding.standing.unknown_since)
        return {remedy: (min(told), max(told)) for remedy, told in found.items()}

    @cached_property
    def counts(self) -> Mapping[Severity, tuple[int, int]]:
        """Severity, gravest first, to how many fail and how many are unknown."""
        tally = Counter((finding.severity, finding.verdict) for finding in self.review.findings)
        return {
            severity: (tally[severity, Verdict.FAIL], tally[severity, Verdict.UNKNOWN])
            for severity in sorted(Severity, reverse=True)
        }

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Fails grouped by what to do, the gravest group first."""
        return group_by_action(self.fails)

    @cached_property
    def best_gap(self) -> Gap | None:
        """The remedy that turns most unknown into known."""
        return next((gap for gap in self.gaps if gap.remedy), None)

    @cached_property
    def holders_of_person(self) -> Mapping[str, tuple[Holder, ...]]:
        """Person id to every grant of that person."""
        return _by(self._holders(), lambda holder: holder.person_id)

    @cached_property
    def holders_of_principal(self) -> Mapping[str, tuple[Holder, ...]]:
        """Principal id to every grant of that identity."""
        return _by(self._holders(), lambda holder: holder.principal_id)

    @cached_property
    def owned_by_person(self) -> Mapping[str, tuple[ReviewAccount, ...]]:
        """Person id to the accounts that person answers for."""
        owned: defaultdict[str, list[ReviewAccount]] = defaultdict(list)
        for account in self.review.accounts:
            if account.owner_person_id:
                owned[account.owner_person_id].append(account)
        return {person: tuple(found) for person, found in owned.items()}

    @cached_property
    def findings_of_account(self) -> Mapping[str, tuple[ReviewFinding, ...]]:
        """Account id to its fails."""
        found: defaultdict[str, list[ReviewFinding]] = defaultdict(list)
        for finding in self.fails:
            if finding.account_id:
                found[finding.account_id].append(finding)
        return {account: tuple(fails) for account, fails in found.items()}

    @cached_property
    def unknowns_of_account(self) -> Mapping[str, int]:
        """Account id to how many checks could not be decided."""
        return Counter(
            finding.account_id
            for finding in self.review.findings
            if finding.verdict is Verdict.UNKNOWN and finding.account_id
        )

    @cached_property
    def findings_of_person(self) -> Mapping[str, tuple[ReviewFinding, ...]]:
        """Person id to the fails about that person."""
        found: defaultdict[str, list[ReviewFinding]] = defaultdict(list)
        for finding in self.fails:
            if finding.person_id:
                found[finding.person_id].append(finding)
        return {person: tuple(fails) for person, fails in found.items()}

    @cached_property
    def apps(self) -> tuple[tuple[ReviewAccount, ConnectedApp], ...]:
        """Every authorisation with its account, by the app's name."""
        pairs = [(account, app) for account in self.review.accounts for app in account.apps]
        return tuple(sorted(pairs, key=lambda pair: (names.app(pair[1]).casefold(), pair[0].account_id)))

    @cached_property
    def app_names(self) -> Mapping[str, str]:
        """App key to the app's name."""
        return {app.app_key: names.app(app) for _account, app in self.apps}

    @cached_property
    def exposed(self) -> tuple[ReviewAccount, ...]:
        """Accounts the owner marked as reachable by patients' data."""
        return tuple(account for account in self.review.accounts if account.phi_exposed)

    @cached_property
    def unmarked(self) -> tuple[ReviewAccount, ...]:
        """Accounts of which nobody said whether patients' data can reach them."""
        return tuple(account for account in self.review.accounts if account.phi_exposed is None)

    @cached_property
    def platforms(self) -> tuple[str, ...]:
        """Platforms looked at, each once."""
        return tuple(dict.fromkeys(account.platform for account in self.review.accounts))

    @cached_property
    def sources(self) -> frozenset[str]:
        """Ids of the connections that have a row of their own to link to."""
        return frozenset(source.connection_id for source in self.review.sources)

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every raw record the report points at, with how many statements rest on it."""
        seen: dict[str, tuple[str, int]] = {}
        for evidence_id, source in self._statements():
            first_source, count = seen.get(evidence_id, (source, 0))
            seen[evidence_id] = (first_source, count + 1)
        return tuple(Evidence(key, *seen[key]) for key in sorted(seen))

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """The gaps as given, and those of unknown verdicts whose remedy the given ones forgot."""
        told = {gap.remedy for gap in self.review.gaps}
        forgotten = (finding for finding in self.unknowns if finding.remedy not in told)
        return self.review.gaps + gaps_of((), forgotten)

    @cached_property
    def remedies(self) -> frozenset[str]:
        """Remedies that have a section of their own to link to."""
        return frozenset(gap.remedy for gap in self.gaps)

    @cached_property
    def standards(self) -> tuple[StandardReference, ...]:
        """Paragraphs of standards, as given, else told from the rules."""
        return self.review.standards or standards_of(self.review.rules)

    @cached_property
    def paragraphs(self) -> frozenset[tuple[str, str]]:
        """Paragraphs that have a row of their own to link to."""
        return frozenset((row.standard, row.reference) for row in self.standards)

    @cached_property
    def unmatched(self) -> frozenset[str]:
        """Identities that have a section of their own to link to."""
        return frozenset(principal.principal_id for principal in self.review.unmatched)

    @cached_property
    def in_order(self) -> tuple[ReviewAccount, ...]:
        """Accounts, the most critical tier first."""
        return tuple(
            sorted(
                self.review.accounts,
                key=lambda account: (account.tier or 9, account.platform, names.account(account).casefold()),
            )
        )

    @cached_property
    def people_in_order(self) -> tuple[ReviewPerson, ...]:
        """People by name."""
        return tuple(
            sorted(self.review.people, key=lambda person: (person.name.casefold(), person.person_id))
        )

    @cached_property
    def grants(self) -> int:
        """How many grants there are."""
        return sum(len(account.holders) for account in self.review.accounts)

    def elsewhere(self, line: UrgentLine, at_most: int = 3) -> str:
        """Return a sentence on where else the line's fault is found."""
        others = [self.accounts[one] for one in line.account_ids[1:] if one in self.accounts]
        if not others:
            return f"And {len(line.also)} more of the same kind."
        told = [cut(clean(names.account_with_platform(account)), 60) for account in others[:at_most]]
        more = len(others) - len(told)
        return f"Also on {listed([*told, f'{more} more'] if more else told)}."

    def ranked(self, holders: Iterable[Holder]) -> list[Holder]:
        """Return ``holders`` by level, the highest first; an unmapped level is the highest."""
        return sorted(holders, key=lambda holder: (-(holder.level or 8), names.holder(holder).casefold()))

    def message_holders(self, account: ReviewAccount, can: bool | None) -> int:
        """Count the holders of ``account`` that can (None: might) reach direct messages."""
        return sum(holder.can_message is can and not names.is_gone(holder) for holder in account.holders)

    @cached_property
    def exposures(self) -> tuple[Exposure, ...]:
        """Those who have left and still hold access."""
        return exposures(self.review)

    def person_map(self, person: ReviewPerson) -> Picture | None:
        """Return the picture of the person's ways to accounts, where there are several."""
        return person_map(person.name, self.holders_of_person.get(person.person_id, ()), self.accounts)

    @cached_property
    def has_ages(self) -> bool:
        """Whether anything is known of when findings were first seen."""
        return any(finding.life or finding.first_seen_at for finding in self.fails)

    @cached_property
    def how_known(self) -> Mapping[str, HowKnown]:
        """Evidence id to what is known of the record, for findings that name the record alone."""
        return {one.evidence_id: one for one in self._known() if one.evidence_id}

    def principal_name(self, principal_id: str | None) -> str | None:
        """Return what the identity calls itself; None where it holds nothing here."""
        holders = self.holders_of_principal.get(principal_id or "")
        return holders[0].principal_name if holders else None

    def _holders(self) -> Iterator[Holder]:
        return (holder for account in self.review.accounts for holder in account.holders)

    def _known(self) -> Iterator[HowKnown]:
        yield from (person.known for person in self.review.people)
        for account in self.review.accounts:
            yield account.known
            yield from (holder.known for holder in account.holders)
            yield from (app.known for app in account.apps)

    def _statements(self) -> Iterator[tuple[str, str]]:
        yield from ((one.evidence_id, one.source) for one in self._known() if one.evidence_id)
        for finding in self.review.findings:
            if finding.evidence_id:
                yield finding.evidence_id, finding.source or ""


def group_by_action(fails: Iterable[ReviewFinding]) -> tuple[Group, ...]:
    """Group ``fails``, most urgent first, by their remediation.

    Where a rule's remediation differs on nearly every subject (it names them), the rule is the group.
    """
    fails = list(fails)
    per_rule: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for finding in fails:
        per_rule[finding.rule][finding.remediation] += 1
    groups: dict[tuple[bool, str], list[ReviewFinding]] = {}
    for finding in fails:
        remediations = per_rule[finding.rule]
        differs = len(remediations) > 2 and len(remediations) * 2 > remediations.total()
        shared = bool(finding.remediation) and not differs
        key = finding.remediation if shared else finding.rule
        groups.setdefault((shared, key), []).append(finding)
    made = [
        Group(found[0].remediation if shared else found[0].rule_title, tuple(found), shared)
        for (shared, _key), found in groups.items()
    ]
    return tuple(sorted(made, key=lambda group: -group.worst))


def _by(holders: Iterable[Holder], key: Callable[[Holder], str | None]) -> Mapping[str, tuple[Holder, ...]]:
    found: defaultdict[str, list[Holder]] = defaultdict(list)
    for holder in holders:
        identifier = key(holder)
        if identifier:
            found[identifier].append(holder)
    return {identifier: tuple(held) for identifier, held in found.items()}
