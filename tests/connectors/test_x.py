"""The x connector against the sandbox, in both dialects: facts, coverage, evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.demo.x_sandbox import Fault, FaultKind, XSandbox, XState, XToken, XUser
from auditor.errors import ConnectorError, FailureKind
from auditor.model.estate import AccessStatus, CoverageState, FactKind, GrantPath, Level
from auditor.model.facts import Account, Coverage, Grant, Principal, Token
from connectors.base import Connector
from connectors.x import XConnector
from tests.connectors.support_x import DIALECTS, OAUTH1_SETTINGS, USER_TOKEN, Reader, riverside


@pytest.fixture(params=DIALECTS)
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reader]:
    """A reader of Riverside Health, once a dialect."""
    with XSandbox(riverside(), request.param) as sandbox:
        yield Reader(sandbox, tmp_path)


def state(reader: Reader) -> XState:
    """Return the sandbox's state."""
    return reader.sandbox.state


def test_meets_the_connector_contract() -> None:
    """The connector has everything the contract asks for."""
    assert isinstance(XConnector(), Connector)


def test_account_fields(reader: Reader) -> None:
    """A user object becomes an account with every field X shows."""
    account = reader.read().account("RiversideHealth")
    assert account.account_id == "x:1001"
    assert account.name == "Riverside Health"
    assert account.url == "https://x.com/RiversideHealth"
    assert account.bio == "Care along the river"
    assert account.followers == 48_210
    assert account.verified is True
    assert account.published is True
    assert account.created_at == datetime(2014, 3, 2, 9, 30, tzinfo=UTC)
    assert account.avatar_url == "https://images.example/avatar_normal.jpg"
    assert account.source == "x-brand"
    assert account.observed_at == state(reader).now


def test_a_bought_check_verifies_nobody(reader: Reader) -> None:
    """A blue check is not counted as verification."""
    assert reader.read().account("RiversideJobs").verified is False


def test_a_protected_account_is_not_published(reader: Reader) -> None:
    """A protected account is not publicly visible."""
    state(reader).users[1].protected = True
    assert reader.read().account("RiversideJobs").published is False


def test_a_withheld_account_says_where(reader: Reader) -> None:
    """An account withheld in a country is known in full, and the coverage names the country."""
    state(reader).users[1].withheld_in = ("DE",)
    read = reader.read()
    coverage = read.coverage("RiversideJobs", FactKind.ACCOUNTS)
    assert coverage.state is CoverageState.OBSERVED
    assert "DE" in coverage.reason
    assert read.account("RiversideJobs").published is True


def test_affiliates_are_holders_of_the_badge(reader: Reader) -> None:
    """An affiliate becomes a principal of unknown kind and the lowest grant."""
    read = reader.read()
    principal = next(p for p in read.of(Principal) if p.handle == "nurse_ada")
    grant = next(g for g in read.of(Grant) if g.principal_id == principal.principal_id)
    assert (principal.principal_id, principal.kind, principal.name) == ("x:2001", None, "Ada Quill")
    assert (grant.account_id, grant.role, grant.level) == ("x:1001", "affiliate", Level.VIEWER)
    assert (grant.can_message, grant.can_grant) == (False, False)
    assert (grant.via, grant.status) == (GrantPath.DIRECT, AccessStatus.ACTIVE)


def test_an_account_under_audit_is_no_holder(reader: Reader) -> None:
    """A sub-brand that carries the badge stays an account and gets no grant."""
    assert {p.handle for p in reader.read().of(Principal)} == {"nurse_ada", "dr_bo"}


def test_affiliates_are_paged_to_the_end(reader: Reader) -> None:
    """Every page of affiliates is read."""
    state(reader).affiliates_page = 1
    assert {p.handle for p in reader.read().of(Principal)} == {"nurse_ada", "dr_bo"}
    assert reader.paths().count("/2/users/1001/affiliates") == 3


def test_affiliates_never_make_grants_observed(reader: Reader) -> None:
    """Delegates stay hidden, so a complete list of affiliates is a part of the grants only."""
    coverage = reader.read().coverage("RiversideHealth", FactKind.GRANTS)
    assert coverage.state is CoverageState.PARTIAL
    assert "3 affiliates" in coverage.reason
    assert "x-delegates" in coverage.remedy


