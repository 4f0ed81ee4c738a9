"""The X archive connector: what it proves, what it keeps to itself, and how far it reaches."""

from __future__ import annotations

import hashlib
import hmac
import json
import zipfile
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from auditor.demo import x_archive_writer as writer
from auditor.errors import ConnectorError, FailureKind
from auditor.model.estate import AccessStatus, CoverageState, FactKind, Level, PrincipalKind
from auditor.model.facts import Account, App, Change, Coverage, Fact, Grant, Login, Principal
from connectors.base import CheckState, Connector
from connectors.x_archive import XArchiveConnector, XArchiveSettings
from tests.connectors.support_archive import (
    ADDRESS,
    ID,
    MADE,
    MEMBERS,
    SECRETS,
    archive,
    at,
    collect,
    reason,
    states,
)
from tests.support import NOW, MemoryEvidence, make_context

ACCOUNT = f"x:{ID}"
OBSERVED, PARTIAL, STALE = CoverageState.OBSERVED, CoverageState.PARTIAL, CoverageState.STALE


@pytest.fixture(name="facts")
def _facts(tmp_path: Path) -> list[Fact]:
    return collect(writer.write_current(tmp_path, archive()), make_context(tmp_path))


def of(kind: type, facts: list[Fact]) -> list:
    """Return the facts of one type."""
    return [fact for fact in facts if type(fact) is kind]


def test_it_meets_the_connector_contract() -> None:
    """The registry can use it: name, settings, sights and kept fields are there."""
    connector = XArchiveConnector()
    assert isinstance(connector, Connector)
    assert connector.name == "x-archive"
    assert not connector.reads_estate


def test_the_account_is_told(facts: list[Fact]) -> None:
    """Handle, name, creation and the recovery address come from account.js."""
    (account,) = of(Account, facts)
    assert (account.account_id, account.handle, account.name) == (ACCOUNT, "HarborHealth", "Harbor Health")
    assert account.kind == "profile"
    assert account.url == "https://x.com/HarborHealth"
    assert account.created_at == at("2012-12-12")
    assert (account.recovery_email, account.recovery_email_domain) == (
        "social@harbor.example",
        "harbor.example",
    )
    assert account.verified is False
    assert account.observed_at == MADE
    assert account.valid_until == MADE + timedelta(days=90)


def test_a_bought_mark_is_not_a_verification(tmp_path: Path) -> None:
    """verified.js does not tell the bought blue mark from an organisation's, so true is unknown."""
    path = writer.write_current(tmp_path, archive(verified=({"accountId": ID, "verified": True},)))
    (account,) = of(Account, collect(path, make_context(tmp_path)))
    assert account.verified is None


def test_the_own_login_is_a_shared_holder_with_full_power(facts: list[Fact]) -> None:
    """The archive proves a login exists; whoever has the password can do everything."""
    (principal,) = [one for one in of(Principal, facts) if one.principal_id == ACCOUNT]
    assert principal.kind is PrincipalKind.SHARED
    assert principal.status is AccessStatus.ACTIVE
    assert principal.last_active_at == at("2026-10-30T08:00:00")
    (grant,) = [one for one in of(Grant, facts) if one.principal_id == ACCOUNT]
    assert (grant.role, grant.level, grant.can_message, grant.can_grant) == (
        "owner login",
        Level.ADMIN,
        True,
        True,
    )


def test_an_sms_phone_is_a_sign_and_no_proof_of_mfa(tmp_path: Path, facts: list[Fact]) -> None:
    """A second-factor phone shows SMS among the methods; whether MFA is on stays unknown."""
    (principal,) = [one for one in of(Principal, facts) if one.principal_id == ACCOUNT]
    assert (principal.mfa, principal.mfa_methods) == (None, ("sms",))
    assert states(facts)[FactKind.MFA] is PARTIAL
    assert "since 2015-07-01" in reason(facts, FactKind.MFA)
    without = collect(writer.write_current(tmp_path / "n", archive(ni_devices=())), make_context(tmp_path))
    (principal,) = [one for one in of(Principal, without) if one.principal_id == ACCOUNT]
    assert (principal.mfa, principal.mfa_methods) == (None, None)
    assert states(without)[FactKind.MFA] is CoverageState.NOT_EXPOSED
    assert "absence proves nothing" in reason(without, FactKind.MFA)


