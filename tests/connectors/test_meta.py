"""The meta connector, read through facebook-sdk over real HTTP from the Graph sandbox."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from auditor.demo.graph_sandbox import (
    GraphAgency,
    GraphAssignment,
    GraphInstagram,
    GraphToken,
    GraphUser,
)
from auditor.model.estate import AccessStatus, CoverageState, FactKind, Level, MfaRequired, PrincipalKind
from auditor.model.facts import Account, App, Coverage, Grant, Principal, Token, platform_id
from auditor.vault import redact
from connectors.base import Connector
from connectors.meta import MetaConnector
from tests.connectors.support_meta import PORTFOLIO, TOKEN, many_pages, portfolio, read, settings

PAGE = "facebook:2000000000000001"
JOBS = "facebook:2000000000000002"
SHARED = "facebook:2000000000000009"
INSTAGRAM = "instagram:17840000000000001"


def test_it_meets_the_contract() -> None:
    """The connector satisfies the shared protocol."""
    assert isinstance(MetaConnector(), Connector)


def test_accounts_nest_under_the_portfolio() -> None:
    """Owned Pages and Instagram accounts stand under the portfolio, a shared Page under its owner."""
    accounts = {a.account_id: a for a in read(portfolio()).of(Account)}
    assert accounts[PORTFOLIO].kind == "portfolio"
    assert accounts[PORTFOLIO].mfa_required is MfaRequired.ADMINS
    assert accounts[PORTFOLIO].verified is True
    assert {accounts[PAGE].parent_id, accounts[JOBS].parent_id, accounts[INSTAGRAM].parent_id} == {PORTFOLIO}
    assert accounts[SHARED].parent_id == "facebook:7000000000000009"
    assert (accounts[PAGE].handle, accounts[PAGE].followers, accounts[PAGE].bio) == (
        "riversidehealth",
        1200,
        "Care by the river",
    )
    assert accounts[PAGE].verified is True
    assert accounts[JOBS].verified is False
    assert accounts[INSTAGRAM].bio == "Care by the river"


def test_three_kinds_of_holder_of_a_page_come_by_three_paths() -> None:
    """Portfolio people, people on the Page itself and partners all hold grants, each by its own path."""
    grants = read(portfolio()).grants(PAGE)
    ana = grants["facebook:3000000000000001", "portfolio"]
    assert (ana.level, ana.can_message, ana.can_grant, ana.via_id) == (Level.ADMIN, True, True, PORTFOLIO)
    intern = grants["facebook:6000000000000001", "direct"]
    assert (intern.level, intern.via_id) == (Level.ADMIN, None)
    partner = grants["facebook:7000000000000001", "agency"]
    assert (partner.level, partner.tasks) == (Level.ADVERTISER, ("ADVERTISE", "ANALYZE"))
    bot = grants["facebook:5000000000000001", "portfolio"]
    assert bot.level is Level.PUBLISHER
    assert len(grants) == 4


def test_one_person_with_two_paths_holds_two_grants() -> None:
    """The same principal assigned through the portfolio and given a Page role holds two grants."""
    state = portfolio()
    state.business.pages[0].assigned.append(GraphAssignment("6000000000000001", ["ANALYZE"]))
    outcome = read(state)
    both = [g for (p, _), g in outcome.grants(PAGE).items() if p == "facebook:6000000000000001"]
    assert {g.via.value: g.level for g in both} == {"portfolio": Level.ANALYST, "direct": Level.ADMIN}
    assert len({g.grant_id for g in both}) == 2


def test_a_partner_pending_on_a_page_is_invited() -> None:
    """A partner whose request awaits an answer holds an invited grant, not an active one."""
    state = portfolio()
    state.business.pages[0].agencies.append(
        GraphAgency("7000000000000002", "New Agency", ["MANAGE"], access_status="CLIENT_RESPONSE_PENDING")
    )
    outcome = read(state)
    assert outcome.grants(PAGE)["facebook:7000000000000002", "agency"].status is AccessStatus.INVITED
    assert outcome.principal("7000000000000002").status is AccessStatus.INVITED


def test_an_agencys_person_comes_via_the_agency() -> None:
    """A person assigned by another business than ours comes by that agency."""
    state = portfolio()
    state.business.pages[1].assigned.append(
        GraphAssignment("3900000000000001", ["ADVERTISE"], "Agent", business_id="7000000000000001")
    )
    grant = read(state).grants(JOBS)["facebook:3900000000000001", "agency"]
    assert grant.via_id == "facebook:7000000000000001"


def test_people_of_the_portfolio_have_email_role_and_mfa() -> None:
    """Business users carry e-mail, role and the two-factor state where Meta's word is clear."""
    outcome = read(portfolio())
    assert [outcome.principal(f"300000000000000{n}").mfa for n in (1, 2, 3)] == [True, False, None]
    grants = outcome.grants(PORTFOLIO)
    ana, lee = (grants[f"facebook:300000000000000{n}", "direct"] for n in (1, 2))
    assert (ana.level, ana.can_grant) == (Level.ADMIN, True)
    assert (lee.level, lee.can_grant) == (Level.VIEWER, False)
    assert outcome.principal("3000000000000001").email == "ana@riverside.example"


