"""Back-test: what a rule file would have found in the snapshots kept. Nothing is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.app.judge import evaluate, judge_settings
from auditor.app.progress import Progress
from auditor.app.rows import rows
from auditor.app.workspace import Workspace
from auditor.errors import AuditorError
from auditor.model.finding import Verdict
from policies.engine import Judgement, JudgeSettings, active_rules, bound_params
from policies.loader import load_packs
from policies.rule import Pack

if TYPE_CHECKING:
    from auditor.store import SnapshotInfo, Store

EXAMPLES = 5
"""Fails told in words, a rule and snapshot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleThen:
    """What one rule would have found in one snapshot."""

    rule: str
    severity: str
    passed: int
    failed: int
    unknown: int
    not_applicable: int
    new: int | None
    """Fails that were none in the snapshot before; None: there is no snapshot before."""
    gone: int | None
    """Fails of the snapshot before that are decided otherwise now."""
    unreadable: int | None
    """Fails of the snapshot before that cannot be decided now."""
    examples: tuple[str, ...]
    """Messages of fails, the new ones first; hostile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """One snapshot, held against the file."""

    snapshot: SnapshotInfo
    rules: tuple[RuleThen, ...]
    reason: str = ""
    """Why it could not be judged; empty where it was."""


_Place = tuple[str, str]
"""A rule and an account; an empty account: the subject belongs to no single one."""


def load_file(workspace: Workspace, file: str) -> tuple[tuple[Pack, ...], JudgeSettings]:
    """Return the packs of ``file`` and the settings to judge them by: of the configuration, what concerns them.

    Raises:
        RuleError, DocumentError: the file is not usable.
        AuditorError: it has no rule, or an override of the configuration does not fit.

    """
    packs = load_packs((file,), base_dir=Path.cwd())
    ids = {rule.id for pack in packs for rule in pack.rules}
    given = judge_settings(workspace)
    # A rule that is tried out is judged even where the configuration has it switched off.
    params = {rule: values for rule, values in given.params.items() if rule in ids}
    settings = replace(given, params=params, disabled=frozenset())
    for rule in active_rules(packs, settings):
        bound_params(rule, params.get(rule.id, {}))
    return packs, settings


def backtest(
    workspace: Workspace, store: Store, file: str, progress: Progress, *, newest: int | None = None
) -> tuple[Tested, ...]:
    """Return what the rules of ``file`` would have found in each snapshot kept, oldest first.

    Each snapshot is judged as of its own end, by the matches of identities as they are now. One that cannot be
    judged (it holds no account, or no roster where one is configured) says so and does not stop the others.

    Args:
        workspace: whose configuration counts.
        store: where the snapshots are.
        file: a rule file, or the name of a built-in pack.
        progress: hears which snapshot is judged.
        newest: only so many snapshots, the newest; None: all.

    Raises:
        RuleError, DocumentError: the file is not usable.
        AuditorError: not one snapshot could be judged.
        StoreError: there is no snapshot.

    """
    packs, settings = load_file(workspace, file)
    store.snapshot("latest")
    kept = list(reversed(store.snapshots(limit=newest)))
    found: list[Tested] = []
    before: Mapping[str, _Place] | None = None
    failure: AuditorError | None = None
    for number, snapshot in enumerate(kept, 1):
        day = snapshot.finished_at.astimezone(workspace.config.organization.zone).date()
        progress.step(f"Judging snapshot {number} of {len(kept)}, of {day}")
        try:
            with evaluate(workspace, store, snapshot, packs, settings=settings) as judged:
                judgement = judged.judgement
        except AuditorError as error:
            failure = error
            found.append(Tested(snapshot=snapshot, rules=(), reason=error.message))
            continue
        found.append(Tested(snapshot=snapshot, rules=tuple(_rules(judgement, before))))
        before = _of(judgement, Verdict.FAIL)
    if failure is not None and not any(one.rules for one in found):
        raise failure
    return tuple(found)


def _rules(judgement: Judgement, before: Mapping[str, _Place] | None) -> Iterator[RuleThen]:
    fails = _of(judgement, Verdict.FAIL)
    undecided = _undecided(judgement)
    lost = {mark: place for mark, place in (before or {}).items() if mark not in fails}
    unread = Counter(rule for mark, (rule, at) in lost.items() if undecided & {mark, (rule, at)})
    gone = Counter(rule for rule, _account in lost.values()) - unread
    new = {mark: place for mark, place in fails.items() if mark not in (before or {})}
    came = Counter(rule for rule, _account in new.values())
    for row in rows(judgement.rule_results):
        rule = row.text("rule") or ""
        yield RuleThen(
            rule=rule,
            severity=row.text("severity") or "",
            passed=row.number("passed") or 0,
            failed=row.number("failed") or 0,
            unknown=row.number("unknown") or 0,
            not_applicable=row.number("not_applicable") or 0,
            new=None if before is None else came[rule],
            gone=None if before is None else gone[rule],
            unreadable=None if before is None else unread[rule],
            examples=_examples(judgement, rule, set(new)),
        )


def _of(judgement: Judgement, verdict: Verdict) -> dict[str, _Place]:
    """Return the findings of one verdict: fingerprint to where they are."""
    found = judgement.findings[judgement.findings["verdict"] == verdict.value]
    places = zip(found["rule"], found["account_id"].fillna(""), strict=True)
    return dict(zip(found["fingerprint"], places, strict=True))


def _undecided(judgement: Judgement) -> set[str | _Place]:
    """Return what is unknown: fingerprints, and the places that could not be judged as a whole."""
    findings = judgement.findings
    whole = findings[(findings["verdict"] == Verdict.UNKNOWN.value) & (findings["subject_type"] == "account")]
    places = zip(whole["rule"], whole["account_id"].fillna(""), strict=True)
    return {*_of(judgement, Verdict.UNKNOWN), *places}


def _examples(judgement: Judgement, rule: str, new: set[str]) -> tuple[str, ...]:
    findings = judgement.findings
    own = findings[(findings["rule"] == rule) & (findings["verdict"] == Verdict.FAIL.value)]
    ordered = own.assign(_old=~own["fingerprint"].isin(new)).sort_values("_old", kind="stable")
    return tuple(ordered["message"].head(EXAMPLES))