def test_each_authorisation_of_an_app_is_kept(facts: list[Fact]) -> None:
    """The same app approved twice is two rows with two keys."""
    apps = of(App, facts)
    assert len(apps) == 6
    assert len({app.app_key for app in apps}) == 6
    iphone = [app for app in apps if app.app_id == "x:129032"]
    assert [app.approved_at for app in iphone] == [at("2015-05-01"), at("2019-05-01")]


def test_first_party_is_told_by_id_and_never_by_name(facts: list[Fact]) -> None:
    """An app that calls itself X's own, organisation and all, is a stranger."""
    first_party = {app.app_id: app.first_party for app in of(App, facts)}
    assert first_party["x:129032"] is True
    assert first_party["x:70002"] is False


def test_scopes_map_to_levels_and_an_unknown_one_to_none(facts: list[Fact]) -> None:
    """One scope we do not know makes the level unknown; messages seen stay seen."""
    found = {app.app_id: (app.level, app.can_message) for app in of(App, facts)}
    assert found["x:129032"] == (Level.PUBLISHER, True)
    assert found["x:70001"] == (Level.PUBLISHER, False)
    assert found["x:70002"] == (Level.VIEWER, False)
    assert found["x:70003"] == (None, None)
    assert found["x:70004"] == (None, True)
    (planner,) = [app for app in of(App, facts) if app.app_id == "x:70001"]
    assert (planner.name, planner.publisher, planner.scopes) == (
        "Chirp Planner",
        "Chirp Inc",
        ("read", "write"),
    )


@pytest.mark.parametrize("permissions", [None, [], "read", [7], [{}]])
def test_permissions_in_an_unknown_shape_are_no_harmless_app(tmp_path: Path, permissions: object) -> None:
    """No list of scopes, an empty one, or something else in it: the level is unknown."""
    record = {**writer.app("5", "Odd", (), MADE), "permissions": permissions}
    path = writer.write_current(tmp_path, archive(connected_application=(record,)))
    (app,) = of(App, collect(path, make_context(tmp_path)))
    assert (app.level, app.can_message) == (None, None)


def test_logins_carry_a_keyed_hash_and_no_address(facts: list[Fact]) -> None:
    """The network address is there only as HMAC-SHA256 under the store's key."""
    logins = [one for one in of(Login, facts) if one.kind == "login"]
    expected = hmac.new(b"test-key", ADDRESS.encode(), hashlib.sha256).hexdigest()
    assert [one.address_hash for one in logins][:2] == [expected, expected]
    assert len({one.login_key for one in of(Login, facts)}) == len(of(Login, facts))
    assert {one.principal_id for one in logins} == {ACCOUNT}


def test_without_a_key_no_hash_is_made(tmp_path: Path) -> None:
    """A hash under an empty key could be reversed by trying all addresses."""
    context = make_context(tmp_path)
    keyless = type(context)(
        **{field.name: getattr(context, field.name) for field in fields(context)} | {"address_key": b""}
    )
    facts = collect(writer.write_current(tmp_path, archive()), keyless)
    assert {one.address_hash for one in of(Login, facts)} == {None}


def test_sessions_and_devices_are_told(facts: list[Fact]) -> None:
    """Device tokens are sessions; push, SMS and message devices are devices."""
    found = {(one.kind, one.client, one.at) for one in of(Login, facts) if one.kind in ("session", "device")}
    assert found == {
        ("session", "Twitter for iPhone", at("2026-10-01")),
        ("session", None, at("2024-01-01")),
        ("device", "SMS second-factor phone", at("2015-07-01")),
        ("device", "Twitter for iOS", at("2026-09-09")),
        ("device", "TwitterAndroid/10", at("2026-01-05T10:00:00")),
    }


