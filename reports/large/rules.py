"""The rules: one book each with every finding of it, the list of them, and what was resolved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from auditor.model.finding import Severity
from reports import names
from reports.large.accounts import highest_risk
from reports.large.cells import SEVERITY
from reports.large.edition import Edition
from reports.large.frames import Frame
from reports.large.shell import Find, Heading
from reports.large.tables import SEVERE, TABLE_END, cell, head, number, on_platform, row, table, valued
from reports.review import Life, ReviewFinding, RuleResult
from reports.text import plural


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """One rule with all it found, riskiest first."""

    rule: str
    title: str
    severity: Severity
    pack: str
    fails: Sequence[ReviewFinding]
    unknowns: Sequence[ReviewFinding]
    result: RuleResult | None
    new: int
    """How many fails are new."""

    @property
    def shared_remediation(self) -> str:
        """What to do, where it is the same for every finding; else empty."""
        told = {finding.remediation for finding in self.fails}
        return told.pop() if len(told) == 1 else ""


def rules_by_risk(edition: Edition) -> list[RuleFindings]:
    """Return every rule that was applied or found something, the one with the riskiest finding first."""
    fails: defaultdict[str, list[ReviewFinding]] = defaultdict(list)
    unknowns: defaultdict[str, list[ReviewFinding]] = defaultdict(list)
    for finding in edition.page.fails:
        fails[finding.rule].append(finding)
    for finding in edition.page.unknowns:
        unknowns[finding.rule].append(finding)
    results = {result.rule: result for result in edition.review.rules}
    made = []
    for rule in dict.fromkeys((*fails, *unknowns, *results)):
        result = results.get(rule)
        first = (*fails[rule][:1], *unknowns[rule][:1])
        title = result.title if result else first[0].rule_title
        severity = result.severity if result else first[0].severity
        pack = result.pack if result else first[0].pack
        new = sum(finding.life is Life.NEW for finding in fails[rule])
        made.append(RuleFindings(rule, title, severity, pack, fails[rule], unknowns[rule], result, new))
    return sorted(made, key=lambda one: (-_worst(one.fails), -one.severity, -len(one.fails)))


def _worst(fails: Sequence[ReviewFinding]) -> int:
    if not fails:
        return -1
    return fails[0].risk.score if fails[0].risk else int(fails[0].severity)


def write_rules(edition: Edition, rules: Sequence[RuleFindings]) -> None:
    """Write one book a rule."""
    for one in rules:
        _write_rule(edition, one)


def _write_rule(edition: Edition, one: RuleFindings) -> None:
    book = edition.book(names.anchor("rule", one.rule))
    shared, lines = one.shared_remediation, edition.finding_lines

    def fail(finding: ReviewFinding) -> str:
        return lines.fail_at_rule(finding, "" if shared else finding.remediation)

    kinds = (
        ("findings", plural(len(one.fails), "finding"), "by-rule", fail, one.fails),
        (
            "undecided",
            plural(len(one.unknowns), "check") + " not decided",
            "undecided-by-rule",
            lines.undecided_at_rule,
            one.unknowns,
        ),
    )
    again, first = Frame("<h2>{}, continued</h2>\n{}"), Frame('<h2 id="{}">{}</h2>\n{}')
    for anchor, words, kind, line, findings in kinds:
        opened = table(kind, words)
        book.part(first(anchor, words, opened), TABLE_END, again(words, opened))
        book.extend(map(line, findings))
    heading = Heading(
        plain=edition.say.short(one.title, 80),
        shown=edition.say.sentence(one.title, 200),
        lead=edition.part("rule.html", rule=one, remediation=shared),
    )
    find = Find(hint="A person, an account, a word", platform=True, waived=True)
    edition.finish(book, heading, find=find, trail=(("rules.html", "Rules"),))


def rule_row(edition: Edition, one: RuleFindings) -> Markup:
    """Return the line of one rule at a glance."""
    title = edition.say.link("rule", one.rule, one.title, 160)
    named = Frame('{} <code class="quiet">{}</code>')
    return row(
        valued(int(one.severity), SEVERITY[one.severity]),
        head(named(title, edition.say.short(one.rule, 60))),
        cell(edition.say.text(one.pack, 60)),
        number(highest_risk(one.fails)),
        number(len(one.fails)),
        number(len(one.unknowns)),
        number(one.new),
        attributes=SEVERE[int(one.severity)],
    )


def write_rule_list(edition: Edition, rules: Sequence[RuleFindings]) -> None:
    """Write the list of rules."""
    book = edition.book("rules")
    book.part(table("rules", "Rules and what they found"), TABLE_END)
    for one in rules:
        book.add(rule_row(edition, one))
    lead = Markup('<p class="prose">The rule with the riskiest finding first. Passes and what does not apply '
                  'are counted <a href="../access-review.html#rules">on the first page</a>.</p>')  # fmt: skip
    heading = Heading(plain="Rules", shown=Markup("Rules"), lead=lead)
    edition.finish(book, heading, find=Find(hint="A rule, a pack, a word", severity=True))


def write_resolved(edition: Edition) -> None:
    """Write what failed in the snapshot before and does no longer."""
    trend = edition.review.trend
    if not trend or not trend.resolved_findings:
        return
    line = Frame('<li data-find{}>{} <span class="quiet">{}</span></li>\n')
    book = edition.book("resolved")
    book.part('<ul class="plain">', "</ul>")
    for finding in trend.resolved_findings:
        where = on_platform(finding.platform)
        book.add(line(where, edition.say.message(finding.message), edition.say.sentence(finding.rule_title)))
    words = f"Resolved since {edition.say.plain_day(trend.previous_at)}"
    edition.finish(book, Heading(plain=words, shown=Markup.escape(words)), find=Find(platform=True))


def severity_counts(rules: Sequence[RuleFindings]) -> Counter[Severity]:
    """Return how many findings fail, by severity."""
    counts: Counter[Severity] = Counter()
    for one in rules:
        counts.update(finding.severity for finding in one.fails)
    return counts