def test_affiliates_of_others_are_not_asked_for(reader: Reader) -> None:
    """Only a Verified Organization has affiliates, so nobody else's are asked for."""
    read = reader.read()
    assert "/2/users/1002/affiliates" not in reader.paths()
    assert read.coverage("RiversideJobs", FactKind.GRANTS).state is CoverageState.NOT_EXPOSED


def test_affiliates_can_be_left_out(reader: Reader) -> None:
    """With affiliates: false no affiliate is asked for."""
    read = reader.read(affiliates=False)
    assert not read.of(Grant)
    assert read.coverage("RiversideHealth", FactKind.GRANTS).state is CoverageState.NOT_EXPOSED


def test_affiliates_cut_off_half_way(reader: Reader) -> None:
    """A failure between pages keeps the pages read and says that the rest is missing."""
    state(reader).affiliates_page = 1
    state(reader).faults.append(Fault(FaultKind.LIST_BODY, path="/2/users/1001", after=1))
    read = reader.read()
    assert {p.handle for p in read.of(Principal)} == {"nurse_ada"}
    coverage = read.coverage("RiversideHealth", FactKind.GRANTS)
    assert coverage.state is CoverageState.FAILED
    assert "1 affiliates read, then:" in coverage.reason


def test_paging_that_goes_in_circles(reader: Reader) -> None:
    """A page that leads to itself ends the reading, and the list counts as cut off."""
    state(reader).faults.append(Fault(FaultKind.SAME_PAGE, path="/2/users/1001", times=10_000))
    read = reader.read()
    assert len([p for p in reader.paths() if p == "/2/users/1001/affiliates"]) == 2
    assert {p.handle for p in read.of(Principal)} == {"nurse_ada", "dr_bo"}
    coverage = read.coverage("RiversideHealth", FactKind.GRANTS)
    assert coverage.state is CoverageState.FAILED
    assert "same page twice" in coverage.reason


def test_affiliates_left_out_are_counted(reader: Reader) -> None:
    """Affiliates X lists as suspended or missing are counted in the coverage."""
    state(reader).users[2].status = "suspended"
    assert "left out 1 more" in reader.read().coverage("RiversideHealth", FactKind.GRANTS).reason


def test_affiliates_refused(reader: Reader) -> None:
    """A refusal to list affiliates is told as denied; the account is still there."""
    state(reader).faults.append(Fault(FaultKind.LEGACY_ACCESS, path="/2/users/1001"))
    read = reader.read()
    assert read.coverage("RiversideHealth", FactKind.GRANTS).state is CoverageState.DENIED
    assert read.account("RiversideHealth").followers == 48_210


@pytest.mark.parametrize(
    "kind", [FactKind.MFA, FactKind.MFA_REQUIRED, FactKind.APPS, FactKind.LOGINS, FactKind.LAST_USED]
)
def test_what_x_never_shows(reader: Reader, kind: FactKind) -> None:
    """What X's API does not show is told for every account, with a remedy."""
    read = reader.read("RiversideHealth", "RiversideJobs", "nobody_here")
    for handle in ("RiversideHealth", "RiversideJobs", "nobody_here"):
        coverage = read.coverage(handle, kind)
        assert coverage.state is CoverageState.NOT_EXPOSED
        assert coverage.reason
        assert "auditor attest new" in coverage.remedy or "x-archive" in coverage.remedy


def test_every_kind_of_fact_is_covered_once(reader: Reader) -> None:
    """Each account, read or not, has exactly one coverage of each kind that is a platform's to show."""
    state(reader).users[1].status = "suspended"
    read = reader.read("RiversideHealth", "RiversideJobs", "nobody_here")
    kinds = sorted((c.account_id, c.fact) for c in read.of(Coverage))
    shown = set(FactKind) - {FactKind.SEEDS}
    assert kinds == sorted((a.account_id, kind) for a in read.of(Account) for kind in shown)


def test_a_suspended_account(reader: Reader) -> None:
    """A suspended account is kept by its handle, unpublished, and the coverage says why."""
    state(reader).users[1].status = "suspended"
    read = reader.read()
    account = read.account("RiversideJobs")
    assert (account.account_id, account.published) == ("x:@riversidejobs", False)
    assert account.evidence_id in read.evidence.records
    coverage = read.coverage("RiversideJobs", FactKind.ACCOUNTS)
    assert coverage.state is CoverageState.PARTIAL
    assert "suspended" in coverage.reason


