"""From codes to findings: messages, reasons and fingerprints for the rows that fail or are unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.model.estate import FactKind
from policies.messages import clean_sql, platform_sql, to_sql
from policies.reasons import Cause, causes, rung_sql
from policies.rule import ParamValue, Rule, Template
from policies.sandbox import quote
from policies.verdicts import UNKNOWN

_LABELS = {
    "grants": ("principal_name", "account_name"),
    "accounts": ("account_name",),
    "apps": ("app_name", "account_name"),
    "principals": ("principal_name",),
    "people": ("person_name",),
    "logins": ("client", "account_name"),
    "tokens": ("token_id",),
    "vendors": ("vendor_name",),
    "changes": ("change_kind", "account_name"),
    "seeds": ("account_name",),
}
WHOLE_ACCOUNT = 8
"""Sorts what cannot be judged for a whole account before any of its rows, and marks it."""
COLUMNS = (
    "rule",
    "code",
    "fingerprint",
    "subject_id",
    "message",
    "remediation",
    "reason",
    "remedy",
    "platform",
    "account_id",
    "principal_id",
    "person_id",
    "evidence_id",
    "about",
    "sort",
)


@dataclass(frozen=True, slots=True)
class Scene:
    """The rules judged over one view, with their numbers in the whole judgement and their parameters."""

    view: str
    rules: Mapping[int, Rule]
    codes: Mapping[int, frozenset[int]]
    """Which of the codes that are told of each rule reached on some row."""
    params: Mapping[str, Mapping[str, ParamValue]]
    hidden: frozenset[str]

    @property
    def failing(self) -> dict[int, Rule]:
        """The rules some row fails."""
        return {number: rule for number, rule in self.rules.items() if self.codes[number] - {UNKNOWN}}

    @property
    def unknowing(self) -> dict[int, Rule]:
        """The rules that are unknown on some row."""
        return {number: rule for number, rule in self.rules.items() if UNKNOWN in self.codes[number]}


def told_table(view: str) -> str:
    """Return the name of the table that holds which rows of ``view`` are told of."""
    return f"told_of_{view}"


def told_sql(view: str, words: int) -> str:
    """Return the statement for a view's `told_table`, a row a finding: rid, rule, code; over ``judged`` and ``emitted``."""
    keys = " AND ".join(f"emitted.w{word} = judged.w{word}" for word in range(words))
    return (
        f"CREATE OR REPLACE TABLE {told_table(view)} AS SELECT judged.rid, CAST(emitted.rule AS SMALLINT) AS rule,"  # noqa: S608 - our names
        f" CAST(emitted.code AS SMALLINT) AS code FROM judged JOIN emitted ON {keys}"
    )


TOLD_PRINCIPALS = (
    f"SELECT principal_id FROM d_principals WHERE rowid IN (SELECT rid FROM {told_table('principals')})"  # noqa: S608 - our names
)
"""The principals with a row to tell of."""


def rows_sql(scene: Scene, narrowed: str) -> str:
    """Return the query for the findings of one view, over its `told_table` and the ``narrowed`` view of its rows.

    A remediation without holes is left empty: the engine puts in what is the same for a whole rule.
    """
    view = next(iter(scene.rules.values())).view
    names = {column.name for column in view.columns}
    ladders = {number: causes(rule, scene.hidden) for number, rule in scene.unknowing.items()}
    said = tuple(dict.fromkeys(cause.told for ladder in ladders.values() for cause in ladder))
    numbers = {cause: number for number, cause in enumerate(said)}
    rungs = {number: rung_sql(ladder, numbers) for number, ladder in ladders.items()}
    parts = {
        "rule": "rule",
        "code": "code",
        "fingerprint": fingerprint_sql(
            _by_rule({n: quote(r.id) for n, r in scene.rules.items()}), view.subject, f'"{view.key}"'
        ),
        "subject_id": f'"{view.key}"',
        "message": f"CASE WHEN code = {UNKNOWN} THEN {_by_rule(_unknowns(scene))} ELSE {_by_rule(_messages(scene))} END",
        "remediation": f"coalesce({_by_rule(_remediations(scene))}, '')",
        **{part: _said(said, part) for part in ("reason", "remedy", "about")},
        **{
            name: f'"{name}"' if name in names else "CAST(NULL AS VARCHAR)"
            for name in ("platform", "account_id", "principal_id", "person_id", "evidence_id")
        },
        "sort": "sort_rank"
        if "sort_rank" in names
        else "coalesce(highest_rank, 7)"
        if "highest_rank" in names
        else "0",
    }
    if "_principal_id" in scene.hidden:
        parts["principal_id"] = "_principal_id"
    gaps = "LEFT JOIN gaps_wide ON gap_account = v._cov_account" if "_cov_account" in scene.hidden else ""
    return (
        f"SELECT {', '.join(f'{parts[name]} AS {name}' for name in COLUMNS)} FROM ("  # noqa: S608 - our names, inspected terms, quoted texts
        f"SELECT *, CASE WHEN code = {UNKNOWN} THEN {_by_rule(rungs)} END AS _cause"
        f" FROM (SELECT * FROM {narrowed} v JOIN {told_table(scene.view)} told ON told.rid = v._rid {gaps} ORDER BY rule, code))"
    )


