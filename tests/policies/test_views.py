"""The published views: types as promised, joins, counts, and frames of any condition."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from auditor.errors import UsageError
from auditor.model.estate import AccessStatus, GrantPath, Level, PersonStatus, PrincipalKind
from auditor.model.facts import Account, App, Change, Grant, Login, Principal, Token
from auditor.model.people import Vendor
from policies.columns import VIEWS
from policies.engine import views
from policies.views import Views
from tests.policies.support_engine import BRAND, PAGE, SETTINGS, Estate, seen
from tests.support import NOW


def whole() -> Estate:
    """One of everything."""
    facts = Estate().account(
        tier=1, phi_exposed=True, owner_email="bo@riverside.example", recovery_email="Bo@Riverside.example"
    )
    facts.person(
        name="Bo Fox",
        preferred_name="Bo",
        work_email="bo@riverside.example",
        training={"hipaa": date(2026, 1, 2)},
        manager_id="E2",
    )
    facts.person("E2", status=PersonStatus.TERMINATED, left_on=date(2026, 10, 31))
    facts.holder(
        "bo",
        person="E1",
        email="bo+x@old.example",
        mfa=True,
        mfa_methods=("totp",),
        level=Level.ADMIN,
        tasks=("MANAGE",),
    )
    facts.holder("acme", kind=PrincipalKind.AGENCY, email="desk@acme.example", via=GrantPath.AGENCY)
    facts.add(App, app_key="k", app_id="facebook:9", account_id=PAGE, name="Poster", scopes=("read", "write"))
    facts.add(Login, login_key="l", account_id=PAGE, kind="session", principal_id="facebook:bo")
    facts.add(
        Token, token_id="facebook:t", kind="user", account_id=PAGE, scopes=("a", "b"), scopes_needed=("a",)
    )
    facts.add(
        Vendor,
        vendor_id="v1",
        name="Acme",
        domains=("acme.example",),
        app_ids=("9",),
        owner_email="bo@riverside.example",
    )
    return facts.add(Change, change_key="c", account_id=PAGE, kind="handle", before="a", after="b")


ALIASED = replace(SETTINGS, email_aliases={"old.example": "riverside.example"})


def one(estate: Estate, view: str, settings: object = ALIASED, **equal: str) -> pd.Series:
    """Return the one row of a view that fits."""
    with Views(estate.frames, identities=estate.identities, as_of=NOW, settings=settings) as found:  # type: ignore[arg-type]
        rows = found.query(view, **equal)
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize("name", VIEWS)
def test_views_have_the_columns_and_types_published(name: str) -> None:
    """A view has its published columns, of the types published, and besides only hidden helpers."""
    with seen(whole()) as found:
        described = {
            row[0]: row[1] for row in found.connection.execute(f"DESCRIBE {found.ensure(name)}").fetchall()
        }
    plain = {
        key: kind.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ").replace('"', "")
        for key, kind in described.items()
    }
    assert {key: kind for key, kind in plain.items() if not key.startswith("_")} == {
        column.name: column.sql_type for column in VIEWS[name].columns
    }


@pytest.mark.parametrize("name", VIEWS)
def test_views_give_frames_of_steady_types(name: str) -> None:
    """Query gives the same pandas types with rows and without."""
    with seen(whole()) as full, seen(Estate().account().person()) as empty:
        full_types, empty_types = full.query(name).dtypes, empty.query(name).dtypes
    assert full_types.to_dict() == empty_types.to_dict()
    kinds = {column.name: column.type for column in VIEWS[name].columns}
    for column, dtype in full_types.items():
        if kinds[str(column)] == "TIMESTAMPTZ":
            assert str(dtype) == "datetime64[us, UTC]"


def test_grants_join_account_holder_person_and_firm() -> None:
    """A grant's row shows whose it is, on what, and who stands behind it."""
    row = one(whole(), "grants", principal_name="Bo")
    assert (row["account_name"], row["tier"], row["phi_exposed"], row["owner_status"]) == (
        "Riverside",
        1,
        True,
        "active",
    )
    assert (row["person_id"], row["person_name"], row["manager_status"]) == ("E1", "Bo", "terminated")
    assert (row["level"], row["level_rank"], row["tasks"], row["mfa_methods"]) == (
        "admin",
        7,
        ["MANAGE"],
        ["totp"],
    )
    assert row["training"] == {"hipaa": date(2026, 1, 2)}
    assert (row["principal_email_domain"], row["email_in_organization"], row["email_is_public"]) == (
        "riverside.example",
        True,
        False,
    )
    agency = one(whole(), "grants", principal_name="Acme")
    assert (agency["vendor_id"], agency["in_inventory"], agency["email_in_organization"]) == (
        "v1",
        True,
        False,
    )