def test_a_single_sign_on_address_is_a_holder(facts: list[Fact]) -> None:
    """Whoever owns the address can enter the account, so they are a holder to match with HR."""
    (login,) = [one for one in of(Login, facts) if one.kind == "sso"]
    (holder,) = [one for one in of(Principal, facts) if one.email]
    assert (holder.principal_id, holder.email) == ("x:sso:jane.roe@gmail.com", "Jane.Roe@gmail.com")
    assert login.principal_id == holder.principal_id
    assert login.client == "single sign-on through Google, address at gmail.com"
    (grant,) = [one for one in of(Grant, facts) if one.principal_id == holder.principal_id]
    assert (grant.level, grant.can_grant) == (Level.ADMIN, True)


def test_changes_are_told_and_the_phone_number_is_not(facts: list[Fact]) -> None:
    """E-mail, handle, protection and phone changes, the number by its last two digits alone."""
    found = [(one.kind, one.before, one.after) for one in of(Change, facts)]
    assert found == [
        ("email", None, "old@harbor.example"),
        ("email", "old@harbor.example", "social@harbor.example"),
        ("handle", "HarborNews", "HarborHealth"),
        ("protection", None, "public"),
        ("phone", None, "a number that ends in 42"),
    ]
    assert len({one.change_key for one in of(Change, facts)}) == 5


def test_nothing_secret_leaves_the_archive(tmp_path: Path) -> None:
    """Phone numbers, tokens, device ids, addresses and messages are in no fact and no evidence."""
    for write in (writer.write_current, writer.write_2019):
        context = make_context(tmp_path)
        facts = collect(write(tmp_path / write.__name__, archive()), context)
        assert isinstance(context.evidence, MemoryEvidence)
        text = repr(facts) + context.evidence.text
        assert [secret for secret in SECRETS if secret in text] == []


def test_evidence_holds_only_the_declared_fields(tmp_path: Path) -> None:
    """Each record kept has a declared kind and no field beyond it; every fact has its record."""
    context = make_context(tmp_path)
    facts = collect(writer.write_current(tmp_path, archive()), context)
    assert isinstance(context.evidence, MemoryEvidence)
    for kind, record in context.evidence.records.values():
        assert isinstance(record, dict)
        assert record.keys() <= XArchiveConnector.kept_fields[kind]
    for fact in facts:
        assert isinstance(fact, Coverage) or fact.evidence_id in context.evidence.records