def test_a_word_not_understood_is_unknown_and_told() -> None:
    """An undocumented two_fac_status is neither on nor off; coverage is partial and tells the word."""
    coverage = read(portfolio()).coverage(PORTFOLIO, FactKind.MFA)
    assert coverage.state is CoverageState.PARTIAL
    assert "'PENDING_X' (1)" in coverage.reason
    assert "two_factor_values" in coverage.remedy


def test_a_missing_two_factor_state_is_unknown() -> None:
    """A person without the field is unknown, never off."""
    state = portfolio()
    state.business.users.append(GraphUser("3000000000000004", "Nil", "nil@riverside.example"))
    assert read(state).principal("3000000000000004").mfa is None


def test_the_customer_may_say_what_metas_words_mean() -> None:
    """A word given under two_factor_values counts, whatever its case, and coverage is then whole."""
    outcome = read(portfolio(), two_factor_values={"pending_x": "on"})
    assert outcome.principal("3000000000000003").mfa is True
    assert outcome.coverage(PORTFOLIO, FactKind.MFA).state is CoverageState.OBSERVED


def test_invited_people_are_invited_and_their_link_is_nowhere() -> None:
    """A pending invitation becomes an invited principal and grant; its bearer link is in nothing kept."""
    outcome = read(portfolio())
    person = outcome.principal("4000000000000001")
    grant = outcome.grants(PORTFOLIO)["facebook:4000000000000001", "direct"]
    assert (person.status, grant.status, grant.level) == (
        AccessStatus.INVITED,
        AccessStatus.INVITED,
        Level.ADMIN,
    )
    assert person.invited_at is not None
    assert grant.expires_at is not None
    assert "sandbox-invite-link" not in outcome.evidence.text + repr(outcome.facts)


def test_system_users_are_services_with_their_pages() -> None:
    """A system user is a service; its unreadable role leaves its level unknown."""
    outcome = read(portfolio())
    assert outcome.principal("5000000000000001").kind is PrincipalKind.SERVICE
    assert outcome.grants(PORTFOLIO)["facebook:5000000000000001", "direct"].level is None


def test_a_readable_system_user_role_is_used() -> None:
    """Where Graph does show a system user's role, it gives the level."""
    state = portfolio()
    state.system_user_role_readable = True
    state.business.system_users[0].role = "ADMIN"
    grant = read(state).grants(PORTFOLIO)["facebook:5000000000000001", "direct"]
    assert (grant.level, grant.can_grant) == (Level.ADMIN, True)


def test_instagram_is_joined_on_the_user_id_and_never_whole() -> None:
    """Grants on an Instagram asset belong to its ig_user_id; password sharers keep them partial."""
    outcome = read(portfolio())
    grant = outcome.grants(INSTAGRAM)["facebook:3000000000000001", "portfolio"]
    assert (grant.level, grant.can_message) == (Level.PUBLISHER, True)
    coverage = outcome.coverage(INSTAGRAM, FactKind.GRANTS)
    assert coverage.state is CoverageState.PARTIAL
    assert "password" in coverage.reason
    assert outcome.coverage(INSTAGRAM, FactKind.APPS).state is CoverageState.NOT_EXPOSED