def _said(said: Sequence[Cause], part: str) -> str:
    """Return SQL for one part of the cause a row was given; what several causes share stands there once."""
    numbers: dict[str, list[int]] = {}
    for number, cause in enumerate(said):
        numbers.setdefault(getattr(cause, part), []).append(number)
    texts = " ".join(
        f"WHEN _cause IN ({', '.join(map(str, listed))}) THEN {text}" for text, listed in numbers.items()
    )
    return f"CASE WHEN _cause IS NULL THEN '' {texts} END"


def accounts_sql(rules: Sequence[Rule]) -> str:
    """Return the query for the accounts a rule cannot be judged on, because its facts are not known there."""
    numbered = dict(enumerate(rules))
    titles = _by_rule({number: quote(rule.title) for number, rule in numbered.items()}, "g.rule")
    ids = _by_rule({number: quote(rule.id) for number, rule in numbered.items()}, "g.rule")
    return f"""
        WITH missing AS (
            SELECT n.rule, n.account_id, arg_min(g.reason, n.place) AS first_reason, arg_min(g.remedy, n.place) AS remedy,
                arg_min(n.fact, n.place) AS about, list_distinct(list(g.reason ORDER BY n.place)) AS reasons
            FROM needs n JOIN d_gaps g USING (account_id, fact) WHERE NOT n.settled GROUP BY n.rule, n.account_id
        )
        SELECT g.rule, {UNKNOWN} AS code, {fingerprint_sql(ids, "account", "g.account_id")} AS fingerprint,
            g.account_id AS subject_id,
            {titles} || ': not known for ' || {clean_sql("a.account_name")} || ' (' || {platform_sql("a.platform")} || ')' AS message,
            '' AS remediation,
            g.first_reason || CASE WHEN len(g.reasons) > 1
                THEN ' ' || array_to_string(list_filter(g.reasons, lambda r: r <> g.first_reason), ' ') ELSE '' END AS reason,
            g.remedy, a.platform, g.account_id, CAST(NULL AS VARCHAR) AS principal_id, CAST(NULL AS VARCHAR) AS person_id,
            CAST(NULL AS VARCHAR) AS evidence_id, g.about, {WHOLE_ACCOUNT} AS sort
        FROM missing g JOIN d_accounts a USING (account_id)
        WHERE {_by_rule({n: str(r.over != "accounts").upper() for n, r in numbered.items()}, "g.rule")}
    """  # noqa: S608 - our names, inspected terms, quoted texts


def gaps_wide_sql(kinds: Sequence[FactKind]) -> str:
    """Return the statement for ``gaps_wide``: a row an account, a ``{reason, remedy}`` a kind of fact."""
    cells = ", ".join(
        f"max(struct_pack(reason := reason, remedy := remedy)) FILTER (fact = {quote(kind)}) AS gap_{kind}"
        for kind in kinds
    )
    return (
        f"CREATE TABLE gaps_wide AS SELECT account_id AS gap_account, {cells} FROM d_gaps GROUP BY account_id"  # noqa: S608 - our names, inspected terms, quoted texts
    )


def fingerprint_sql(rule_id: str, subject_type: str, subject_id: str) -> str:
    """Return SQL for `auditor.model.finding.fingerprint`."""
    return f"left(sha256({rule_id} || chr(31) || {quote(subject_type)} || chr(31) || {subject_id}), 32)"


def _by_rule(texts: Mapping[int, str], number: str = "rule") -> str:
    cases = " ".join(f"WHEN {rule} THEN {text}" for rule, text in texts.items())
    return f"CASE {number} {cases} END" if texts else "NULL"


def _messages(scene: Scene) -> dict[int, str]:
    return {number: _text(scene, rule, rule.message) for number, rule in scene.failing.items()}


def _remediations(scene: Scene) -> dict[int, str]:
    return {
        number: _text(scene, rule, rule.remediation)
        for number, rule in scene.rules.items()
        if rule.remediation.slots
    }


def _text(scene: Scene, rule: Rule, template: Template) -> str:
    return to_sql(template, rule.view, scene.params[rule.id])


def _unknowns(scene: Scene) -> dict[int, str]:
    """The rule's own words for unknown, else its title and the subject."""
    texts = {}
    for number, rule in scene.unknowing.items():
        if rule.unknown:
            texts[number] = _text(scene, rule, rule.unknown)
            continue
        label = " || ' on ' || ".join(
            f"coalesce({clean_sql(name)}, 'not known')" for name in _LABELS[rule.over]
        )
        texts[number] = f"{quote(rule.title + ': not known for ')} || {label}"
    return texts
