"""Rules over a snapshot: verdicts, findings, and how much is really known.

Every view is scanned once for all its rules: each row's verdicts become a few packed numbers, whose
distinct patterns are counted. Only rows with a fail or an unknown are then joined to their messages.
No row passes through Python on the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from auditor.errors import AuditorError, RosterError
from auditor.model.estate import FactKind
from auditor.model.finding import Verdict
from policies import coverage
from policies.emission import (
    TOLD_PRINCIPALS,
    Scene,
    accounts_sql,
    gaps_wide_sql,
    rows_sql,
    told_sql,
)
from policies.expressions import nearest
from policies.findings import fetch_rows, findings_of, gaps_of
from policies.frames import to_frame
from policies.intake import Intake
from policies.loader import param_value
from policies.rule import Pack, ParamValue, Rule
from policies.sandbox import time_limit, told_failures
from policies.settings import JudgeSettings
from policies.verdicts import BASES, EMITTED, PER_WORD, UNKNOWN, VERDICTS, code_of, terms_sql, words_sql
from policies.views import Identities, Views
from policies.views_staging import Frame

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FIRST = ("grants", "apps", "vendors")
"""The views that are judged in one thread; all others keep a second one as busy. Views that need the same
tables of their own stand on one side."""

__all__ = ["CoverageSplit", "JudgeSettings", "Judgement", "judge", "judge_views", "views"]


@dataclass(frozen=True, slots=True)
class CoverageSplit:
    """How many of the facts the rules ask for, one per account and kind, are known and by whom."""

    verified: int
    attested: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of one snapshot."""

    findings: pd.DataFrame
    """Fails and unknowns, the gravest first; columns are the fields of `auditor.model.finding.Finding`,
    severity and verdict as words, references as JSON text."""
    rule_results: pd.DataFrame
    """One row a rule: rule, pack, severity, passed, failed, unknown, not_applicable, and how many of the
    passes and fails are verified and attested."""
    coverage: pd.DataFrame
    """One row per account and kind of fact that a rule which concerns it reads: account_id, platform,
    fact, state (a CoverageState or ``not_read``), basis, reason, remedy, source."""
    coverage_split: CoverageSplit
    gaps: pd.DataFrame
    """The unknown findings grouped by what would close them, the most fruitful first: remedy, reason,
    facts, accounts, verdicts."""


def views(
    frames: Mapping[str, Frame],
    *,
    identities: Identities,
    as_of: datetime,
    settings: JudgeSettings,
    ahead: Intake | None = None,
) -> Views:
    """Return the published views of a snapshot for reading; close them after use.

    A table may come whole or as an iterable of its parts, which is gone through once. What was taken in
    ``ahead`` stands in for the tables in ``frames``.

    Raises:
        AuditorError: the memory was not enough, or a frame cannot be taken in.

    """
    with told_failures():
        return Views(frames, identities=identities, as_of=as_of, settings=settings, ahead=ahead)


def judge(
    frames: Mapping[str, Frame],
    *,
    identities: pd.DataFrame | None,
    packs: Sequence[Pack],
    as_of: datetime,
    settings: JudgeSettings,
) -> Judgement:
    """Hold a snapshot against the rules of ``packs`` as of one instant.

    Raises:
        AuditorError: there is nothing to judge by or nothing to judge; an override names no rule or
            parameter; the time or memory was not enough.
        RosterError: a roster is configured and has nobody in it.

    """
    active_rules(packs, settings)
    with views(frames, identities=identities, as_of=as_of, settings=settings) as seen:
        return judge_views(seen, packs)


def judge_views(seen: Views, packs: Sequence[Pack]) -> Judgement:
    """Hold views that are already open against the rules of ``packs``; raises as `judge` does."""
    settings = seen.settings
    rules, params = _bound(seen, packs)
    tallies: dict[int, Counter[int]] = {number: Counter() for number in range(len(rules))}
    with (
        told_failures(),
        seen.beside() as second,
        time_limit(settings.time_limit_seconds, seen.connection, second.connection),
        ThreadPoolExecutor(max_workers=1) as worker,
    ):
        _refuse_no_roster(seen.connection, settings)
        _refuse_no_account(seen.connection)
        coming = worker.submit(_known, second.connection, rules, params)
        others = worker.submit(_judge_others, second, rules, params, tallies)
        parts = [_judge_view(seen, name, rules, params, tallies, after=coming) for name in _FIRST]
        known, (accounts, rest) = coming.result(), others.result()
    for number in accounts["rule"]:
        tallies[int(number)][UNKNOWN] += 1
    rows = pd.concat([part for part in (accounts, *parts, *rest) if part is not None], ignore_index=True)
    findings = findings_of(rows, rules)
    return Judgement(
        findings=findings,
        rule_results=_rule_results(rules, tallies),
        coverage=known,
        coverage_split=_split(known),
        gaps=gaps_of(rows),
    )


