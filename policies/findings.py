"""The rows a judgement tells of, as the frame of findings, and what would close most of the unknown ones."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from policies.emission import WHOLE_ACCOUNT
from policies.frames import to_frame
from policies.rule import Rule
from policies.verdicts import BASES, UNKNOWN, VERDICTS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROW_TYPES = {
    "rule": "INTEGER",
    "code": "INTEGER",
    "fingerprint": "VARCHAR",
    "subject_id": "VARCHAR",
    "message": "VARCHAR",
    "remediation": "VARCHAR",
    "reason": "VARCHAR",
    "remedy": "VARCHAR",
    "platform": "VARCHAR",
    "account_id": "VARCHAR",
    "principal_id": "VARCHAR",
    "person_id": "VARCHAR",
    "evidence_id": "VARCHAR",
    "about": "VARCHAR",
    "sort": "INTEGER",
}
# Told of many rows in the same words: one object in memory each, not one a row.
_SHARED = ("reason", "remedy", "about", "platform", "account_id")


def fetch_rows(cursor: DuckDBPyConnection) -> pd.DataFrame:
    """Return the rows of `policies.emission.rows_sql` or `accounts_sql`."""
    return to_frame(cursor, _ROW_TYPES, shared=_SHARED)


def findings_of(rows: pd.DataFrame, rules: Sequence[Rule]) -> pd.DataFrame:
    """Return ``rows`` as findings, the gravest first; what is the same for a whole rule is one object."""
    rule, code = rows["rule"].to_numpy(dtype="int64"), rows["code"].to_numpy(dtype="int64")
    sort = rows["sort"].to_numpy(dtype="int64")
    severity = np.array([int(each.severity) for each in rules])[rule]
    order = _sorted_by_subject(
        rows["subject_id"], np.lexsort((-sort, rule, code >= UNKNOWN, -severity)), rule, code >= UNKNOWN, sort
    )
    rule, code, at_account = rule[order], code[order], sort[order] == WHOLE_ACCOUNT

    def taken(name: str) -> pd.Series[Any]:
        return rows[name].take(order).reset_index(drop=True)

    def per_rule(values: Sequence[str]) -> pd.Series[Any]:
        return pd.Series(np.array(values, dtype=object)[rule], dtype="str")

    def per_code(values: Sequence[str]) -> pd.Series[Any]:
        return pd.Series(np.array([str(value) for value in values], dtype=object)[code], dtype="str")

    # A remediation with holes is a row's own, and an account that cannot be judged has none.
    own = at_account | np.array([bool(each.remediation.slots) for each in rules])[rule]
    remediations = per_rule(["".join(map(str, each.remediation.parts)) for each in rules])
    found = {
        "fingerprint": taken("fingerprint"),
        "rule": per_rule([each.id for each in rules]),
        "pack": per_rule([each.pack for each in rules]),
        "severity": per_rule([each.severity.word for each in rules]),
        "verdict": per_code(VERDICTS),
        "basis": per_code(BASES),
        "subject_type": per_rule([each.view.subject for each in rules]).mask(at_account, "account"),
        "subject_id": taken("subject_id"),
        "message": taken("message"),
        "remediation": remediations.where(~own, taken("remediation")),
        **{name: taken(name) for name in ("reason", "remedy", "platform")},
        **{name: taken(name) for name in ("account_id", "principal_id", "person_id", "evidence_id")},
        "references": per_rule([json.dumps(dict(each.references)) for each in rules]),
    }
    return pd.DataFrame(found, copy=False)


def _sorted_by_subject(subjects: pd.Series[Any], order: Any, *keys: Any) -> Any:
    """Return ``order`` with the rows of equal ``keys`` by their subject; only their ids are compared as text."""
    ahead = np.zeros(max(len(order) - 1, 0), dtype=bool)
    for key in keys:
        ahead |= np.diff(key[order].astype("int64")) != 0
    edges = [0, *(np.flatnonzero(ahead) + 1).tolist(), len(order)]
    places, texts = order.tolist(), subjects.tolist()
    sorted_places: list[int] = []
    for start, end in itertools.pairwise(edges):
        sorted_places += sorted(places[start:end], key=texts.__getitem__)
    return np.array(sorted_places, dtype="int64")


def gaps_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Group what is unknown by what would close most of it."""
    unknown = rows[rows["code"] == UNKNOWN]
    grouped = (
        unknown.assign(about=unknown["about"].where(unknown["about"] != "", None))
        .groupby("remedy", sort=False)
        .agg(
            reason=("reason", "min"),
            facts=("about", lambda kinds: tuple(sorted(kinds.dropna().unique()))),
            accounts=("account_id", "nunique"),
            verdicts=("rule", "size"),
        )
        .reset_index()
    )
    return grouped.sort_values(["verdicts", "remedy"], ascending=[False, True], ignore_index=True)
