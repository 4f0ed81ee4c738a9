"""The demo organisation audited once, through real HTTP and a real store, and its rows looked up by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from auditor.app.collect import collect
from auditor.app.judge import Judged, evaluate
from auditor.app.progress import Silent
from auditor.app.workspace import Workspace
from auditor.config import load_config
from auditor.demo.graph_sandbox import GraphSandbox
from auditor.demo.organisation import NOW
from auditor.demo.organisation.expected import NAME_COLUMNS, Expected
from auditor.demo.organisation.folder import SECRETS, write_demo
from auditor.demo.organisation.meta_state import graph_state
from auditor.demo.organisation.x_state import x_state
from auditor.demo.x_sandbox import XSandbox
from auditor.model.finding import Verdict
from auditor.vault import SecretChain
from policies.columns import VIEWS


def demo_workspace(folder: Path, *, x_base_url: str, graph_base_url: str) -> Workspace:
    """Write the demo into ``folder`` and return its workspace; the clock stands at the demo's instant."""
    path = write_demo(folder, x_base_url=x_base_url, graph_base_url=graph_base_url)
    return Workspace(
        load_config(path),
        clock=lambda: NOW,
        sleep=lambda _seconds: None,
        secrets=SecretChain(base_dir=path.parent, environ=dict(SECRETS)),
    )


@contextmanager
def judged_demo(folder: Path) -> Iterator[Judged]:
    """Gather and judge the demo organisation."""
    with XSandbox(x_state()) as x, GraphSandbox(graph_state()) as graph:
        workspace = demo_workspace(folder, x_base_url=x.base_url, graph_base_url=graph.base_url)
        with workspace.store() as store:
            collected = collect(workspace, store, Silent())
            with evaluate(workspace, store, collected.snapshot) as judged:
                yield judged


class Verdicts:
    """What a judged snapshot says of rows told by name."""

    def __init__(self, judged: Judged) -> None:
        self._judged = judged
        self._over = {rule.id: rule.over for pack in judged.packs for rule in pack.rules}
        self._rows: dict[str, pd.DataFrame] = {}
        findings = judged.judgement.findings
        self._found = {
            (row.rule, row.subject_type, row.subject_id): Verdict(row.verdict)
            for row in findings[["rule", "subject_type", "subject_id", "verdict"]].itertuples()
        }

    def of(self, row: Expected) -> set[Verdict]:
        """Return the verdicts on the row's subjects; more than one subject may bear the name.

        A subject without a finding has passed, as long as the rule concerns it at all.
        """
        view = VIEWS[self._over[row.rule]]
        if not row.who and row.account is not None:
            account_id = row.account.account_id
            return {self._found.get((row.rule, "account", account_id), Verdict.PASS)}
        subjects = self._subjects(view.name, row)
        return {self._found.get((row.rule, view.subject, key), Verdict.PASS) for key in subjects[view.key]}

    def _subjects(self, name: str, row: Expected) -> pd.DataFrame:
        if name not in self._rows:
            self._rows[name] = self._judged.views.query(name)
        rows = self._rows[name]
        named = rows[rows[NAME_COLUMNS[name]] == row.who]
        if "account_id" in named.columns and row.account is not None:
            return named[named["account_id"] == row.account.account_id]
        return named[named["platform"] == row.platform] if row.platform else named