def test_an_instagram_account_linked_to_a_page_only_is_told() -> None:
    """An account linked to a Page but no asset of the portfolio exists, with nobody known to hold it."""
    state = portfolio()
    state.business.pages[1].instagram_user_id = "17840000000000077"
    outcome = read(state)
    account_id = "instagram:17840000000000077"
    assert account_id in {a.account_id for a in outcome.of(Account)}
    assert outcome.coverage(account_id, FactKind.GRANTS).state is CoverageState.NOT_EXPOSED


def test_a_shared_instagram_account_is_not_ours() -> None:
    """A client Instagram asset is read, and stands under no portfolio of ours."""
    state = portfolio()
    state.business.client_instagram.append(
        GraphInstagram("17840000000000088", "8000000000000088", "partnerclinic")
    )
    outcome = read(state)
    (account,) = [a for a in outcome.of(Account) if a.account_id == "instagram:17840000000000088"]
    assert account.parent_id is None
    assert outcome.coverage(account.account_id, FactKind.MFA_REQUIRED).state is CoverageState.NOT_EXPOSED


def test_apps_and_who_reads_messages() -> None:
    """Apps of the portfolio and of each Page are told; message events prove access to messages."""
    outcome = read(portfolio())
    apps = {(a.account_id, a.app_id): a for a in outcome.of(App)}
    assert apps[PAGE, "facebook:880000000000001"].can_message is True
    assert apps[PORTFOLIO, "facebook:900000000000001"].publisher == "Riverside Health"
    assert apps[PORTFOLIO, "facebook:880000000000002"].publisher == "Planner Inc"
    assert not any(a.first_party for a in apps.values())
    coverage = outcome.coverage(PAGE, FactKind.APPS)
    assert (coverage.state, bool(coverage.remedy)) == (CoverageState.PARTIAL, True)


def test_our_own_token_is_audited_without_its_value() -> None:
    """debug_token tells kind, scopes and expiry of our own token."""
    outcome = read(portfolio())
    (token,) = outcome.of(Token)
    assert (token.kind, token.never_expires) == ("system_user", False)
    assert token.scopes is not None
    assert "business_management" in token.scopes
    assert token.expires_at is not None


def test_a_token_that_never_expires_says_so() -> None:
    """An expiry of 0 means never, not 1970."""
    state = portfolio()
    state.tokens = [GraphToken(TOKEN, expires_at=0, data_access_expires_at=0)]
    (token,) = read(state).of(Token)
    assert (token.never_expires, token.expires_at, token.data_access_expires_at) == (True, None, None)


def test_an_expiry_that_is_not_told_is_not_known() -> None:
    """Without expires_at it is not known whether the token expires."""
    state = portfolio()
    state.tokens = [GraphToken(TOKEN, expires_at=None)]
    (token,) = read(state).of(Token)
    assert (token.never_expires, token.expires_at) == (None, None)


def test_every_account_has_one_coverage_of_every_kind() -> None:
    """Coverage is complete: each account enumerated has each kind of fact exactly once."""
    outcome = read(portfolio())
    expected = {(a.account_id, fact) for a in outcome.of(Account) for fact in FactKind}
    got = [(c.account_id, c.fact) for c in outcome.of(Coverage)]
    assert len(got) == len(set(got))
    assert set(got) == expected


def test_gaps_always_come_with_a_remedy() -> None:
    """What Graph does not expose names what a person would do to close the gap."""
    gaps = [c for c in read(portfolio()).of(Coverage) if c.state is CoverageState.NOT_EXPOSED]
    assert gaps
    assert all(c.reason and c.remedy for c in gaps)


def test_every_grant_points_at_a_principal_an_account_and_evidence() -> None:
    """No grant hangs in the air, and each has its raw record."""
    outcome = read(portfolio())
    accounts = {a.account_id for a in outcome.of(Account)}
    principals = [p.principal_id for p in outcome.of(Principal)]
    assert len(principals) == len(set(principals))
    for grant in outcome.of(Grant):
        assert grant.account_id in accounts
        assert grant.principal_id in principals
        assert grant.evidence_id in outcome.evidence.records


def test_evidence_holds_only_declared_fields() -> None:
    """Each evidence record has its kind's declared fields and no others."""
    for kind, record in read(portfolio()).evidence.records.values():
        assert isinstance(record, dict)
        assert set(record) <= MetaConnector.kept_fields[kind]