def test_private_members_are_never_opened(tmp_path: Path) -> None:
    """Posts and messages that would fail any reader change nothing."""
    path = tmp_path / "a.zip"
    members = {
        **writer.current_members(archive()),
        "data/direct-messages.js": "X" * 64,
        "data/tweets.js": "X" * 64,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    data = path.read_bytes().replace(b"X" * 64, b"Y" * 64)
    path.write_bytes(data)  # their checksums are wrong now
    assert states(collect(path, make_context(tmp_path)))[FactKind.APPS] is OBSERVED


def test_coverage_of_a_whole_fresh_archive(facts: list[Fact]) -> None:
    """What the archive lists is observed; delegates are not exposed, with the way to attest them."""
    assert states(facts) == {
        FactKind.ACCOUNTS: OBSERVED,
        FactKind.APPS: OBSERVED,
        FactKind.LOGINS: OBSERVED,
        FactKind.RECOVERY: OBSERVED,
        FactKind.MFA: PARTIAL,
        FactKind.GRANTS: CoverageState.NOT_EXPOSED,
        FactKind.PRINCIPALS: CoverageState.NOT_EXPOSED,
        FactKind.MFA_REQUIRED: CoverageState.NOT_EXPOSED,
        FactKind.LAST_USED: CoverageState.NOT_EXPOSED,
    }
    assert "auditor attest new x-delegates" in reason(facts, FactKind.GRANTS)
    assert set(states(facts)) == {sight.fact for sight in XArchiveConnector.sees}


def test_an_empty_list_that_the_manifest_confirms_is_observed(tmp_path: Path) -> None:
    """No connected app, said by file and manifest alike, is known to be none."""
    facts = collect(writer.write_current(tmp_path, archive(connected_application=())), make_context(tmp_path))
    assert of(App, facts) == []
    assert states(facts)[FactKind.APPS] is OBSERVED


def test_a_count_that_does_not_match_is_never_a_pass(tmp_path: Path) -> None:
    """A member edited down, empty even, is known in part only; the others stay observed."""
    edited = archive(connected_application=(), ni_devices=())
    counts = {"connected-application": 4, "ni-devices": 2}
    path = writer.write_archive(tmp_path / "a.zip", writer.current_members(edited, counts=counts), MADE)
    facts = collect(path, make_context(tmp_path))
    found = states(facts)
    assert (found[FactKind.APPS], found[FactKind.LOGINS], found[FactKind.RECOVERY]) == (
        PARTIAL,
        PARTIAL,
        OBSERVED,
    )
    assert "connected-application.js holds 0 records where the manifest says 4" in reason(
        facts, FactKind.APPS
    )
    assert "ni-devices.js holds 0" in reason(facts, FactKind.MFA)


def test_a_partial_archive_is_partial_throughout(tmp_path: Path) -> None:
    """One part of an archive delivered in several proves nothing complete."""
    path = writer.write_archive(tmp_path / "a.zip", writer.current_members(archive(), is_partial=True), MADE)
    facts = collect(path, make_context(tmp_path))
    assert {states(facts)[kind] for kind in (FactKind.ACCOUNTS, FactKind.APPS, FactKind.LOGINS)} == {PARTIAL}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (None, "in the manifest but not in the archive"),
        ("window.YTD.connected_application.part0 = [{", "cannot be read: not JSON"),
        ("[]", "does not start as an archive member does"),
        ("window.YTD.connected_application.part0 = {}", "not a list"),
        ("window.YTD.connected_application.part0 = [{}]", "1 of 1 records in an unknown shape"),
        ("window.YTD.tweets.part0 = []", "holds 0 records where the manifest says 6"),
        ("window.YTD.connected_application.part0 = " + "[" * 90_000, "cannot be read"),
        (b"window.YTD.connected_application.part0 = [\xff]", "not UTF-8"),
    ],
)
def test_a_member_that_is_missing_or_broken_costs_its_kind(
    tmp_path: Path, change: str | bytes | None, words: str
) -> None:
    """The apps are unknown with the reason; logins and the rest go on."""
    members: dict[str, str | bytes] = dict(writer.current_members(archive()))
    if change is None:
        del members["data/connected-application.js"]
    else:
        members["data/connected-application.js"] = change
    facts = collect(writer.write_archive(tmp_path / "a.zip", members, MADE), make_context(tmp_path))
    assert not states(facts)[FactKind.APPS].is_known
    assert words in reason(facts, FactKind.APPS)
    assert states(facts)[FactKind.LOGINS] is OBSERVED


def test_a_member_under_another_name_than_the_manifest_gives_is_told(tmp_path: Path) -> None:
    """A file whose content is another category's is no evidence of its own."""
    members = writer.current_members(archive(connected_application=()))
    members["data/connected-application.js"] = "window.YTD.sso.part0 = []"
    facts = collect(writer.write_archive(tmp_path / "a.zip", members, MADE), make_context(tmp_path))
    assert states(facts)[FactKind.APPS] is PARTIAL
    assert "holds YTD.sso.part0" in reason(facts, FactKind.APPS)


