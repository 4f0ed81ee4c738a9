"""The roster join in pandas."""

from __future__ import annotations

import json
from collections.abc import Callable

import pandas as pd

from benchmarks.joins.pairs import Pairs


def joiner(principals: pd.DataFrame, people: pd.DataFrame) -> Callable[[], Pairs]:
    """Return a function that joins the two frames."""

    def join() -> Pairs:
        declared = _exploded(people, "handles", "key")
        declared["key"] = declared["key"].str.lower()
        key = principals["platform"] + ":" + principals["handle"].str.lower()
        by_handle = principals.assign(key=key).merge(_sole(declared, "key"), on="key")
        mails = pd.concat(
            [
                people[["person_id", "work_email"]].rename(columns={"work_email": "mail"}),
                _exploded(people, "other_emails", "mail"),
            ]
        ).dropna()
        mails["mail"] = mails["mail"].str.lower()
        rest = principals[~principals["principal_id"].isin(by_handle["principal_id"])].dropna(
            subset=["email"]
        )
        by_mail = rest.assign(mail=rest["email"].str.lower()).merge(_sole(mails, "mail"), on="mail")
        return pd.concat([found[["principal_id", "person_id"]] for found in (by_handle, by_mail)])

    return join


def _exploded(people: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    some = people.loc[people[column] != "[]", ["person_id", column]]
    return (
        pd.DataFrame({"person_id": some["person_id"], name: some[column].map(json.loads)})
        .explode(name)
        .astype("str")
    )


def _sole(keys: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the keys that one person alone has."""
    pairs = keys.drop_duplicates([column, "person_id"])
    return pairs[~pairs[column].duplicated(keep=False)]