def test_a_handle_that_is_free(reader: Reader) -> None:
    """A handle nobody has is kept, unpublished, and the coverage says it may be taken."""
    read = reader.read("RiversideHealth", "riverside_gone")
    assert read.account("riverside_gone").published is False
    coverage = read.coverage("riverside_gone", FactKind.ACCOUNTS)
    assert coverage.state is CoverageState.FAILED
    assert "There is no @riverside_gone" in coverage.reason


def test_handles_are_asked_for_in_hundreds(reader: Reader) -> None:
    """More than a hundred accounts take more than one call, and none is lost."""
    names = [f"brand_{number}" for number in range(230)]
    for number, name in enumerate(names):
        state(reader).add(XUser(str(5000 + number), name, verified_type="none"))
    read = reader.read(*names)
    assert {account.handle for account in read.of(Account)} == set(names)
    assert reader.paths().count("/2/users/by") == 3


def test_a_later_chunk_that_fails(reader: Reader) -> None:
    """When a later call fails, what was read stays and the rest is told as failed."""
    names = [f"brand_{number}" for number in range(150)]
    for number, name in enumerate(names):
        state(reader).add(XUser(str(5000 + number), name))
    state(reader).faults.append(Fault(FaultKind.LIST_BODY, path="/2/users/by", after=1))
    read = reader.read(*names)
    assert read.coverage("brand_99", FactKind.ACCOUNTS).state is CoverageState.OBSERVED
    failed = read.coverage("brand_100", FactKind.ACCOUNTS)
    assert failed.state is CoverageState.FAILED
    assert read.account("brand_100").published is None


def test_nothing_could_be_read(reader: Reader) -> None:
    """When the only call fails nothing is yielded and the error says why."""
    state(reader).faults.append(Fault(FaultKind.LIST_BODY, path="/2/users/by"))
    with pytest.raises(ConnectorError) as caught:
        reader.read()
    assert caught.value.kind is FailureKind.BAD_RESPONSE


@pytest.mark.parametrize(
    "body",
    [
        {"data": []},
        {"data": [{"id": "1001"}]},
        {"data": [{"id": 1001, "username": "RiversideHealth"}]},
        {"data": [{"id": "../1001", "username": "RiversideHealth"}]},
        {"data": [{"id": "1001", "username": "SomebodyElse", "name": "x"}]},
        {"errors": [{"detail": "something", "value": "SomebodyElse"}]},
        {"errors": [{"detail": {"a": 1}, "value": ["RiversideHealth"], "type": 7}]},
    ],
)
def test_an_answer_that_leaves_an_account_out(reader: Reader, body: object) -> None:
    """An account of which the answer says nothing usable is told as failed, not dropped."""
    state(reader).faults.append(Fault(FaultKind.BODY, path="/2/users/by", body=body))
    read = reader.read("RiversideHealth")
    assert read.account("RiversideHealth").account_id == "x:@riversidehealth"
    assert read.account("RiversideHealth").published is None
    coverage = read.coverage("RiversideHealth", FactKind.ACCOUNTS)
    assert coverage.state is CoverageState.FAILED
    assert "says nothing of @RiversideHealth" in coverage.reason


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data": ["RiversideHealth"]}, {"data": "x"}, {"errors": []}]
)
def test_an_answer_of_no_known_shape(reader: Reader, body: object) -> None:
    """An answer that is no answer is a failure."""
    state(reader).faults.append(Fault(FaultKind.BODY, path="/2/users/by", body=body))
    with pytest.raises(ConnectorError) as caught:
        reader.read()
    assert caught.value.kind is FailureKind.BAD_RESPONSE


def test_a_revoked_token(reader: Reader) -> None:
    """A revoked token ends the reading, with what to do."""
    state(reader).tokens[reader.token].is_revoked = True
    with pytest.raises(ConnectorError) as caught:
        reader.read()
    assert caught.value.kind is FailureKind.AUTH_INVALID
    assert "auditor secrets set" in caught.value.remedy
    assert reader.paths() == ["/2/users/me"]