def test_split_members_are_joined_and_a_lost_part_is_told(tmp_path: Path) -> None:
    """Parts listed in the manifest are read one after the other; one that is gone is a gap."""
    apps = MEMBERS["connected-application"]
    members = writer.current_members(archive(connected_application=apps[:4]))
    members["data/connected-application-part1.js"] = writer.member_text(
        "connected-application", apps[4:], part=1
    )
    _, _, text = members["data/manifest.js"].partition(" = ")
    manifest = json.loads(text)
    manifest["dataTypes"]["connectedApplication"]["files"].append(
        {
            "fileName": "data/connected-application-part1.js",
            "globalName": "YTD.connected_application.part1",
            "count": "2",
        }
    )
    members["data/manifest.js"] = f"window.__THAR_CONFIG = {json.dumps(manifest)}"
    whole = collect(writer.write_archive(tmp_path / "a.zip", members, MADE), make_context(tmp_path))
    assert len(of(App, whole)) == 6
    assert states(whole)[FactKind.APPS] is OBSERVED
    del members["data/connected-application-part1.js"]
    part = collect(writer.write_archive(tmp_path / "b.zip", members, MADE), make_context(tmp_path))
    assert len(of(App, part)) == 4
    assert "connected-application-part1.js is in the manifest but not" in reason(part, FactKind.APPS)


def test_the_layout_of_2019_is_read_and_vouches_for_less(tmp_path: Path) -> None:
    """The same facts come out, but without a manifest nothing is complete, absence least of all."""
    new = collect(writer.write_current(tmp_path / "n", archive()), make_context(tmp_path))
    old = collect(writer.write_2019(tmp_path / "o", archive(sso=())), make_context(tmp_path))
    assert [a.app_key for a in of(App, old)] == [a.app_key for a in of(App, new)]
    assert [one.after for one in of(Change, old)][-1] == "a number that ends in 42"
    assert {states(old)[kind] for kind in (FactKind.APPS, FactKind.LOGINS, FactKind.RECOVERY)} == {PARTIAL}
    assert "no manifest" in reason(old, FactKind.APPS)
    assert "sso.js is absent, which may mean empty or taken out" in reason(old, FactKind.LOGINS)


def test_a_2019_archive_cannot_be_dated_later_than_its_name_or_its_members(tmp_path: Path) -> None:
    """Renaming an old archive does not make it fresh."""
    old = archive(generated_at=at("2019-03-02T10:00:00"))
    members = writer.members_of_2019(old)
    path = writer.write_archive(tmp_path / "twitter-2026-11-10-abc.zip", members, old.generated_at)
    facts = collect(path, make_context(tmp_path))
    assert facts[0].observed_at == at("2019-03-02")
    assert states(facts)[FactKind.APPS] is STALE


def test_an_archive_beyond_its_age_is_stale_with_the_remedy(tmp_path: Path) -> None:
    """Its facts still come out, expired; its coverage says stale and how to get a new one."""
    old = archive(generated_at=NOW - timedelta(days=91))
    path = writer.write_current(tmp_path, old)
    facts = collect(path, make_context(tmp_path))
    assert {states(facts)[kind] for kind in (FactKind.APPS, FactKind.LOGINS, FactKind.MFA)} == {STALE}
    assert "Download an archive" in reason(facts, FactKind.APPS)
    assert all(fact.valid_until and fact.valid_until < NOW for fact in of(App, facts))
    assert states(collect(path, make_context(tmp_path), max_age_days=92))[FactKind.APPS] is OBSERVED


@pytest.mark.parametrize("account", ["HarborHealth", "@harborhealth", ID])
def test_the_expected_account_is_known_by_handle_or_id(tmp_path: Path, account: str) -> None:
    """The archive of the account named is accepted, however it is named."""
    path = writer.write_current(tmp_path, archive())
    assert of(Account, collect(path, make_context(tmp_path), account=account))


def test_the_archive_of_another_account_is_refused(tmp_path: Path) -> None:
    """The error names both accounts."""
    path = writer.write_current(tmp_path, archive())
    with pytest.raises(ConnectorError, match="archive of @HarborHealth, not of SomeoneElse") as caught:
        collect(path, make_context(tmp_path), account="SomeoneElse")
    assert caught.value.kind is FailureKind.BAD_INPUT


