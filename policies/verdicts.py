"""A rule as SQL: one small number a row, which says the verdict and what it rests on.

The condition is TRUE: fail; FALSE: pass; NULL: unknown. Rows whose own facts are too old are
unknown whatever their cells say, unless the account itself is none the rule concerns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditor.model.estate import FactKind
from auditor.model.finding import Basis, Verdict
from policies.coverage import settled_sql
from policies.expressions import bind
from policies.rule import ParamValue, Rule

PASS_VERIFIED, PASS_ATTESTED, FAIL_VERIFIED, FAIL_ATTESTED, UNKNOWN, NOT_APPLICABLE = range(6)
VERDICTS = (
    Verdict.PASS,
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.FAIL,
    Verdict.UNKNOWN,
    Verdict.NOT_APPLICABLE,
)
BASES = (Basis.VERIFIED, Basis.ATTESTED, Basis.VERIFIED, Basis.ATTESTED, Basis.UNKNOWN, Basis.UNKNOWN)
EMITTED = (FAIL_VERIFIED, FAIL_ATTESTED, UNKNOWN)

BITS = 3
PER_WORD = 20
"""Codes of three bits that one BIGINT holds."""

# The attester a column answers to: by its kind of fact where that has a flag of its own, else by its part.
_FLAG_OF_KIND = {
    FactKind.MFA: "_attested_mfa",
    FactKind.MFA_REQUIRED: "_attested_mfa_required",
    FactKind.RECOVERY: "_attested_recovery",
    FactKind.GRANTS: "_attested_grants",
    FactKind.APPS: "_attested_grants",
}
_FLAG_OF_PART = {
    "account": "_attested_account",
    "principal": "_attested_principal",
    "vendor": "_attested_vendor",
}


def words_sql(rules: Sequence[Rule], hidden: frozenset[str]) -> str:
    """Return the select list ``w0, w1, ...``: the codes of all rules, packed; over the terms of `terms_sql`."""
    words = []
    for start in range(0, len(rules), PER_WORD):
        codes = [
            _code_sql(start + place, rule, hidden, BITS * place)
            for place, rule in enumerate(rules[start : start + PER_WORD])
        ]
        words.append(f"{' | '.join(codes)} AS w{start // PER_WORD}")
    return ", ".join(words)


def terms_sql(rules: Sequence[Rule], params: Mapping[str, Mapping[str, ParamValue]]) -> str:
    """Return the select list of every rule's conditions: ``f0, a0, n0, f1, ...``.

    ``n``: the rule does not concern the row's account, however old the row is.

    TRY: a cell that cannot be computed with (a date out of range) is not known, and stops nothing.
    """
    terms = []
    for number, rule in enumerate(rules):
        terms.append(f"TRY({bind(rule.fails_when.sql, params[rule.id])}) AS f{number}")
        if rule.applies_when:
            terms.append(f"TRY({bind(rule.applies_when.sql, params[rule.id])}) AS a{number}")
            terms.append(f"{settled_sql(rule.applies_when, rule.view, params[rule.id])} AS n{number}")
    return ", ".join(terms)


def code_of(word: Any, place: int) -> Any:
    """Return the code at ``place`` of a packed word, or of each of an array of words."""
    return (word >> (BITS * place)) & ((1 << BITS) - 1)


def _code_sql(number: int, rule: Rule, hidden: frozenset[str], shift: int) -> str:
    # The codes are written down shifted to their place: a million rows need not be cast and shifted again.
    passed, attested_pass, failed, attested_fail, unknown, elsewhere = (
        f"CAST({code << shift} AS BIGINT)" for code in range(len(VERDICTS))
    )
    attested = _attested_sql(rule, hidden)
    fails, applies = f"f{number}", f"a{number}" if rule.applies_when else "TRUE"
    settled = f"WHEN n{number} THEN {elsewhere} " if rule.applies_when else ""
    return (
        f"CASE {settled}WHEN _stale IS NOT NULL THEN {unknown} WHEN NOT {applies} THEN {elsewhere}"
        f" WHEN NOT {fails} THEN CASE WHEN {attested} THEN {attested_pass} ELSE {passed} END"
        f" WHEN {fails} AND {applies} THEN CASE WHEN {attested} THEN {attested_fail} ELSE {failed} END"
        f" ELSE {unknown} END"
    )


def _attested_sql(rule: Rule, hidden: frozenset[str]) -> str:
    flags = {"_attested"}
    for column in rule.view.columns:
        if column.name in rule.columns:
            flag = (_FLAG_OF_KIND.get(column.fact) if column.fact else None) or _FLAG_OF_PART.get(column.part)
            flags.add(flag or "_attested")
    return "(" + " OR ".join(sorted(flags & hidden)) + ")"
