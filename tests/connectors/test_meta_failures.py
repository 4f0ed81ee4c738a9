"""What becomes of a reading when Graph refuses, breaks, throttles, or tells a part for the whole."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from auditor.demo.graph_sandbox import GraphFault, GraphState, GraphToken, GraphUser
from auditor.errors import ConnectorError, FailureKind
from auditor.model.estate import CoverageState, FactKind
from auditor.model.facts import Account, Coverage, Grant, Principal
from connectors.meta import MetaConnector
from tests.connectors.support_meta import (
    PORTFOLIO,
    TOKEN,
    Outcome,
    context,
    many_pages,
    portfolio,
    read,
    serving,
    settings,
)

PAGE = "facebook:2000000000000001"
JOBS = "facebook:2000000000000002"


def faulty(*faults: GraphFault, state: GraphState | None = None) -> GraphState:
    """Return a portfolio with faults."""
    state = state or portfolio()
    state.faults.extend(faults)
    return state


def state_of(outcome: Outcome, account_id: str, fact: FactKind) -> CoverageState:
    """Return the state of one kind of fact."""
    return outcome.coverage(account_id, fact).state


@pytest.mark.parametrize("kind", ["html", "bad_json", "empty", "cut", "no_content_type", "javascript"])
def test_a_broken_answer_is_asked_for_again(kind: str) -> None:
    """An HTML 502, half a body, no body, or an odd content type loses nothing."""
    whole = read(portfolio())
    for path in ("/business_users$", "^/$"):
        outcome = read(faulty(GraphFault(path, kind)))  # type: ignore[arg-type]  # parametrised literal
        assert len(outcome.facts) == len(whole.facts)
        assert state_of(outcome, PORTFOLIO, FactKind.GRANTS) is CoverageState.OBSERVED


def test_transient_errors_are_waited_out() -> None:
    """Code 2 and is_transient are retried after a growing pause."""
    outcome = read(faulty(GraphFault("/business_users$", code=2, times=2)))
    assert state_of(outcome, PORTFOLIO, FactKind.GRANTS) is CoverageState.OBSERVED
    assert len(outcome.waits) == 2
    assert outcome.waits[1] > outcome.waits[0] * 0.9


def test_one_denied_list_leaves_the_rest() -> None:
    """A denied list of people makes their kinds partial there, and nothing else."""
    refusal = "(#10) You do not have permission to perform this action."
    outcome = read(faulty(GraphFault("/2000000000000001/roles$", code=10, message=refusal, times=None)))
    coverage = outcome.coverage(PAGE, FactKind.GRANTS)
    assert coverage.state is CoverageState.PARTIAL
    assert "code 10" in coverage.reason
    assert coverage.remedy
    assert state_of(outcome, JOBS, FactKind.GRANTS) is CoverageState.OBSERVED


def test_all_lists_denied_is_denied_not_empty() -> None:
    """A Page none of whose lists may be read is denied, with no holders and no claim of completeness."""
    outcome = read(faulty(GraphFault("/2000000000000002/", code=200, message="(#200) No", times=None)))
    for fact in (FactKind.GRANTS, FactKind.PRINCIPALS, FactKind.MFA, FactKind.APPS):
        assert state_of(outcome, JOBS, fact) is CoverageState.DENIED
    assert outcome.grants(JOBS) == {}


def test_a_lesser_token_is_denied_the_portfolios_people() -> None:
    """Without admin standing the people are denied, and Pages are read all the same."""
    state = portfolio()
    state.tokens = [GraphToken(TOKEN, is_admin=False)]
    outcome = read(state)
    for fact in (FactKind.GRANTS, FactKind.PRINCIPALS, FactKind.MFA):
        assert state_of(outcome, PORTFOLIO, fact) is CoverageState.DENIED
    assert outcome.grants(JOBS)
    assert "admin system user" in outcome.coverage(PORTFOLIO, FactKind.GRANTS).remedy


def test_a_missing_permission_for_pages_is_denied() -> None:
    """Without pages_manage_metadata a Page's holders are denied, and no Page token helps."""
    state = portfolio()
    state.tokens = [GraphToken(TOKEN, scopes=["business_management", "pages_show_list"])]
    assert state_of(read(state), JOBS, FactKind.GRANTS) is CoverageState.DENIED


