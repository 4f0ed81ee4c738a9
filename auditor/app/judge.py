"""Hold a snapshot against the policy, and record what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from auditor.app.trend import Ages, Comparison, ages, compare
from auditor.app.workspace import Workspace
from auditor.errors import ConfigError
from auditor.model.estate import FactKind
from auditor.model.tables import FACT_TABLES
from auditor.store.columns import PROVENANCE, columns_of
from connectors.tabular import read_table
from policies.access import load_access
from policies.engine import Judgement, JudgeSettings, active_rules, bound_params, judge_views
from policies.engine import views as open_views
from policies.identity import PERSON_COLUMNS, PRINCIPAL_COLUMNS, Matching, match
from policies.identity_file import ReviewedFile, read_reviewed
from policies.intake import Intake
from policies.loader import load_packs
from policies.rule import Pack
from policies.views import Views

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from auditor.model.life import Seen
    from auditor.store import SnapshotInfo, Store


@dataclass(frozen=True)
class Judged:
    """A snapshot with its verdicts, its views open for reading."""

    snapshot: SnapshotInfo
    packs: tuple[Pack, ...]
    frames: StoredFrames
    """The tables of the snapshot, each read when it is asked for and not kept; whoever needs one twice keeps it."""
    views: Views
    judgement: Judgement
    store: Store

    @cached_property
    def comparison(self) -> Comparison | None:
        """Against the judged snapshot before this one; None where there is none. Reads every finding of several."""
        return compare(self.store, self.snapshot, self.judgement.findings)

    def ages(self, findings: pd.DataFrame) -> Ages | None:
        """Return what the comparison says of some of the findings, without reading any other."""
        return ages(self.store, self.snapshot, findings)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Severity to its number of fails and unknowns."""
        return count_by_severity(self.judgement.findings)


class StoredFrames(Mapping[str, "pd.DataFrame"]):
    """The tables of one snapshot, read from the store each time they are asked for.

    A million grants are in memory once, as the views hold them, and not a second time as a frame.
    """

    def __init__(self, store: Store, snapshot_id: str) -> None:
        self._store = store
        self._id = snapshot_id

    def __getitem__(self, table: str) -> pd.DataFrame:
        if table not in FACT_TABLES:
            raise KeyError(table)
        return self._store.frames(self._id, (table,))[table]

    def of(self, table: str, column: str, among: Collection[str]) -> pd.DataFrame:
        """Return the rows of a table whose cell in ``column`` is one of some texts."""
        names = [one.name for one in columns_of(table)]
        return self._store.history(table, [self._id], columns=names, where={column: among})[names]

    def columns(self, table: str, names: Collection[str]) -> pd.DataFrame:
        """Return a table with no more than the columns named."""
        return self._store.frames(self._id, (table,), columns=names)[table]

    def __iter__(self) -> Iterator[str]:
        return iter(FACT_TABLES)

    def __len__(self) -> int:
        return len(FACT_TABLES)

    @cached_property
    def provenance(self) -> dict[str, pd.DataFrame]:
        """The same tables with no more than who told each row, when, and on which platform."""
        return self._store.frames(self._id, columns=(*PROVENANCE, "platform"))


@contextmanager
def evaluate(
    workspace: Workspace,
    store: Store,
    snapshot: SnapshotInfo,
    packs: tuple[Pack, ...] | None = None,
    ahead: Intake | None = None,
    settings: JudgeSettings | None = None,
) -> Iterator[Judged]:
    """Judge ``snapshot`` as of its own end; record nothing.

    The instant is the snapshot's, not today's: judging an old snapshot again answers as it was then.
    ``packs``: those in force, where they have been read already. ``ahead``: facts of the snapshot that have
    been taken in already. ``settings``: by which rules are judged; None: by the configuration's.

    Raises:
        AuditorError: there is nothing to judge by or nothing to judge.
        RuleError, ConfigError, DocumentError: a policy file is not usable.

    """
    packs = packs_in_force(workspace) if packs is None else packs
    settings = judge_settings(workspace) if settings is None else settings
    as_of = snapshot.finished_at
    missing = [table for table in FACT_TABLES if ahead is None or table not in ahead.tables]
    parts = {table: store.parts(snapshot.id, table) for table in missing}
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="matching") as aside:
        # People are matched while the facts are taken in, which needs no match until its last steps.
        matches = aside.submit(_matches, workspace, store, snapshot).result
        views = open_views(parts, identities=matches, as_of=as_of, settings=settings, ahead=ahead)
    with views as seen:
        judgement = judge_views(seen, packs)
        frames = StoredFrames(store, snapshot.id)
        yield Judged(snapshot, packs, frames, seen, judgement, store)