def test_a_manifest_and_an_account_that_disagree_are_refused(tmp_path: Path) -> None:
    """Members of one archive put into another's shell are found out."""
    members = writer.current_members(archive())
    members["data/account.js"] = members["data/account.js"].replace(ID, "12")
    with pytest.raises(ConnectorError, match="two different accounts"):
        collect(writer.write_archive(tmp_path / "a.zip", members, MADE), make_context(tmp_path))


def test_of_a_folder_the_newest_archive_of_each_account_counts(tmp_path: Path) -> None:
    """Two accounts, one with two archives: one result each, the newest."""
    writer.write_current(tmp_path / "f", archive(generated_at=at("2026-09-01"), handle="OldName"))
    writer.write_current(tmp_path / "f", archive())
    writer.write_current(tmp_path / "f", archive(account_id="88", handle="HarborJobs"))
    facts = collect(tmp_path / "f", make_context(tmp_path))
    assert {(one.account_id, one.handle) for one in of(Account, facts)} == {
        (ACCOUNT, "HarborHealth"),
        ("x:88", "HarborJobs"),
    }


def test_one_broken_zip_in_a_folder_loses_nothing_of_the_others(tmp_path: Path) -> None:
    """The good archives' facts come first, then the error names the bad file."""
    good = writer.write_current(tmp_path / "f", archive())
    (tmp_path / "f" / "half.zip").write_bytes(good.read_bytes()[:900])
    settings = XArchiveSettings(id="arc", path="f")
    read: list[Fact] = []
    with pytest.raises(ConnectorError, match=r"half\.zip: is damaged"):
        read.extend(XArchiveConnector().collect(settings, make_context(tmp_path)))
    collected = XArchiveConnector().collect(settings, make_context(tmp_path))
    assert isinstance(next(collected), Account)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    """A folder without a zip is not an estate without accounts."""
    with pytest.raises(ConnectorError, match="holds no zip"):
        collect(tmp_path, make_context(tmp_path))


def test_an_archive_zipped_again_with_its_folder_is_read(tmp_path: Path) -> None:
    """Browsers that unpack downloads leave people to zip the folder again."""
    members: dict[str, str | bytes] = {
        f"twitter-2026/{name}": text for name, text in writer.current_members(archive()).items()
    }
    members["__MACOSX/twitter-2026/data/._account.js"] = "junk"
    facts = collect(writer.write_archive(tmp_path / "a.zip", members, MADE), make_context(tmp_path))
    assert states(facts)[FactKind.APPS] is OBSERVED


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"photos/1.jpg": "x"}, "not an X data archive"),
        ({"inner.zip": "PK"}, "holds another zip"),
        ({"data/account.js": "window.a = []", "account.js": "window.a = []"}, "more than one X archive"),
        ({"data/account.js": "window.a = []"}, "does not say which account"),
        ({"data/manifest.js": "window.b = []", "data/account.js": "window.a = []"}, "is not a manifest"),
        ({"data/manifest.js": "garbage"}, "manifest.js cannot be read"),
        ({"../data/account.js": "window.a = []"}, "points outside"),
    ],
)
def test_zips_that_are_no_archive_are_refused(tmp_path: Path, members: dict[str, str], words: str) -> None:
    """Each is refused whole with a sentence and a remedy."""
    with pytest.raises(ConnectorError, match=words) as caught:
        collect(writer.write_archive(tmp_path / "a.zip", members, MADE), make_context(tmp_path))
    assert caught.value.kind is FailureKind.BAD_INPUT
    assert caught.value.remedy


