"""The made-up organisation on the disk: configuration, access matrix and a store with one snapshot.

Each function is a task for `benchmarks.measure.in_child`: JSON in, JSON out.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from auditor.app.judge import evaluate, record
from auditor.app.workspace import Workspace
from auditor.store import ConnectionRun, RunState
from benchmarks import synthetic

_CONFIG = """organization: {name: Riverside Health, timezone: America/Chicago, email_domains: [riverside.example]}
store: sqlite:///auditor.db
connections:
  - {id: made-up, connector: table, path: nothing.csv, attested_by: bo@riverside.example, attested_on: 2026-11-20}
roster: {connector: hr-table, path: people.csv}
vendors: vendors.csv
policies:
  packs: [least-privilege, hipaa-social, meta-baseline]
  access: access.yaml
"""


def configure(place: Path) -> None:
    """Write the configuration and the access matrix it names."""
    (place / "auditor.yaml").write_text(_CONFIG, encoding="utf-8")
    (place / "access.yaml").write_text(_matrix(), encoding="utf-8")


def store(folder: str, grants: int, people: int) -> dict[str, Any]:
    """Write the configuration and a snapshot of that size; nothing is judged."""
    place = Path(folder)
    configure(place)
    workspace = _workspace(place)
    facts = synthetic.facts(synthetic.frames(grants, people))
    with workspace.store() as opened, opened.begin_snapshot(synthetic.NOW - timedelta(minutes=1)) as writer:
        count = writer.add(facts)
        run = ConnectionRun(id="made-up", connector="table", state=RunState.COMPLETE, facts=count)
        writer.finish(synthetic.NOW, [run])
    return {"facts": count}


def audit(folder: str) -> dict[str, Any]:
    """Judge the stored snapshot and record the findings, as ``auditor audit --snapshot`` does."""
    workspace = _workspace(Path(folder))
    with workspace.store(create=False) as opened:
        snapshot = opened.snapshot("latest")
        with evaluate(workspace, opened, snapshot) as judged:
            record(opened, judged)
            results = judged.judgement.rule_results
            return {
                "findings": len(judged.judgement.findings),
                "rules": len(results),
                "failed": int(results["failed"].sum()),
                "unknown": int(results["unknown"].sum()),
            }


def _workspace(place: Path) -> Workspace:
    workspace = Workspace.open(place / "auditor.yaml")
    workspace.clock = lambda: synthetic.NOW
    return workspace


def _matrix() -> str:
    lines = []
    for line in synthetic.MATRIX.lines:
        conditions = {
            "principal_kind": line.principal_kind,
            "department": line.department,
        }
        given = [f"{name}: [{', '.join(words)}]" for name, words in conditions.items() if words]
        lines.append(
            f"- {{{', '.join(given)}, level: {line.level_word}, messages: {str(line.messages).lower()}}}"
        )
    return "\n".join(lines) + "\n"