def count_verdicts(seen: Views, packs: Sequence[Pack]) -> pd.DataFrame:
    """Return how often each rule reaches each verdict over the rows of its view; nothing is written of any.

    What a rule would find, before it is in force. Accounts that cannot be judged as a whole are not counted:
    `judge_views` counts them. The columns are those of `Judgement.rule_results`; raises as `judge` does.
    """
    rules, params = _bound(seen, packs)
    tallies: dict[int, Counter[int]] = {number: Counter() for number in range(len(rules))}
    with told_failures(), time_limit(seen.settings.time_limit_seconds, seen.connection):
        for name in _views_of(rules):
            _decide(seen, name, rules, params, tallies)
    return _rule_results(rules, tallies)


def _bound(seen: Views, packs: Sequence[Pack]) -> tuple[tuple[Rule, ...], dict[str, dict[str, ParamValue]]]:
    rules = active_rules(packs, seen.settings)
    return rules, {rule.id: bound_params(rule, seen.settings.params.get(rule.id, {})) for rule in rules}


def active_rules(packs: Sequence[Pack], settings: JudgeSettings) -> tuple[Rule, ...]:
    """Return the rules of ``packs`` that are to be judged; raises AuditorError where that is none."""
    every = {rule.id: rule for pack in packs for rule in pack.rules}
    for name, where in [(name, "disabled") for name in sorted(settings.disabled)] + [
        (name, "params") for name in settings.params
    ]:
        if name not in every:
            raise AuditorError(
                f"policies.{where} names {name!r}, which is no rule of the packs in force.",
                remedy=nearest(name, every) or "See 'auditor rules list'.",
            )
    for pack in packs:
        if not pack.rules:
            raise AuditorError(f"The pack {pack.id!r} has no rule.", remedy="Remove it, or add a rule.")
    active = tuple(rule for rule in every.values() if rule.id not in settings.disabled)
    if not active:
        raise AuditorError(
            "There is no rule to judge by, so nothing could be found.",
            remedy="Name a pack under policies.packs, or take rules off policies.disabled.",
        )
    return active


def bound_params(rule: Rule, given: Mapping[str, Any]) -> dict[str, ParamValue]:
    """Return the rule's parameters with the overrides; raises AuditorError where one does not fit."""
    bound = dict(rule.params)
    for name, value in given.items():
        if name not in bound:
            raise AuditorError(
                f"policies.params.{rule.id}.{name}: the rule has no such parameter.",
                remedy=nearest(name, bound) or f"It has: {', '.join(bound) or 'none'}.",
            )
        checked = param_value(value)
        if isinstance(bound[name], float) and isinstance(checked, int) and not isinstance(checked, bool):
            checked = float(checked)
        if checked is None or type(checked) is not type(bound[name]):
            raise AuditorError(
                f"policies.params.{rule.id}.{name}: is not of the kind of its default, {bound[name]!r}."
            )
        bound[name] = checked
    return bound


def _refuse_no_roster(connection: DuckDBPyConnection, settings: JudgeSettings) -> None:
    if settings.has_roster and not connection.execute("SELECT 1 FROM t_people LIMIT 1").fetchall():
        raise RosterError(
            "The roster has nobody in it, so nobody could be found to have left.",
            remedy="Check the roster file, or remove the roster from auditor.yaml.",
        )


def _refuse_no_account(connection: DuckDBPyConnection) -> None:
    """An audit of nothing is an error, never green."""
    if not connection.execute("SELECT account_id FROM d_accounts LIMIT 1").fetchall():
        raise AuditorError(
            "The snapshot holds no account, so there is nothing to judge.",
            remedy="Add a connection to auditor.yaml and run 'auditor doctor'.",
        )


def _views_of(rules: Sequence[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.over for rule in rules))


def _known(
    connection: DuckDBPyConnection, rules: Sequence[Rule], params: Mapping[str, Mapping[str, ParamValue]]
) -> pd.DataFrame:
    """Prepare what is needed and what of it is missing; return the coverage."""
    coverage.relate(connection, rules, params)
    connection.execute(gaps_wide_sql(tuple(FactKind)))
    return to_frame(connection.execute(coverage.TABLE_SQL), dict.fromkeys(coverage.TABLE_COLUMNS, "VARCHAR"))


@dataclass(frozen=True, slots=True)
class _Decided:
    """What was decided of one view's rows, kept in ``judged`` and ``emitted``."""

    rules: Mapping[int, Rule]
    """The view's rules by their numbers."""
    hidden: frozenset[str]
    """The columns of the view that are not published."""
    words: int
    told: Mapping[int, frozenset[int]]
    """The numbers of the rules that tell of anything, with the codes they tell of."""


def _judge_others(
    seen: Views,
    rules: Sequence[Rule],
    params: Mapping[str, Mapping[str, ParamValue]],
    tallies: Mapping[int, Counter[int]],
) -> tuple[pd.DataFrame, list[pd.DataFrame | None]]:
    """Return the rows to tell of whole accounts, and those of every view but the first."""
    accounts = fetch_rows(seen.connection.execute(accounts_sql(rules)))
    names = [name for name in _views_of(rules) if name not in _FIRST]
    return accounts, [_judge_view(seen, name, rules, params, tallies) for name in names]