def test_a_zip_inside_an_archive_is_refused_except_media(tmp_path: Path) -> None:
    """X packs media as zips at times; any other inner zip does not belong there."""
    members: dict[str, str | bytes] = {
        **writer.current_members(archive()),
        "data/tweets_media/part1.zip": "PK",
    }
    assert collect(writer.write_archive(tmp_path / "a.zip", members, MADE), make_context(tmp_path))
    members["data/more.zip"] = "PK"
    with pytest.raises(ConnectorError, match="holds another zip"):
        collect(writer.write_archive(tmp_path / "b.zip", members, MADE), make_context(tmp_path))


def test_a_bomb_in_a_member_is_refused(tmp_path: Path) -> None:
    """An allow-listed member that unpacks to far more than it weighs is not unpacked."""
    members = writer.current_members(archive())
    members["data/ip-audit.js"] = "window.YTD.ip_audit.part0 = [" + " " * (16 * 1024 * 1024) + "]"
    with pytest.raises(ConnectorError, match="zip bomb"):
        collect(writer.write_archive(tmp_path / "a.zip", members, MADE), make_context(tmp_path))


def test_an_archive_from_the_future_is_refused(tmp_path: Path) -> None:
    """A date yet to come would keep an archive fresh for ever."""
    path = writer.write_current(tmp_path, archive(generated_at=NOW + timedelta(days=3)))
    with pytest.raises(ConnectorError, match="yet to come"):
        collect(path, make_context(tmp_path))


def test_hostile_text_is_kept_storable(tmp_path: Path) -> None:
    """Names with markup, NULs and lone surrogates become text any database takes; a hostile handle none."""
    name = "<script>\x00\ud800\u202e" + "A" * 10_000
    members = writer.current_members(archive(name="N", handle="<b>"))
    members["data/account.js"] = members["data/account.js"].replace('"N"', json.dumps(name))
    (account,) = of(
        Account, collect(writer.write_archive(tmp_path / "a.zip", members, MADE), make_context(tmp_path))
    )
    assert account.handle is None
    assert account.url is None
    assert account.name is not None
    assert account.name.startswith("<script>")
    assert "\x00" not in account.name
    account.name.encode()


def test_roots_are_the_account_named(tmp_path: Path) -> None:
    """Without the file, the settings' account can still be marked as unread."""
    connector = XArchiveConnector()
    assert connector.roots(XArchiveSettings(id="a", path="x.zip")) == ()
    (by_handle,) = connector.roots(XArchiveSettings(id="a", path="x.zip", account="@HarborHealth"))
    (by_id,) = connector.roots(XArchiveSettings(id="a", path="x.zip", account=ID))
    assert isinstance(by_handle, Account)
    assert isinstance(by_id, Account)
    assert (by_handle.account_id, by_id.account_id) == ("x:@harborhealth", ACCOUNT)


def test_settings_refuse_what_makes_no_sense() -> None:
    """Age below a day and a hostile account name are refused at construction."""
    for options in ({"max_age_days": 0}, {"account": "../x"}, {"path": ""}):
        with pytest.raises(ValidationError):
            XArchiveSettings(**{"id": "a", "path": "x.zip", **options})


def test_doctor_says_how_each_archive_stands(tmp_path: Path) -> None:
    """Complete, stale, doubtful and unreadable archives each get their line."""

    def check(path: str) -> list[tuple[CheckState, str]]:
        settings = XArchiveSettings(id="arc", path=path)
        return [
            (one.state, one.message) for one in XArchiveConnector().check(settings, make_context(tmp_path))
        ]

    good = writer.write_current(tmp_path / "good", archive())
    assert check("good")[0][0] is CheckState.GOOD
    writer.write_current(tmp_path / "old", archive(generated_at=at("2025-01-01")))
    assert "older than 90 days" in check("old")[0][1]
    writer.write_2019(tmp_path / "2019", archive())
    assert (check("2019")[0][0], "manifest" in check("2019")[0][1]) == (CheckState.WARNING, True)
    (tmp_path / "good" / "half.zip").write_bytes(good.read_bytes()[:500])
    assert [state for state, _message in check("good")] == [CheckState.BAD, CheckState.GOOD]
    assert check("none.zip")[0][0] is CheckState.BAD
