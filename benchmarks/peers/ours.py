"""The thirty rules as a pack of ours, and the joined rows the peers are given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from benchmarks import synthetic
from benchmarks.peers.rules import COLUMNS, RULES, applies_sql, column_sql, fails_sql
from policies.engine import count_verdicts, judge_views, views
from policies.loader import load_packs
from policies.rule import Pack
from policies.views import Views

Row = dict[str, Any]


def pack() -> Pack:
    """Return the rules as a pack, loaded as a user's own is."""
    lines = ["pack: {id: thirty, title: Thirty rules over grants, version: '1'}", "rules:"]
    for name, terms in RULES.items():
        lines += [f"  - id: {name}", "    title: The rule holds", "    severity: high", "    over: grants"]
        lines += [f"    fails_when: {json.dumps(fails_sql(terms))}"]
        if applies := applies_sql(terms):
            lines += [f"    applies_when: {json.dumps(applies)}"]
        lines += ['    message: "{{ principal_name }} on {{ account_name }}"']
    with TemporaryDirectory() as folder:
        path = Path(folder) / "thirty.yaml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return load_packs([str(path)], base_dir=Path(folder))[0]


class House:
    """A snapshot's views, opened anew for every judgement as in an audit."""

    def __init__(self, frames: Mapping[str, pd.DataFrame], rules: Pack) -> None:
        self._frames = frames
        self._identities = synthetic.identities(frames)
        self._rules = rules
        self._views: Views | None = None

    def open(self) -> None:
        """Open the views, closing those from before."""
        self.close()
        self._views = views(
            self._frames, identities=self._identities, as_of=synthetic.NOW, settings=synthetic.SETTINGS
        )

    def close(self) -> None:
        """Release the memory."""
        if self._views is not None:
            self._views.close()
            self._views = None

    def hits(self) -> dict[str, int]:
        """Judge by the engine; return how many rows each rule fails on."""
        results = judge_views(self._opened, (self._rules,)).rule_results
        return dict(zip(results["rule"], results["failed"].astype(int), strict=True))

    def counts(self) -> dict[str, int]:
        """Count how many rows each rule fails on, and write nothing of any: what the peers do."""
        results = count_verdicts(self._opened, (self._rules,))
        return dict(zip(results["rule"], results["failed"].astype(int), strict=True))

    def rows(self, count: int) -> list[Row]:
        """Return joined grants as the peers are given them: plain values, what is not known left out."""
        view = self._opened.ensure("grants")
        columns = ", ".join(f'{column_sql(name)} AS "{name}"' for name in COLUMNS)
        cursor = self._opened.connection.execute(
            f"SELECT {columns} FROM {view} ORDER BY grant_id LIMIT {count}"
        )
        return [
            {name: value for name, value in zip(COLUMNS, row, strict=True) if value is not None}
            for row in cursor.fetchall()
        ]

    @property
    def _opened(self) -> Views:
        if self._views is None:
            raise RuntimeError("open the views first")
        return self._views
