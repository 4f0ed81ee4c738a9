"""The demo's leavers: the exposure clock and the report's picture tell of the same people."""

from __future__ import annotations

from pathlib import Path

from auditor.app.audit import run_audit
from auditor.app.progress import Silent
from auditor.demo.graph_sandbox import GraphSandbox
from auditor.demo.organisation.meta_state import graph_state
from auditor.demo.organisation.x_state import x_state
from auditor.demo.x_sandbox import XSandbox
from auditor.model.exposure import ClockState
from auditor.model.finding import Basis
from reports.charts.exposure import exposures
from tests.demo.support_organisation import demo_workspace


def test_clock_and_picture_agree(tmp_path: Path) -> None:
    """Whoever is drawn as exposed has an open clock on each of these accounts, within a day as long; it is
    unknown where the access rests on a statement of before they left.
    """
    with XSandbox(x_state()) as x, GraphSandbox(graph_state()) as graph:
        workspace = demo_workspace(tmp_path, x_base_url=x.base_url, graph_base_url=graph.base_url)
        with workspace.store() as store:
            review = run_audit(workspace, store, Silent()).review
    assert review.exposure is not None
    open_ones = {
        (clock.person_id, clock.account_id): clock
        for clock in review.exposure.clocks
        if clock.state in (ClockState.RUNNING, ClockState.UNKNOWN)
    }
    drawn = {(one.person_id, account): one for one in exposures(review) for account in one.account_ids}
    assert drawn
    assert open_ones.keys() == drawn.keys()
    stated = {place for place, clock in open_ones.items() if clock.state is ClockState.UNKNOWN}
    assert {clock.basis for place, clock in open_ones.items() if place in stated} == {Basis.ATTESTED}
    for place, one in drawn.items():
        most = open_ones[place].at_most_hours
        assert (one.days is None) == (most is None)
        if one.days is not None and most is not None:
            assert abs(most / 24 - one.days) <= 1