@pytest.mark.parametrize(
    ("subcode", "remedy"), [(463, "expired"), (460, "password"), (459, "checkpoint"), (467, "revoked")]
)
def test_a_dead_token_stops_the_run_with_its_own_remedy(subcode: int, remedy: str) -> None:
    """A token debug_token calls invalid ends the reading at once, saying what to do."""
    state = portfolio()
    state.tokens = [GraphToken(TOKEN, invalid_subcode=subcode)]
    with serving(state) as sandbox, pytest.raises(ConnectorError) as caught:
        list(MetaConnector().collect(settings(sandbox.base_url), context()))
    assert caught.value.kind is FailureKind.AUTH_INVALID
    assert remedy in caught.value.remedy
    assert TOKEN not in str(caught.value)
    assert len(sandbox.http_calls) == 1


def test_a_refused_inspection_denies_only_the_token() -> None:
    """Where debug_token is refused, our token is denied coverage and the rest goes on."""
    outcome = read(faulty(GraphFault("/debug_token$", code=100, message="(#100) app token", times=None)))
    assert state_of(outcome, PORTFOLIO, FactKind.TOKENS) is CoverageState.DENIED
    assert outcome.of(Grant)


def test_an_unreadable_root_raises() -> None:
    """A portfolio that cannot be read raises, since nothing below it can be enumerated."""
    for fault, kind in (
        (GraphFault("^/1000000000000001$", code=100, subcode=33, times=None), FailureKind.NOT_FOUND),
        (GraphFault("^/1000000000000001$", code=415, subcode=2859009, times=None), FailureKind.AUTH_INVALID),
        (GraphFault("^/1000000000000001$", "html", times=None), FailureKind.TRANSIENT),
    ):
        with serving(faulty(fault)) as sandbox, pytest.raises(ConnectorError) as caught:
            list(MetaConnector().collect(settings(sandbox.base_url), context()))
        assert caught.value.kind is kind
        assert caught.value.remedy


def test_nobody_listening_is_a_clear_error_without_the_token() -> None:
    """A refused connection raises our error, and the token is not in it."""
    with pytest.raises(ConnectorError) as caught:
        list(MetaConnector().collect(settings("http://127.0.0.1:9"), context()))
    assert caught.value.kind is FailureKind.TRANSIENT
    assert TOKEN not in repr(caught.value) + str(caught.value)
    assert caught.value.__cause__ is None


def test_a_platform_down_half_way_leaves_facts_and_failed_coverage() -> None:
    """What was read before the fall stays; everything after it is failed, and Graph is left alone."""
    state = many_pages(30)
    state.faults.append(GraphFault("", "html", skip=95, times=None))
    outcome = read(state)
    states = {
        c.account_id: c.state
        for c in outcome.of(Coverage)
        if c.fact is FactKind.GRANTS and c.account_id != PORTFOLIO
    }
    assert len(states) == 30
    found = list(states.values())
    assert found.count(CoverageState.OBSERVED) >= 10
    assert found.count(CoverageState.FAILED) >= 10
    # At most the one Page whose lists were being read as it fell is known in part.
    assert found.count(CoverageState.PARTIAL) <= 1
    assert len([a for a in outcome.of(Account) if a.kind == "page"]) == 30
    before = len(outcome.sandbox.http_calls)
    assert before < 60


def test_a_list_broken_everywhere_does_not_end_the_run() -> None:
    """One list that fails on every Page is not taken for Graph being down: all else is read."""
    outcome = read(faulty(GraphFault("/roles$", code=1, times=None), state=many_pages(15)))
    pages = [a.account_id for a in outcome.of(Account) if a.kind == "page"]
    assert all(state_of(outcome, page, FactKind.GRANTS) is CoverageState.PARTIAL for page in pages)
    assert all(outcome.grants(page) for page in pages)
    assert all(state_of(outcome, page, FactKind.MFA_REQUIRED) is CoverageState.PARTIAL for page in pages)