def test_a_token_revoked_half_way(reader: Reader) -> None:
    """Facts yielded before the token died still count."""
    reader.token = USER_TOKEN
    facts = reader.stream()
    first = next(facts)
    state(reader).tokens[USER_TOKEN].is_revoked = True
    rest = list(facts)
    assert isinstance(first, Account)
    assert first.account_id == "x:1001"
    failed = [c for c in rest if isinstance(c, Coverage) and c.state is CoverageState.DENIED]
    assert {(c.account_id, c.fact) for c in failed} >= {
        ("x:@riversidejobs", FactKind.ACCOUNTS),
        ("x:1001", FactKind.GRANTS),
    }


def test_an_app_only_token(reader: Reader) -> None:
    """An app-only token is told from its refusal by users/me; it never expires."""
    (token,) = reader.read().of(Token)
    assert (token.kind, token.account_id, token.never_expires) == ("bearer", None, True)
    assert (token.scopes, token.scopes_needed) == (("read",), ("read",))


def test_a_user_token(reader: Reader) -> None:
    """A user token reads its own account by users/me, and shows the scopes it holds too many."""
    reader.token = USER_TOKEN
    read = reader.read()
    (token,) = read.of(Token)
    assert (token.kind, token.account_id, token.never_expires) == ("user", "x:1001", False)
    assert token.scopes == ("read", "write", "directmessages")
    assert read.coverage("RiversideHealth", FactKind.TOKENS).state is CoverageState.PARTIAL
    by = next(request for request in reader.sandbox.requests if request.path == "/2/users/by")
    assert by.query["usernames"] == "RiversideJobs"


def test_no_access_level_header(reader: Reader) -> None:
    """Where X does not tell the access level, the scopes are unknown, not none."""
    reader.token = USER_TOKEN
    state(reader).tokens[USER_TOKEN].access_level = None
    read = reader.read()
    assert read.of(Token)[0].scopes is None
    assert "does not tell its access level" in read.coverage("RiversideHealth", FactKind.TOKENS).reason


def test_the_token_of_another_account(reader: Reader) -> None:
    """A token of an account that is not named is told, and the named accounts are read all the same."""
    state(reader).tokens[USER_TOKEN].user_id = "2001"
    reader.token = USER_TOKEN
    read = reader.read()
    assert read.account("RiversideHealth").followers == 48_210
    coverage = read.coverage("RiversideHealth", FactKind.TOKENS)
    assert coverage.state is CoverageState.DENIED
    assert "@nurse_ada" in coverage.reason
    assert read.of(Token)[0].account_id == "x:2001"


def test_the_confirmed_email(reader: Reader) -> None:
    """With the permission for it, the token's own account shows where password resets go."""
    state(reader).tokens[USER_TOKEN].may_read_email = True
    reader.token = USER_TOKEN
    read = reader.read()
    account = read.account("RiversideHealth")
    assert account.recovery_email == "social@riverside.example"
    assert account.recovery_email_domain == "riverside.example"
    assert read.coverage("RiversideHealth", FactKind.RECOVERY).state is CoverageState.OBSERVED
    assert read.coverage("RiversideJobs", FactKind.RECOVERY).state is CoverageState.NOT_EXPOSED


def test_no_permission_for_the_confirmed_email(reader: Reader) -> None:
    """Without the permission the recovery address is denied, and the account is still complete."""
    reader.token = USER_TOKEN
    read = reader.read()
    assert read.account("RiversideHealth").recovery_email is None
    assert read.coverage("RiversideHealth", FactKind.RECOVERY).state is CoverageState.DENIED
    assert read.coverage("RiversideHealth", FactKind.ACCOUNTS).state is CoverageState.OBSERVED


def test_users_me_down(reader: Reader) -> None:
    """When users/me alone fails, the accounts are read and the token's owner is told as unknown."""
    state(reader).faults.append(Fault(FaultKind.HTML, path="/2/users/me", times=9))
    read = reader.read()
    assert read.account("RiversideHealth").followers == 48_210
    assert read.coverage("RiversideHealth", FactKind.TOKENS).state is CoverageState.FAILED
    assert read.of(Token)[0].never_expires is None


