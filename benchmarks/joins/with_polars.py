"""The roster join in polars, lazily, so that its optimiser sees the whole of it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pandas as pd

from benchmarks.joins.pairs import PEOPLE, PRINCIPALS, Pairs


def joiner(principals: pd.DataFrame, people: pd.DataFrame) -> Callable[[], Pairs]:
    """Return a function that joins the two frames; they are turned into polars' own beforehand."""
    pl = importlib.import_module("polars")
    who = pl.DataFrame({name: _texts(principals[name]) for name in PRINCIPALS}).lazy()
    roster = pl.DataFrame({name: _texts(people[name]) for name in PEOPLE}).lazy()

    def listed(column: str, name: str) -> Any:
        cells = pl.col(column).str.json_decode(pl.List(pl.String)).alias(name)
        some = roster.filter(pl.col(column) != "[]").select("person_id", cells)
        return some.explode(name).with_columns(pl.col(name).str.to_lowercase())

    def sole(keys: Any, name: str) -> Any:
        owners = (
            keys.drop_nulls().group_by(name).agg(pl.col("person_id").min(), last=pl.col("person_id").max())
        )
        return owners.filter(pl.col("person_id") == pl.col("last")).select(name, "person_id")

    def join() -> Pairs:
        key = (pl.col("platform") + ":" + pl.col("handle").str.to_lowercase()).alias("key")
        by_handle = who.with_columns(key).join(sole(listed("handles", "key"), "key"), on="key")
        work = roster.select("person_id", pl.col("work_email").str.to_lowercase().alias("mail"))
        mails = sole(pl.concat([work, listed("other_emails", "mail")]), "mail")
        rest = who.join(by_handle, on="principal_id", how="anti")
        by_mail = rest.with_columns(pl.col("email").str.to_lowercase().alias("mail")).join(mails, on="mail")
        found = pl.concat(
            [each.select("principal_id", "person_id") for each in (by_handle, by_mail)]
        ).collect()
        return pd.DataFrame(found.to_dict(as_series=False))

    return join


def _texts(series: Any) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in series]