def test_a_token_dying_half_way_fails_the_rest_at_once() -> None:
    """After a 190 in mid-run nothing more is sent, and all unread is failed."""
    dying = GraphFault("/owned_pages$", code=190, subcode=463, message="expired", status=401, times=None)
    outcome = read(faulty(dying))
    assert outcome.sandbox.http_calls[-1] == "GET /1000000000000001/owned_pages"
    assert state_of(outcome, PORTFOLIO, FactKind.GRANTS) is CoverageState.OBSERVED
    coverage = outcome.coverage(PORTFOLIO, FactKind.ACCOUNTS)
    assert coverage.state is CoverageState.PARTIAL
    assert "subcode 463" in coverage.reason


def test_an_unknown_field_is_dropped_recorded_and_the_rest_goes_on() -> None:
    """Graph not knowing two_fac_status costs that fact alone."""
    state = portfolio()
    state.missing_fields = {"BusinessUser.two_fac_status", "Page.is_verified", "Business.two_factor_type"}
    outcome = read(state)
    assert outcome.principal("3000000000000001").mfa is None
    assert outcome.principal("3000000000000001").email == "ana@riverside.example"
    assert "two_fac_status" in outcome.coverage(PORTFOLIO, FactKind.MFA).reason
    assert state_of(outcome, PORTFOLIO, FactKind.MFA) is CoverageState.PARTIAL
    assert state_of(outcome, PORTFOLIO, FactKind.MFA_REQUIRED) is CoverageState.NOT_EXPOSED
    assert "is_verified" in outcome.coverage(JOBS, FactKind.ACCOUNTS).reason
    assert state_of(outcome, JOBS, FactKind.GRANTS) is CoverageState.OBSERVED


def test_an_unknown_field_in_a_batch_is_dropped_for_all_its_parts() -> None:
    """A field unknown to a batched list is dropped once, and every list of its kind is still read."""
    state = many_pages(20)
    state.missing_fields = {"AssignedUser.user_type"}
    outcome = read(state)
    assert all(c.state is CoverageState.OBSERVED for c in outcome.of(Coverage) if c.fact is FactKind.GRANTS)
    assert len([g for g in outcome.of(Grant) if g.account_id != PORTFOLIO]) == 20


def test_parts_missing_from_a_batch_are_asked_alone() -> None:
    """A null part and a broken part of a batch are read again one by one."""
    faults = [GraphFault("/2000000000000002/assigned_users$", "null"), GraphFault("/roles$", "html")]
    outcome = read(faulty(*faults))
    assert outcome.grants(JOBS)
    assert "GET /2000000000000002/assigned_users" in outcome.sandbox.http_calls
    assert state_of(outcome, PAGE, FactKind.GRANTS) is CoverageState.OBSERVED


def test_a_refused_batch_is_read_call_by_call() -> None:
    """Where batches do not work at all, the same facts come one call each."""
    whole = read(portfolio())
    outcome = read(faulty(GraphFault("^/$", code=3, message="no batch", times=None)))
    assert len(outcome.facts) == len(whole.facts)
    assert len(outcome.sandbox.http_calls) > len(whole.sandbox.http_calls)


def with_people(count: int) -> GraphState:
    """Return a portfolio of ``count`` people, served 40 at a time."""
    state = portfolio()
    state.business.users = [
        GraphUser(str(3_100_000_000_000_000 + n), f"Person {n}", f"p{n}@riverside.example", "EMPLOYEE", "ON")
        for n in range(count)
    ]
    state.largest_page = 40
    return state


@pytest.mark.parametrize(("empty", "bare"), list(itertools.product([False, True], repeat=2)))
def test_a_long_list_is_read_whole(empty: bool, bare: bool) -> None:
    """Small pages, empty pages in between, and a next address without token all end in the whole list."""
    state = with_people(101)
    state.empty_pages, state.next_without_token = empty, bare
    outcome = read(state)
    assert len([p for p in outcome.of(Principal) if p.email and p.email.startswith("p")]) == 101
    assert state_of(outcome, PORTFOLIO, FactKind.MFA) is CoverageState.OBSERVED


def test_paging_goes_on_inside_a_batch() -> None:
    """A list longer than its first page in a batch is read to its end."""
    state = portfolio()
    state.largest_page = 1
    outcome = read(state)
    assert len(outcome.grants(PAGE)) == 4
    assert state_of(outcome, PAGE, FactKind.GRANTS) is CoverageState.OBSERVED