def _judge_view(
    seen: Views,
    name: str,
    rules: Sequence[Rule],
    params: Mapping[str, Mapping[str, ParamValue]],
    tallies: Mapping[int, Counter[int]],
    *,
    after: Future[pd.DataFrame] | None = None,
) -> pd.DataFrame | None:
    """Judge all rules over one view; add to the tallies and return the rows to tell of.

    ``after``: what must be known before a reason can be given.
    """
    if name not in _views_of(rules):
        return None
    decided = _decide(seen, name, rules, params, tallies)
    if not decided.told:
        return None
    seen.connection.execute(told_sql(name, decided.words))
    telling = {number: rule for number, rule in decided.rules.items() if number in decided.told}
    if name == "principals":
        seen.run("reach", among=f"principal_id IN ({TOLD_PRINCIPALS})")
    if after is not None:
        after.result()
    scene = Scene(name, telling, decided.told, params, decided.hidden)
    return fetch_rows(seen.connection.execute(rows_sql(scene, seen.narrowed(name))))


def _decide(
    seen: Views,
    name: str,
    rules: Sequence[Rule],
    params: Mapping[str, Mapping[str, ParamValue]],
    tallies: Mapping[int, Counter[int]],
) -> _Decided:
    """Decide all rules over one view and add to the tallies."""
    connection = seen.connection
    view = seen.ensure(name)
    described = connection.execute(f"DESCRIBE {view}").fetchall()
    hidden = frozenset(row[0] for row in described if row[0].startswith("_"))
    numbered = {number: rule for number, rule in enumerate(rules) if rule.over == name}
    chosen = tuple(numbered.values())
    flags = ", ".join(sorted(column for column in hidden if column.startswith("_attested")))
    if name == "principals" and any("accounts" in rule.columns for rule in chosen):
        seen.run("reach")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE judged AS SELECT _rid AS rid, {words_sql(chosen, hidden)}"  # noqa: S608 - our names, inspected terms, quoted texts
        f" FROM (SELECT _rid, _stale, {flags}, {terms_sql(chosen, params)} FROM {view})"
    )
    words = -(-len(chosen) // PER_WORD)
    return _Decided(numbered, hidden, words, _tally(connection, words, tuple(numbered), tallies))


def _tally(
    connection: DuckDBPyConnection, words: int, numbers: tuple[int, ...], tallies: Mapping[int, Counter[int]]
) -> dict[int, frozenset[int]]:
    """Count the patterns of verdicts, and make ``emitted``: which rules tell of which pattern.

    Returns the numbers of the rules that tell of anything, with the codes they tell of.
    """
    keys = [f"w{word}" for word in range(words)]
    listed = ", ".join(keys)
    patterns = connection.execute(
        f"SELECT {listed}, count(*) AS rows FROM judged GROUP BY {listed}"  # noqa: S608 - our names
    ).fetchnumpy()
    packed = [np.ma.getdata(patterns[key]) for key in keys]
    rows = np.ma.getdata(patterns["rows"])
    parts: list[pd.DataFrame] = []
    told: dict[int, frozenset[int]] = {}
    for place, number in enumerate(numbers):
        codes = code_of(packed[place // PER_WORD], place % PER_WORD)
        for code in np.unique(codes):
            tallies[number][int(code)] += int(rows[codes == code].sum())
        telling = np.isin(codes, EMITTED)
        if telling.any():
            told[number] = frozenset(np.unique(codes[telling]).tolist())
            cells = {key: word[telling] for key, word in zip(keys, packed, strict=True)}
            parts.append(pd.DataFrame({**cells, "rule": number, "code": codes[telling]}))
    if parts:
        connection.register("incoming", pd.concat(parts, ignore_index=True))
        connection.execute("CREATE OR REPLACE TEMP TABLE emitted AS SELECT * FROM incoming")
        connection.unregister("incoming")
    return told


def _rule_results(rules: Sequence[Rule], tallies: Mapping[int, Counter[int]]) -> pd.DataFrame:
    results = []
    for number, rule in enumerate(rules):
        counts: Counter[str] = Counter()
        for code, count in tallies[number].items():
            counts[VERDICTS[code]] += count
            if VERDICTS[code] in (Verdict.PASS, Verdict.FAIL):
                counts[BASES[code]] += count
        results.append(
            {
                "rule": rule.id,
                "pack": rule.pack,
                "severity": rule.severity.word,
                "passed": counts[Verdict.PASS],
                "failed": counts[Verdict.FAIL],
                "unknown": counts[Verdict.UNKNOWN],
                "not_applicable": counts[Verdict.NOT_APPLICABLE],
                "verified": counts["verified"],
                "attested": counts["attested"],
            }
        )
    return pd.DataFrame(results)


def _split(known: pd.DataFrame) -> CoverageSplit:
    counts = known["basis"].value_counts()
    return CoverageSplit(*(int(counts.get(basis, 0)) for basis in ("verified", "attested", "unknown")))