def test_accounts_know_who_gets_the_password_resets() -> None:
    """The recovery address is matched to the roster whatever its case."""
    row = one(whole(), "accounts")
    assert (row["recovery_email_domain"], row["recovery_in_organization"]) == ("riverside.example", True)
    assert (row["recovery_person_id"], row["recovery_status"]) == ("E1", "active")


def test_apps_tokens_logins_and_firms_are_joined() -> None:
    """Each of the smaller views shows its account or what it reaches."""
    app, token, firm = one(whole(), "apps"), one(whole(), "tokens"), one(whole(), "vendors")
    assert (app["vendor_id"], app["in_inventory"], app["authorisations"], app["account_name"]) == (
        "v1",
        True,
        1,
        "Riverside",
    )
    assert (token["excess_scopes"], token["platform"]) == (["b"], "facebook")
    assert (firm["active_grants"], firm["connected_apps"], firm["reaches_phi"], firm["owner_status"]) == (
        1,
        1,
        True,
        "active",
    )
    assert one(whole(), "logins")["account_name"] == one(whole(), "changes")["account_name"] == "Riverside"


def test_people_hold_what_their_identities_hold() -> None:
    """A person's row sums the grants of all identities and the accounts they answer for."""
    row = one(whole(), "people", person_id="E1")
    assert (row["active_grants"], row["highest_level"], row["owned_accounts"], row["identity_method"]) == (
        1,
        "admin",
        1,
        "email",
    )
    nobody = one(whole(), "people", person_id="E2")
    assert (nobody["active_grants"], nobody["owned_accounts"]) == (0, 0)


def test_principals_list_the_accounts_they_reach() -> None:
    """An identity's row names its accounts, once each, and leaves out what was removed."""
    facts = whole().account(BRAND, name="Brand")
    for number, (account, status) in enumerate(
        [(PAGE, AccessStatus.ACTIVE), (BRAND, AccessStatus.INVITED), ("x:3", AccessStatus.REMOVED)]
    ):
        facts.add(
            Grant,
            grant_id=f"g{number}",
            account_id=account,
            principal_id="facebook:bo",
            level=Level.VIEWER,
            status=status,
        )
    row = one(facts, "principals", principal_name="Bo")
    assert (row["accounts"], row["active_grants"], row["highest_level"]) == (
        ["Brand", "Riverside"],
        2,
        "admin",
    )


def test_what_is_only_mentioned_is_there() -> None:
    """An account or identity that only a grant mentions has a row of its own, with its cells not known."""
    facts = (
        Estate()
        .person()
        .add(Grant, grant_id="g", account_id="x:9", principal_id="x:nobody", status=AccessStatus.ACTIVE)
    )
    grant, account, holder = one(facts, "grants"), one(facts, "accounts"), one(facts, "principals")
    assert (grant["account_name"], grant["principal_name"], grant["platform"]) == ("x:9", "x:nobody", "x")
    assert (account["platform"], account["holders"]) == ("x", {"at_least": 1, "at_most": None})
    assert pd.isna(holder["principal_kind"])
    assert pd.isna(holder["mfa"])


def test_an_identity_matched_to_two_people_is_matched_to_nobody() -> None:
    """Contradicting matches count as none; the same match told twice counts as one."""
    facts = Estate().account().person("E1").person("E2").holder("bo", person="E1").holder("cy", person="E1")
    facts.match("facebook:bo", "E2").match("facebook:cy", "E1")
    assert pd.isna(one(facts, "grants", principal_name="Bo")["person_id"])
    assert one(facts, "grants", principal_name="Cy")["person_id"] == "E1"


def test_an_address_two_people_share_belongs_to_nobody() -> None:
    """An owner is found by an address that is one person's alone."""
    facts = Estate().account(owner_email="desk@riverside.example")
    facts.person("E1", work_email="desk@riverside.example").person(
        "E2", other_emails=("Desk@riverside.example",)
    )
    assert pd.isna(one(facts, "accounts")["owner_person_id"])


@pytest.mark.parametrize(
    ("email", "inside", "public"),
    [
        ("a@riverside.example", True, False),
        ("a@mail.Riverside.example ", True, False),
        ("a@evilriverside.example", False, False),
        ("a@riverside.example.evil.example", False, False),
        ("a@gmail.com", False, True),
        ("a+gmail.com@old.example", True, False),
        (None, None, None),
        ("not an address", None, None),
    ],
)
def test_an_address_is_inside_the_house_or_not(
    email: str | None, inside: bool | None, public: bool | None
) -> None:
    """The house's domains, their subdomains and aliases are inside; look-alikes are not."""
    row = one(Estate().account().person().holder("bo", email=email), "principals")
    assert [
        None if pd.isna(row[name]) else bool(row[name])
        for name in ("email_in_organization", "email_is_public")
    ] == [inside, public]