def _matches(workspace: Workspace, store: Store, snapshot: SnapshotInfo) -> pd.DataFrame:
    names = (*PRINCIPAL_COLUMNS, *PERSON_COLUMNS)
    frames = store.frames(snapshot.id, ("principals", "people"), columns=names)
    return match_people(workspace, frames).matches


def take_in(workspace: Workspace, store: Store, snapshot: SnapshotInfo, tables: Iterable[str]) -> Intake:
    """Take in facts that the snapshot judged next will share with ``snapshot``; raises AuditorError."""
    parts = {table: store.parts(snapshot.id, table) for table in tables}
    return Intake(parts, memory_limit=judge_settings(workspace).memory_limit)


def record(
    store: Store, judged: Judged, findings: pd.DataFrame | None = None, shown: list[Seen] | None = None
) -> datetime:
    """Keep the verdicts with their snapshot, in place of an earlier judgement of it; return when.

    ``findings``: those of the judgement, with what is known of them beside, such as their ``risk``. ``shown``:
    what findings' lives are told of each is added to it, as it has been kept.
    """
    return store.record_judgement(
        judged.snapshot.id,
        findings=judged.judgement.findings if findings is None else findings,
        rule_results=judged.judgement.rule_results,
        summary=_summary(judged),
        shown=shown,
    )


def check_policies(workspace: Workspace) -> tuple[Pack, ...]:
    """Raise what judging would raise over the policy files, before anything is gathered; return the packs."""
    settings = judge_settings(workspace)
    packs = packs_in_force(workspace)
    for rule in active_rules(packs, settings):
        bound_params(rule, settings.params.get(rule.id, {}))
    read_reviewed_file(workspace)
    return packs


def packs_in_force(workspace: Workspace) -> tuple[Pack, ...]:
    """Return the packs of the configuration; raises RuleError."""
    return load_packs(workspace.config.policies.packs, base_dir=workspace.loaded.base_dir)


def match_people(workspace: Workspace, frames: Mapping[str, pd.DataFrame]) -> Matching:
    """Match the snapshot's principals to its people, exactly."""
    reviewed = read_reviewed_file(workspace)
    return match(
        frames["principals"],
        frames["people"],
        reviewed.frame() if reviewed else None,
        email_domain_aliases=workspace.config.organization.email_aliases,
    )


def read_reviewed_file(workspace: Workspace) -> ReviewedFile | None:
    """Return the reviewed matches; None where there is no such file yet. Raises DocumentError."""
    name = workspace.config.identities
    if name is None or not workspace.loaded.resolve(name).exists():
        return None
    today = workspace.clock().astimezone(workspace.config.organization.zone).date()
    return read_reviewed(read_table(workspace.loaded.resolve(name)), name, today=today)


def judge_settings(workspace: Workspace) -> JudgeSettings:
    """Return what of the configuration the rules need."""
    config = workspace.config
    policies = config.policies
    try:
        max_age_days = {FactKind(kind): days for kind, days in policies.max_age_days.items()}
    except ValueError as error:
        raise ConfigError(
            f"policies.max_age_days: {error}.",
            path=workspace.loaded.document.path,
            line=workspace.loaded.document.line(("policies", "max_age_days")),
            remedy=f"Kinds of fact are: {', '.join(FactKind)}.",
        ) from None
    return JudgeSettings(
        timezone=config.organization.timezone,
        email_domains=config.organization.email_domains,
        email_aliases=config.organization.email_aliases,
        access=load_access(workspace.loaded.resolve(policies.access)) if policies.access else None,
        params=policies.params,
        disabled=frozenset(policies.disabled),
        max_age_days=max_age_days,
        has_roster=config.roster is not None,
        has_vendors=config.vendors is not None,
    )


def count_by_severity(findings: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return severity to its number of fails and unknowns, the gravest first, zeros included."""
    counts = findings.groupby(["severity", "verdict"]).size().to_dict() if len(findings) else {}
    return {
        severity: {verdict: int(counts.get((severity, verdict), 0)) for verdict in ("fail", "unknown")}
        for severity in ("critical", "high", "medium", "low", "info")
    }


def _summary(judged: Judged) -> dict[str, Any]:
    """Return what later runs and reports want to know without reading every finding."""
    split = judged.judgement.coverage_split
    return {
        "as_of": judged.snapshot.finished_at.isoformat(),
        "coverage": {"verified": split.verified, "attested": split.attested, "unknown": split.unknown},
        "counts": judged.counts,
        "packs": [
            {"id": pack.id, "title": pack.title, "version": pack.version, "rules": len(pack.rules)}
            for pack in judged.packs
        ],
    }