def test_a_field_x_no_longer_knows(reader: Reader) -> None:
    """A user.fields value X refuses is dropped, asked for no more, and told as missing."""
    state(reader).retired_fields = {"verified_type", "withheld"}
    read = reader.read()
    coverage = read.coverage("RiversideJobs", FactKind.ACCOUNTS)
    assert coverage.state is CoverageState.PARTIAL
    assert "verified_type, withheld" in coverage.reason
    assert read.account("RiversideJobs").verified is None
    assert read.account("RiversideHealth").followers == 48_210


def test_a_field_x_leaves_out(reader: Reader) -> None:
    """A field left out with a problem is unknown, and the coverage names it."""
    state(reader).withheld_fields = {"protected"}
    read = reader.read()
    assert read.account("RiversideHealth").published is None
    coverage = read.coverage("RiversideHealth", FactKind.ACCOUNTS)
    assert coverage.state is CoverageState.PARTIAL
    assert "protected" in coverage.reason


def test_never_sends_parameters_only_one_dialect_knows(reader: Reader) -> None:
    """Neither tweet.fields nor post.fields nor expansions is ever sent."""
    reader.read()
    sent = {name for request in reader.sandbox.requests for name in request.query}
    assert sent <= {"usernames", "user.fields", "max_results", "pagination_token"}


def test_evidence_is_allow_listed(reader: Reader) -> None:
    """Every evidence record holds declared fields only, and every fact points to one."""
    reader.token = USER_TOKEN
    state(reader).users[1].status = "suspended"
    read = reader.read()
    assert {kind for kind, _ in read.evidence.records.values()} == set(XConnector.kept_fields)
    for kind, record in read.evidence.records.values():
        assert isinstance(record, dict)
        assert set(record) <= XConnector.kept_fields[kind]
    for fact in read.all:
        assert isinstance(fact, Coverage) or fact.evidence_id in read.evidence.records
    for dropped in ("tweet_count", "post_count", "listed_count", USER_TOKEN):
        assert dropped not in read.evidence.text


def test_hostile_names_are_kept_as_they_are(reader: Reader) -> None:
    """Markup and formulas in names are data; NUL and lone surrogates are replaced."""
    long_name = "<script>=HYPERLINK(1)\u202e" + "x" * 10_000
    state(reader).users[0].name = long_name
    state(reader).users[0].description = "a\x00b\ud800c\U0001f600"
    account = reader.read().account("RiversideHealth")
    assert account.name == long_name
    assert account.bio == "a\ufffdb\ufffdc\U0001f600"


def test_roots_are_the_accounts_named(reader: Reader) -> None:
    """Without any call, the settings alone tell which accounts there should be."""
    roots = XConnector().roots(reader.settings("@RiversideHealth", "RiversideJobs"))
    assert [root.account_id for root in roots if isinstance(root, Account)] == [
        "x:@riversidehealth",
        "x:@riversidejobs",
    ]
    assert reader.paths() == []


def test_two_runs_agree(reader: Reader) -> None:
    """Reading twice gives the same facts."""
    assert reader.read().all == reader.read().all


def test_oauth1_keys_sign_what_x_accepts(reader: Reader) -> None:
    """With the four keys of OAuth 1.0a, requests bear a signature that verifies."""
    read = reader.read(**OAUTH1_SETTINGS)
    (token,) = read.of(Token)
    assert (token.kind, token.account_id, token.never_expires) == ("user", "x:1001", True)
    assert token.scopes == ("read", "write")
    assert {request.scheme for request in reader.sandbox.requests} == {"OAuth"}
    assert len(read.of(Grant)) == 2


def test_a_wrong_oauth1_secret(reader: Reader) -> None:
    """A signature made with another secret is refused."""
    reader.oauth1["env:CS"] = "another-consumer-secret"
    with pytest.raises(ConnectorError) as caught:
        reader.read(**OAUTH1_SETTINGS)
    assert caught.value.kind is FailureKind.AUTH_INVALID


def test_an_app_that_is_not_enrolled(reader: Reader) -> None:
    """An app without a project cannot read, and the remedy says where to enrol it."""
    state(reader).tokens[reader.token] = XToken(is_enrolled=False)
    with pytest.raises(ConnectorError) as caught:
        reader.read()
    assert caught.value.kind is FailureKind.LICENCE_MISSING
    assert "project" in caught.value.remedy