def test_a_count_that_is_not_met_is_partial() -> None:
    """Fewer rows than Graph counts make people partial, though each row read is kept."""
    state = portfolio()
    state.count_offsets = {"business_users": 2}
    outcome = read(state)
    coverage = outcome.coverage(PORTFOLIO, FactKind.GRANTS)
    assert coverage.state is CoverageState.PARTIAL
    assert "counts 5 rows" in coverage.reason
    assert state_of(outcome, PORTFOLIO, FactKind.MFA) is CoverageState.PARTIAL
    assert outcome.principal("3000000000000001").mfa is True


def test_a_cursor_that_stands_still_ends_in_partial() -> None:
    """A cursor that does not advance is noticed and told, not followed for ever."""
    state = with_people(101)
    state.stuck_edges = {"business_users"}
    outcome = read(state)
    coverage = outcome.coverage(PORTFOLIO, FactKind.GRANTS)
    assert coverage.state is CoverageState.PARTIAL
    assert "does not advance" in coverage.reason


def test_a_list_broken_in_the_middle_is_partial() -> None:
    """Rows before a failure are kept, and the list is not passed off as whole."""
    outcome = read(faulty(GraphFault("/business_users$", code=1, skip=1, times=None), state=with_people(101)))
    assert len([p for p in outcome.of(Principal) if p.email and p.email.startswith("p")]) == 40
    assert state_of(outcome, PORTFOLIO, FactKind.PRINCIPALS) is CoverageState.PARTIAL


def test_rows_without_a_usable_id_are_not_followed_and_not_forgotten() -> None:
    """An id that is a path is never called, and its row makes the kind partial."""
    state = portfolio()
    state.business.system_users[0].id = "5/../me"
    outcome = read(state)
    assert not any("/../" in call or call == "GET /me" for call in outcome.sandbox.graph_calls)
    assert state_of(outcome, PORTFOLIO, FactKind.GRANTS) is CoverageState.PARTIAL


def test_a_rate_limit_is_waited_for() -> None:
    """Code 4 without any usage header backs off for about a minute and goes on."""
    outcome = read(faulty(GraphFault("/business_users$", code=4, message="(#4) limit", is_transient=True)))
    assert 30 <= outcome.waits[0] <= 60
    assert state_of(outcome, PORTFOLIO, FactKind.GRANTS) is CoverageState.OBSERVED


def usage(percent: int = 0, minutes: int = 0) -> dict[str, list[dict[str, object]]]:
    """Return a business usage header's value."""
    entry: dict[str, object] = {"type": "pages", "call_count": percent}
    return {"1": [{**entry, "estimated_time_to_regain_access": minutes}]}


def test_the_minutes_graph_names_are_waited() -> None:
    """estimated_time_to_regain_access is minutes, and is waited before the next call."""
    state = portfolio()
    state.business_usage = usage(100, 3)
    assert read(state, max_wait=86_400).waits[0] == 180


def test_high_usage_slows_down() -> None:
    """From 80 per cent of the quota on, calls are spaced."""
    state = portfolio()
    state.app_usage = {"call_count": 85, "total_time": 10, "total_cputime": 5}
    assert set(read(state).waits) == {5.0}


@pytest.mark.parametrize(
    "throttle",
    [
        lambda state: state.faults.append(GraphFault("/owned_pages$", code=80001, times=None)),
        lambda state: state.faults.append(GraphFault("/owned_pages$", code=17, times=None)),
    ],
)
def test_beyond_our_patience_the_rest_is_failed_not_empty(throttle: Callable[[GraphState], None]) -> None:
    """When waiting would take too long the run stops calling and says that it is rate limited."""
    state = portfolio()
    throttle(state)
    outcome = read(state, max_wait=100)
    assert sum(outcome.waits) <= 100
    coverage = outcome.coverage(PORTFOLIO, FactKind.ACCOUNTS)
    assert coverage.state is CoverageState.PARTIAL
    assert "hour" in coverage.remedy
    assert outcome.sandbox.http_calls[-1] == "GET /1000000000000001/owned_pages"


def test_a_used_up_quota_stops_before_the_next_call() -> None:
    """A header that says the quota is gone for longer than we wait stops the run with no further call."""
    state = portfolio()
    state.business_usage = usage(100, 60)
    with serving(state) as sandbox, pytest.raises(ConnectorError) as caught:
        list(MetaConnector().collect(settings(sandbox.base_url), context()))
    assert caught.value.kind is FailureKind.RATE_LIMITED
    assert len(sandbox.http_calls) == 1


