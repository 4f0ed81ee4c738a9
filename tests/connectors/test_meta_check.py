"""What ``auditor doctor`` says of a connection to Meta."""

from __future__ import annotations

from auditor.demo.graph_sandbox import ALL_SCOPES, GraphFault, GraphState, GraphToken
from connectors.base import Check, CheckState
from connectors.meta import MetaConnector
from tests.connectors.support_meta import TOKEN, context, portfolio, serving, settings

NOW = 1_795_165_200  # 2026-11-20 09:00 UTC
DAY = 86_400


def check(state: GraphState) -> dict[str, Check]:
    """Run the check; return its lines by subject, the last of each."""
    with serving(state) as sandbox:
        lines = list(MetaConnector().check(settings(sandbox.base_url), context()))
        assert len(sandbox.http_calls) <= 3
    assert TOKEN not in repr(lines)
    return {line.subject: line for line in lines}


def with_token(token: GraphToken) -> GraphState:
    """Return a portfolio served to ``token``."""
    state = portfolio()
    state.tokens = [token]
    return state


def test_all_is_well_in_three_calls() -> None:
    """A good token, an admin's standing and the right version are all green."""
    lines = check(portfolio())
    assert {line.state for line in lines.values()} == {CheckState.GOOD}
    assert set(lines) == {"token", "expiry", "scope", "portfolio", "standing", "version"}


def test_a_missing_scope_is_bad_and_an_idle_one_a_warning() -> None:
    """What it needs and lacks, and what it holds and does not need, are both told."""
    lacking = check(with_token(GraphToken(TOKEN, scopes=["business_management"])))
    assert lacking["scope"].state in (CheckState.BAD, CheckState.WARNING)
    excess = check(with_token(GraphToken(TOKEN, scopes=[*ALL_SCOPES, "ads_management"])))
    assert excess["scope"].state is CheckState.WARNING
    assert "ads_management" in excess["scope"].message


def test_expiry_is_watched() -> None:
    """A token near its end, without one, or silent about it is a warning."""
    for expires in (NOW + 3 * DAY, 0, None):
        lines = check(with_token(GraphToken(TOKEN, expires_at=expires)))
        assert lines["expiry"].state is CheckState.WARNING
    ending = check(with_token(GraphToken(TOKEN, data_access_expires_at=NOW + DAY)))
    assert ending["data access"].state is CheckState.WARNING


def test_a_persons_token_is_a_warning() -> None:
    """A user token dies with the person's password or role."""
    assert check(with_token(GraphToken(TOKEN, type="USER")))["token"].state is CheckState.WARNING


def test_a_dead_token_is_bad_with_its_remedy() -> None:
    """An expired token says so and how to renew it."""
    lines = check(with_token(GraphToken(TOKEN, invalid_subcode=463)))
    assert lines["token"].state is CheckState.BAD
    assert "expired" in lines["token"].remedy


def test_a_lesser_standing_is_bad() -> None:
    """A token that may not see the portfolio's people is told before a run fails for it."""
    lines = check(with_token(GraphToken(TOKEN, is_admin=False)))
    assert lines["standing"].state is CheckState.BAD
    assert "admin system user" in lines["standing"].remedy


def test_an_older_version_served_is_a_warning() -> None:
    """A version that has ended is noticed."""
    state = portfolio()
    state.served_version = "v21.0"
    assert check(state)["version"].state is CheckState.WARNING


def test_a_platform_that_is_down_is_bad_not_a_crash() -> None:
    """Every line is bad and says why."""
    state = portfolio()
    state.faults.append(GraphFault("/", code=3, message="down", times=None))
    lines = check(state)
    assert lines["token"].state is CheckState.BAD
    assert lines["portfolio"].state is CheckState.BAD