def test_an_extra_page_is_read_and_an_invisible_one_is_not_taken_for_empty() -> None:
    """A Page of page_ids is read even if unlisted; one that cannot be read has failed coverage."""
    outcome = read(portfolio(), page_ids=["2000000000000002", "2999999999999999"])
    missing = "facebook:2999999999999999"
    assert outcome.coverage(missing, FactKind.GRANTS).state is CoverageState.FAILED
    assert outcome.coverage(missing, FactKind.LOGINS).state is CoverageState.NOT_EXPOSED


@pytest.mark.parametrize("hidden", ["2000000000000001", "2000000000000009"])
def test_a_page_other_lists_speak_of_is_missed(hidden: str) -> None:
    """A Page that partners, system users or sharing businesses have, but no list of Pages, is told."""
    state = portfolio()
    state.hidden_pages = {hidden}
    coverage = read(state).coverage(PORTFOLIO, FactKind.ACCOUNTS)
    assert coverage.state is CoverageState.PARTIAL
    assert hidden in coverage.reason
    assert "page_ids" in coverage.remedy


def test_a_page_named_in_the_settings_is_read_though_unlisted() -> None:
    """page_ids reaches a Page the portfolio's lists leave out."""
    state = portfolio()
    state.hidden_pages = {"2000000000000002"}
    outcome = read(state, page_ids=["2000000000000002"])
    assert outcome.grants(JOBS)["facebook:3000000000000002", "portfolio"].level is Level.PUBLISHER
    (account,) = [a for a in outcome.of(Account) if a.account_id == JOBS]
    assert account.parent_id == PORTFOLIO


def test_batching_saves_calls() -> None:
    """100 Pages take under 40 HTTP requests, where one request a list would take over 500."""
    outcome = read(many_pages(100))
    assert len(outcome.sandbox.graph_calls) > 500
    assert len(outcome.sandbox.http_calls) < 40
    assert len([a for a in outcome.of(Account) if a.kind == "page"]) == 100
    assert all(c.state is CoverageState.OBSERVED for c in outcome.of(Coverage) if c.fact is FactKind.GRANTS)


def test_a_page_token_is_fetched_only_where_demanded_and_never_kept() -> None:
    """Page tokens are asked for only if a list demands one, and then are masked and in nothing kept."""
    state = portfolio()
    state.page_token_edges = set()
    assert "GET /2000000000000001" not in read(state).sandbox.graph_calls
    outcome = read(portfolio())
    assert "GET /2000000000000001" in outcome.sandbox.graph_calls
    assert "sandbox-page-token" not in outcome.evidence.text + repr(outcome.facts)
    assert "sandbox-page-token-2000000000000001" not in redact("x sandbox-page-token-2000000000000001 x")


def test_secrets_a_platform_echoes_are_masked() -> None:
    """A Page that holds our token in its about text shows it nowhere."""
    state = portfolio()
    state.business.pages[0].about = f"see ?access_token={TOKEN}"
    state.business.pages[0].link = f"https://www.facebook.com/x?access_token={TOKEN}"
    outcome = read(state)
    assert TOKEN not in outcome.evidence.text + repr(outcome.facts)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=HYPERLINK(1)", "‮evil", "x" * 10_000, "🦜"])
def test_hostile_names_pass_as_text(name: str) -> None:
    """A name is text, whatever it holds; nothing is read from it."""
    state = portfolio()
    state.business.users[0] = replace(state.business.users[0], name=name)
    assert read(state).principal("3000000000000001").name == name


def test_roots_are_built_from_the_settings_alone() -> None:
    """The portfolio and the extra Pages are known without a call."""
    roots = MetaConnector().roots(settings("http://127.0.0.1:1", page_ids=["5"]))
    assert [r.account_id for r in roots if isinstance(r, Account)] == [PORTFOLIO, platform_id("facebook", 5)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("access_token", "EAAB-literal"),
        ("app_secret", "literal"),
        ("base_url", "http://graph.example"),
        ("business_id", "1/../me"),
        ("api_version", "26"),
        ("two_factor_values", {"X": "maybe"}),
        ("bussiness_id", "1"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(key: str, value: object) -> None:
    """Literal secrets, plain http, ids that are paths, odd versions and unknown keys are refused."""
    with pytest.raises(ValidationError):
        settings(**{"base_url": "http://127.0.0.1:1", key: value})