def test_an_older_version_served_is_told() -> None:
    """A version served without a word in place of ours makes the portfolio's coverage partial."""
    state = portfolio()
    state.served_version = "v21.0"
    coverage = read(state).coverage(PORTFOLIO, FactKind.ACCOUNTS)
    assert coverage.state is CoverageState.PARTIAL
    assert "v21.0 instead of v26.0" in coverage.reason


def test_an_expired_version_asked_for_is_told() -> None:
    """Asking for a version that has ended is noticed by what the header says was served."""
    coverage = read(portfolio(), api_version="v19.0").coverage(PORTFOLIO, FactKind.ACCOUNTS)
    assert "instead of v19.0" in coverage.reason


def test_a_wrong_app_secret_is_named() -> None:
    """A proof made with another secret ends the run and says which setting to mend."""
    state = portfolio()
    state.app_secret = "another-secret"
    with serving(state) as sandbox, pytest.raises(ConnectorError) as caught:
        list(MetaConnector().collect(settings(sandbox.base_url), context()))
    assert caught.value.kind is FailureKind.AUTH_INVALID
    assert "app_secret" in caught.value.remedy


def test_page_tokens_that_cannot_be_had_leave_the_refusal() -> None:
    """Where no Page token is given, the list that demands one is denied, not empty."""
    refused = GraphFault("^/2000000000000002$", code=10, message="(#10) no", times=None)
    assert state_of(read(faulty(refused)), JOBS, FactKind.APPS) is CoverageState.DENIED


def test_a_slow_graph_is_given_up_on() -> None:
    """An answer slower than the time limit is a transient failure, not a hang."""
    slow = GraphFault("^/1000000000000001$", "slow", delay=5, times=None)
    with serving(faulty(slow)) as sandbox, pytest.raises(ConnectorError) as caught:
        list(MetaConnector().collect(settings(sandbox.base_url, timeout=0.1), context()))
    assert caught.value.kind is FailureKind.TRANSIENT


FAULTS = st.builds(
    GraphFault,
    path=st.sampled_from(
        [
            "^/$",
            "/business_users$",
            "/pending_users$",
            "/system_users$",
            "/assigned_pages$",
            "/agencies$",
            "/clients$",
            "/owned_pages$",
            "/client_pages$",
            "/roles$",
            "/assigned_users$",
            "/subscribed_apps$",
            "/owned_instagram_assets$",
            "/instagram_accounts$",
            "^/2000000000000001",
        ]
    ),
    kind=st.sampled_from(["error", "html", "null", "bad_json", "empty", "no_content_type", "javascript"]),
    times=st.sampled_from([1, 3, 6, None]),
    skip=st.integers(0, 3),
    code=st.sampled_from([1, 2, 3, 4, 10, 17, 100, 190, 200, 210, 368, 415, 80001]),
)


@hypothesis_settings(max_examples=40, deadline=None)
@given(faults=st.lists(FAULTS, min_size=1, max_size=3), page=st.sampled_from([1, 2, 100]))
def test_whatever_breaks_a_part_never_passes_for_the_whole(faults: list[GraphFault], page: int) -> None:
    """Under any faults: no invented grant, every account fully covered, and 'observed' means all of it."""
    whole = read(portfolio())
    state = faulty(*faults)
    state.largest_page = page
    outcome = read(state, max_wait=400)
    found = {a.account_id for a in outcome.of(Account)}
    kinds = [(c.account_id, c.fact) for c in outcome.of(Coverage)]
    assert len(kinds) == len(set(kinds))
    assert set(kinds) == {(account, fact) for account in found for fact in FactKind}
    for account in found:
        assert set(outcome.grants(account)) <= set(whole.grants(account))
        if state_of(outcome, account, FactKind.GRANTS) is CoverageState.OBSERVED:
            assert set(outcome.grants(account)) == set(whole.grants(account))
    if state_of(outcome, PORTFOLIO, FactKind.ACCOUNTS) is CoverageState.OBSERVED:
        assert found == {a.account_id for a in whole.of(Account)}
