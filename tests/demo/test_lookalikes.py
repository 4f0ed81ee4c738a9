"""The demo's watch list: each impersonator is found and ranked, each benign account is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.app.collect import collect
from auditor.app.impersonators.configured import sources_of
from auditor.app.impersonators.desk import listed
from auditor.app.impersonators.review import impersonation_of
from auditor.app.impersonators.scan import scan
from auditor.app.progress import Silent
from auditor.demo.graph_sandbox import GraphSandbox
from auditor.demo.organisation.lookalikes import PLANTED, Planted
from auditor.demo.organisation.meta_state import graph_state
from auditor.demo.organisation.x_state import x_state
from auditor.demo.x_sandbox import XSandbox
from auditor.model.event import EventKind
from auditor.model.impersonation import Case
from reports.impersonators import Impersonation
from tests.demo.support_organisation import demo_workspace

Found = tuple[list[Case], Impersonation, list[str | None]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """Gather the demo's accounts and scan its watch list once: cases in order, their part of the report, events."""
    with XSandbox(x_state()) as x, GraphSandbox(graph_state()) as graph:
        folder: Path = tmp_path_factory.mktemp("demo")
        workspace = demo_workspace(folder, x_base_url=x.base_url, graph_base_url=graph.base_url)
        with workspace.store() as store:
            snapshot = collect(workspace, store, Silent()).snapshot
            scan(workspace, store, sources_of(workspace))
            seen = impersonation_of(workspace, store, snapshot.id)
            assert seen is not None
            told = store.events.of_kinds([EventKind.IMPERSONATOR_LIKELY])
            yield listed(store.cases.all(), everything=True), seen, [one.subject_id for one in told]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: one.kind)
def test_every_row_comes_out_as_planted(found: Found, planted: Planted) -> None:
    """Likely where it poses as us; a case with its reasons, or none, where it only looks so."""
    case = next((one for one in found[0] if one.candidate.id == planted.id), None)
    if planted.outcome in ("none", "ours"):
        assert case is None
        return
    assert case is not None
    assert ("likely" if case.is_likely else "review") == planted.outcome
    assert case.elements
    assert all(one.sentence.endswith(".") for one in case.elements)


def test_the_likely_come_first_and_are_told(found: Found) -> None:
    """The list a person works down has every impersonator above every other account; each is one event."""
    cases, seen, told = found
    likely = [one for one in cases if one.is_likely]
    assert cases[: len(likely)] == likely
    assert len(likely) == sum(one.outcome == "likely" for one in PLANTED)
    assert sorted(told, key=str) == sorted(one.case_id for one in likely)
    assert [one.case_id for one in seen.cases] == [one.case_id for one in cases]


def test_the_report_puts_ours_beside_theirs(found: Found) -> None:
    """Each case of a brand account has that account's own handle and name beside it."""
    shown = [one for one in found[1].cases if one.brand == "RiversideHealth"]
    assert shown
    assert {one.ours.name for one in shown if one.ours} == {"Riverside Health"}
    assert found[1].compared == len(PLANTED)