def test_without_domains_nobody_is_inside_or_outside() -> None:
    """No domain configured: whether an address is the organisation's own is not known."""
    facts = Estate().account().person().holder("bo", email="a@riverside.example")
    assert pd.isna(one(facts, "principals", replace(SETTINGS, email_domains=()))["email_in_organization"])


def test_firms_are_not_known_without_a_table_of_them() -> None:
    """Without a vendors table nobody is in the inventory or missing from it."""
    settings = replace(ALIASED, has_vendors=False)
    for view in ("grants", "principals"):
        assert pd.isna(one(whole(), view, settings, principal_name="Acme")["in_inventory"])
    assert pd.isna(one(whole(), "apps", settings)["in_inventory"])


def test_a_free_mail_domain_makes_nobody_a_firm() -> None:
    """A vendor who lists gmail.com does not thereby own every private address."""
    facts = (
        Estate()
        .account()
        .person()
        .holder("bo", email="bo@gmail.com")
        .add(Vendor, vendor_id="v", name="Solo", domains=("gmail.com",))
    )
    row = one(facts, "grants")
    assert pd.isna(row["vendor_id"])
    assert not row["in_inventory"]


def test_the_day_is_the_organisations_own() -> None:
    """Today is the day in the organisation's zone at the instant judged at."""
    late = NOW.replace(hour=3)
    with seen(Estate().account().person(), as_of=late) as found:
        row = found.query("accounts").iloc[0]
    assert (row["as_of"], row["today"]) == (pd.Timestamp(late), pd.Timestamp("2026-11-19"))


def test_frames_of_any_make_are_read() -> None:
    """Instants and days as texts, dates or numpy, booleans and lists as Python objects: all arrive."""
    provenance = {"source": ["m"], "observed_at": ["2026-11-20T08:00:00+00:00"]}
    frames = {
        "accounts": pd.DataFrame({**provenance, "account_id": [PAGE], "platform": ["facebook"], "kind": ["page"], "tier": [1.0], "verified": np.array([True], dtype=object), "last_reviewed_on": [date(2026, 1, 2)], "created_at": [np.datetime64("2020-01-01T00:00:00")], "stray": [1]}),
        "principals": pd.DataFrame({**provenance, "principal_id": ["facebook:bo"], "platform": pd.Categorical(["facebook"]), "mfa": pd.array([None], dtype="boolean"), "mfa_methods": [["totp"]], "kind": ["robot"]}),
        "grants": pd.DataFrame({**provenance, "grant_id": ["g"], "account_id": [PAGE], "principal_id": ["facebook:bo"], "level": ["emperor"], "tasks": ["not json"], "granted_at": ["yesterday"], "status": ["active"]}),
        "people": pd.DataFrame({**provenance, "person_id": ["E1"], "name": ["Bo"], "left_on": [date(2026, 1, 2)], "training": [{"hipaa": date(2026, 1, 2)}]}),
    }  # fmt: skip
    with views(frames, identities=None, as_of=NOW, settings=SETTINGS) as found:
        account, grant, person = (found.query(name).iloc[0] for name in ("accounts", "grants", "people"))
    assert (account["tier"], account["account_verified"], account["last_reviewed_on"]) == (
        1,
        True,
        pd.Timestamp("2026-01-02"),
    )
    assert account["created_at"] == pd.Timestamp("2020-01-01", tz="UTC")
    assert (grant["mfa_methods"], grant["tasks"]) == (["totp"], None)
    assert grant[["level", "granted_at", "principal_kind"]].isna().all()
    assert (person["person_left_on"], person["training"]) == (
        pd.Timestamp("2026-01-02"),
        {"hipaa": date(2026, 1, 2)},
    )


def test_hostile_names_pass_through_as_text() -> None:
    """Quotes, control characters and very long names are cells like any other."""
    for name in (
        "Robert'); DROP TABLE t_grants;--",
        "\u202eevil",
        "x" * 10_000,
        '"',
        "{{ 7*7 }}",
        "=1+1",
        "😀",
    ):
        facts = (
            Estate().account(name=name).person().add(Principal, principal_id="x:1", platform="x", name=name)
        )
        assert one(facts, "accounts")["account_name"] == name
        assert one(facts, "principals", principal_name=name)["principal_name"] == name


def test_a_wrong_view_or_column_is_told() -> None:
    """A misspelt view or column names the nearest one."""
    with seen(Estate().account().person()) as found:
        with pytest.raises(UsageError, match="Did you mean 'grants'"):
            found.query("grant")
        with pytest.raises(UsageError, match="Did you mean 'account_id'"):
            found.query("grants", acount_id="x")


def test_rows_can_be_chosen_by_what_is_not_known() -> None:
    """Query compares with None as "not known"."""
    facts = Estate().account(tier=1).add(Account, account_id=BRAND, platform="x", kind="profile")
    with seen(facts) as found:
        assert list(found.query("accounts", tier=None)["account_id"]) == [BRAND]
