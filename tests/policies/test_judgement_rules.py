"""The five rules of judgement: what keeps "not known" from passing where rows or times are missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.estate import (
    AccessStatus,
    CoverageState,
    FactKind,
    Level,
    MfaRequired,
    PersonStatus,
    PrincipalKind,
)
from auditor.model.facts import Account, App, Grant, Login, Principal
from auditor.model.people import Vendor
from policies.coverage import NOT_READ
from tests.policies.support_engine import (
    BRAND,
    EVERY_KIND,
    PAGE,
    SETTINGS,
    Estate,
    days_ago,
    judged,
    result,
    rule,
    seen,
    verdicts,
)

BO = f"{PAGE}|facebook:bo|direct"
NOBODY_FAILS = "person_status = 'terminated'"
KNOWN = (CoverageState.OBSERVED, CoverageState.ATTESTED)
NOT_KNOWN = tuple(state for state in CoverageState if state not in KNOWN)


def without(*kinds: FactKind) -> tuple[FactKind, ...]:
    """Every kind of fact but these."""
    return tuple(kind for kind in EVERY_KIND if kind not in kinds)


# 1. No rows is not clean.


@pytest.mark.parametrize("state", NOT_KNOWN)
def test_account_whose_grants_are_not_known_is_unknown(tmp_path: Path, state: CoverageState) -> None:
    """An account with no grant to show is unknown, with reason and remedy, unless its list was seen."""
    facts = Estate().account(covered=without(FactKind.GRANTS)).person()
    facts.cover(PAGE, FactKind.GRANTS, state, reason="The API refused.", remedy="Give the role.")
    found = judged(facts, tmp_path, rule(NOBODY_FAILS)).findings
    assert list(zip(found["subject_type"], found["subject_id"], found["verdict"], strict=True)) == [
        ("account", PAGE, "unknown")
    ]
    assert (found.iloc[0]["reason"], found.iloc[0]["remedy"]) == ("The API refused.", "Give the role.")
    assert found.iloc[0]["basis"] == "unknown"


@pytest.mark.parametrize("state", KNOWN)
def test_account_whose_empty_list_was_seen_is_clean(tmp_path: Path, state: CoverageState) -> None:
    """An empty list that was observed or attested says that nobody holds access."""
    facts = Estate().account(covered=without(FactKind.GRANTS)).person().cover(PAGE, FactKind.GRANTS, state)
    assert judged(facts, tmp_path, rule(NOBODY_FAILS)).findings.empty


def test_account_that_no_connection_reads_is_unknown(tmp_path: Path) -> None:
    """Without any line of coverage the reason is that no connection reads it."""
    judgement = judged(Estate().account(covered=()).person(), tmp_path, rule(NOBODY_FAILS))
    assert "no connection reads this" in judgement.findings.iloc[0]["reason"]
    assert judgement.findings.iloc[0]["remedy"]
    assert list(judgement.coverage["state"]) == [NOT_READ]


def test_every_kind_a_rule_reads_must_be_known(tmp_path: Path) -> None:
    """A rule that also reads MFA is unknown where grants are listed but MFA is not shown."""
    facts = (
        Estate()
        .account(covered=without(FactKind.MFA))
        .person()
        .cover(PAGE, FactKind.MFA, CoverageState.NOT_EXPOSED)
    )
    assert judged(facts, tmp_path, rule(NOBODY_FAILS)).findings.empty
    assert verdicts(judged(facts, tmp_path, rule("not mfa"))) == {PAGE: "unknown"}


@pytest.mark.parametrize(
    ("over", "condition", "kind"),
    [
        ("apps", "can_message", FactKind.APPS),
        ("logins", "client = 'x'", FactKind.LOGINS),
        ("principals", "principal_kind = 'shared'", FactKind.GRANTS),
        ("people", "active_grants > 3", FactKind.GRANTS),
        ("vendors", "connected_apps > 3", FactKind.APPS),
    ],
)
def test_every_view_of_rows_is_held_against_coverage(
    tmp_path: Path, over: str, condition: str, kind: FactKind
) -> None:
    """Rules over apps, logins, principals, and people or firms by what they hold, are unknown alike."""
    facts = Estate().account(covered=without(kind)).person().add(Vendor, vendor_id="v", name="Acme")
    assert verdicts(judged(facts, tmp_path, rule(condition, over=over)))[PAGE] == "unknown"
    facts.cover(PAGE, kind)
    assert judged(facts, tmp_path, rule(condition, over=over)).findings.empty


def test_rows_there_are_do_not_hide_the_rows_there_are_not(tmp_path: Path) -> None:
    """A partial list gives its rows' verdicts and one unknown for the account."""
    facts = Estate().account(covered=without(FactKind.GRANTS)).person().holder(person="E1", mfa=True)
    facts.cover(PAGE, FactKind.GRANTS, CoverageState.PARTIAL)
    judgement = judged(facts, tmp_path, rule("not mfa"))
    assert verdicts(judgement) == {PAGE: "unknown"}
    assert (result(judgement)["passed"], result(judgement)["unknown"]) == (1, 1)


def test_a_rule_is_not_held_against_accounts_it_does_not_concern(tmp_path: Path) -> None:
    """Where the account's own columns rule it out, missing rows could not matter."""
    facts = Estate().account(covered=()).account(BRAND, covered=(), tier=3).person()
    assert set(
        verdicts(judged(facts, tmp_path, rule("not mfa", applies_when="platform = 'x' and mfa is not null")))
    ) == {BRAND}
    assert set(verdicts(judged(facts, tmp_path, rule("tier < 3 and not mfa")))) == {PAGE}


def test_scope_that_asks_for_known_cells_does_not_hide_the_gap(tmp_path: Path) -> None:
    """``IS NOT NULL`` in the scope cannot make an account clean whose facts nobody has seen."""
    facts = Estate().account(covered=()).person()
    text = rule("mfa_required = 'none'", applies_when="mfa_required is not null and mfa is not null")
    assert verdicts(judged(facts, tmp_path, text)) == {PAGE: "unknown"}


def test_an_account_only_facts_speak_of_is_judged(tmp_path: Path) -> None:
    """An account known from coverage or a grant alone is judged too; a line about the roster is no account."""
    facts = Estate().account().person().cover(BRAND, FactKind.GRANTS, CoverageState.FAILED)
    facts.cover("roster", FactKind.PRINCIPALS, CoverageState.PARTIAL)
    assert verdicts(judged(facts, tmp_path, rule(NOBODY_FAILS))) == {BRAND: "unknown"}


def test_without_a_roster_nobody_is_known(tmp_path: Path) -> None:
    """No roster configured: what depends on people is unknown and says why."""
    facts = Estate().account().holder(person="E1")
    found = judged(facts, tmp_path, rule(NOBODY_FAILS), settings=replace(SETTINGS, has_roster=False)).findings
    assert list(found["verdict"]) == ["unknown"]
    assert "No roster" in found.iloc[0]["reason"]


def test_the_best_source_decides_what_is_known(tmp_path: Path) -> None:
    """One source that sees a fact is enough, whatever others are not shown."""
    facts = Estate().account(covered=without(FactKind.GRANTS)).person()
    facts.cover(PAGE, FactKind.GRANTS, CoverageState.DENIED, source="a").cover(
        PAGE, FactKind.GRANTS, CoverageState.ATTESTED, source="b", attested_by="cy"
    )
    facts.cover(PAGE, FactKind.GRANTS, CoverageState.NOT_EXPOSED, source="c")
    judgement = judged(facts, tmp_path, rule(NOBODY_FAILS))
    row = judgement.coverage.iloc[0]
    assert (row["state"], row["basis"], row["source"]) == ("attested", "attested", "b")
    assert (
        judgement.coverage_split.verified,
        judgement.coverage_split.attested,
        judgement.coverage_split.unknown,
    ) == (0, 1, 0)


def test_a_source_that_failed_outweighs_an_attestation(tmp_path: Path) -> None:
    """What a failed source alone knew is missing from a person's word, but not from a list seen whole."""
    facts = Estate().account(covered=without(FactKind.GRANTS)).person()
    facts.cover(PAGE, FactKind.GRANTS, CoverageState.ATTESTED, source="table", attested_by="cy")
    facts.cover(PAGE, FactKind.GRANTS, CoverageState.FAILED, source="down")
    judgement = judged(facts, tmp_path, rule(NOBODY_FAILS))
    assert verdicts(judgement) == {PAGE: "unknown"}
    assert list(judgement.coverage["source"]) == ["down"]
    facts.cover(PAGE, FactKind.GRANTS, source="meta")
    assert judged(facts, tmp_path, rule(NOBODY_FAILS)).findings.empty


@settings(max_examples=12, deadline=None)
@given(states=st.lists(st.sampled_from(CoverageState), max_size=3))
def test_only_seen_lists_pass(tmp_path_factory: pytest.TempPathFactory, states: list[CoverageState]) -> None:
    """Whatever sources say together, an empty account passes only if the list was seen, or attested with
    no source broken down.
    """
    facts = Estate().account(covered=()).person()
    for number, state in enumerate(states):
        facts.cover(PAGE, FactKind.GRANTS, state, source=f"s{number}")
    found = judged(facts, tmp_path_factory.mktemp("pack"), rule(NOBODY_FAILS)).findings
    attested = CoverageState.ATTESTED in states and CoverageState.FAILED not in states
    assert found.empty == (CoverageState.OBSERVED in states or attested)


# 2. Counts know their bounds.


def admins(known: CoverageState, *levels: Level | None) -> Estate:
    """A page with humans at these levels."""
    facts = Estate().account(covered=without(FactKind.GRANTS)).person().cover(PAGE, FactKind.GRANTS, known)
    for number, level in enumerate(levels):
        facts.holder(f"h{number}", level=level)
    return facts


@pytest.mark.parametrize(
    ("state", "levels", "many", "few"),
    [
        (CoverageState.OBSERVED, [Level.ADMIN] * 3, "fail", None),
        (CoverageState.OBSERVED, [Level.ADMIN] * 2, None, None),
        (CoverageState.OBSERVED, [Level.ADMIN], None, "fail"),
        (CoverageState.PARTIAL, [Level.ADMIN] * 3, "fail", None),
        (CoverageState.PARTIAL, [Level.ADMIN], "unknown", "unknown"),
        (CoverageState.DENIED, [], "unknown", "unknown"),
        (CoverageState.OBSERVED, [Level.ADMIN, None], None, "unknown"),
        (CoverageState.OBSERVED, [Level.ADMIN, Level.ADMIN, None], "unknown", None),
    ],
)
def test_counts_are_as_sure_as_their_list(
    tmp_path: Path, state: CoverageState, levels: list[Level | None], many: str | None, few: str | None
) -> None:
    """Too many may fail for certain on part of a list; too few needs the whole of it."""
    text = rule("more_than(admins, 2)", over="accounts", rule_id="many") + rule(
        "fewer_than(admins, 2)", over="accounts", rule_id="few"
    )
    found = judged(admins(state, *levels), tmp_path, text).findings
    got = dict(zip(found["rule"], found["verdict"], strict=True))
    assert (got.get("many"), got.get("few")) == (many, few)


def test_a_grant_of_unknown_standing_counts_only_towards_the_most(tmp_path: Path) -> None:
    """Status, kind or age not known: the grant may count, so it widens the bounds."""
    facts = Estate().account().person().holder("sure", level=Level.ADMIN)
    facts.holder("maybe", level=Level.ADMIN, kind=None).holder(
        "robot", level=Level.ADMIN, kind=PrincipalKind.SERVICE
    )
    facts.holder("gone", level=Level.ADMIN, status=AccessStatus.REMOVED)
    facts.add(
        Grant, grant_id="g", account_id=PAGE, principal_id="facebook:sure2", level=Level.ADMIN, status=None
    )
    facts.holder("old", level=Level.ADMIN, valid_until=days_ago(1))
    with seen(facts) as views:
        row = views.query("accounts").iloc[0]
    assert row["admins"] == {"at_least": 1, "at_most": 4}
    assert row["holders"] == {"at_least": 3, "at_most": 5}


def test_one_human_with_two_identities_is_one_admin(tmp_path: Path) -> None:
    """Two identities matched to one person cannot make two admins of one."""
    facts = (
        Estate()
        .account()
        .person()
        .holder("bo", person="E1", level=Level.ADMIN)
        .holder("bo2", person="E1", level=Level.ADMIN)
    )
    with seen(facts) as views:
        row = views.query("accounts").iloc[0]
    assert (row["admins"], row["holders"]) == ({"at_least": 1, "at_most": 1}, {"at_least": 2, "at_most": 2})


# 3. Facts age.


@pytest.mark.parametrize("over", ["grants", "accounts", "principals", "apps", "logins"])
def test_a_row_past_its_last_day_is_unknown(tmp_path: Path, over: str) -> None:
    """An attestation that lapsed neither fails nor passes, and names who attested it and when it lapsed."""
    attested = {
        "attested_by": "cy@riverside.example",
        "observed_at": days_ago(100),
        "valid_until": days_ago(8),
    }
    facts = Estate().account().person()
    facts.add(Account, account_id=BRAND, platform="x", kind="profile", **attested).holder("bo", **attested)
    facts.add(App, app_key="k", app_id="a", account_id=PAGE, **attested).add(
        Login, login_key="l", account_id=PAGE, kind="login", **attested
    )
    subject = {"grants": BO, "accounts": BRAND, "principals": "facebook:bo", "apps": "k", "logins": "l"}[over]
    for condition in ("platform <> ''", "platform = ''"):
        found = judged(facts, tmp_path, rule(condition, over=over)).findings.set_index("subject_id")
        assert found.loc[subject, "verdict"] == "unknown"
        assert "cy@riverside.example attested it on 12 Aug 2026" in found.loc[subject, "reason"]
        assert "lapsed on 12 Nov 2026" in found.loc[subject, "reason"]


def test_a_row_on_its_last_instant_still_counts(tmp_path: Path) -> None:
    """A fact counts up to and including the instant it is valid until."""
    facts = Estate().account().person().holder("bo", mfa=True, attested_by="cy", valid_until=days_ago(0))
    assert result(judged(facts, tmp_path, rule("not mfa")))["passed"] == 1


def test_a_row_older_than_its_kind_may_be_is_unknown(tmp_path: Path) -> None:
    """Beyond the maximum age of grants a grant counts no more, and the archive's day is told."""
    facts = (
        Estate().account().person().holder("bo", person="E1", source="x-archive", observed_at=days_ago(40))
    )
    text = rule("level = 'publisher'")
    young = replace(SETTINGS, max_age_days={FactKind.GRANTS: 41})
    old = replace(SETTINGS, max_age_days={FactKind.GRANTS: 39})
    assert verdicts(judged(facts, tmp_path, text, settings=young)) == {BO: "fail"}
    found = judged(facts, tmp_path, text, settings=old).findings.iloc[0]
    assert found["verdict"] == "unknown"
    assert "x-archive told it as of 11 Oct 2026" in found["reason"]


def test_a_joined_cell_that_lapsed_is_not_known(tmp_path: Path) -> None:
    """A grant read today is unknown on MFA when the attestation of MFA has lapsed; other rules still judge it."""
    facts = Estate().account().person()
    facts.add(
        Grant,
        grant_id="g",
        account_id=PAGE,
        principal_id="facebook:bo",
        level=Level.ADMIN,
        status=AccessStatus.ACTIVE,
    )
    facts.add(
        Principal,
        principal_id="facebook:bo",
        platform="facebook",
        name="Bo",
        mfa=True,
        attested_by="cy@riverside.example",
        observed_at=days_ago(99),
        valid_until=days_ago(7),
    )
    text = rule("not mfa", rule_id="mfa") + rule("level = 'admin'", rule_id="level")
    found = judged(facts, tmp_path, text).findings.set_index("rule")
    assert (found.loc["mfa", "verdict"], found.loc["level", "verdict"]) == ("unknown", "fail")
    assert "cy@riverside.example attested it" in found.loc["mfa", "reason"]


def test_mfa_has_an_age_of_its_own(tmp_path: Path) -> None:
    """MFA seen too long ago is not known, while the identity itself still is."""
    facts = Estate().account().person().holder("bo", person="E1", mfa=True, observed_at=days_ago(20))
    with seen(facts, replace(SETTINGS, max_age_days={FactKind.MFA: 10})) as views:
        row = views.query("grants").iloc[0]
    assert pd.isna(row["mfa"])
    assert (row["principal_status"], row["is_current"]) == ("active", True)


def test_coverage_ages_too(tmp_path: Path) -> None:
    """A list that was seen too long ago, or attested until last week, leaves the account unknown."""
    for stale in ({"observed_at": days_ago(40)}, {"attested_by": "cy", "valid_until": days_ago(7)}):
        facts = Estate().account(covered=()).person().cover(PAGE, FactKind.GRANTS, **stale)
        judgement = judged(
            facts,
            tmp_path,
            rule(NOBODY_FAILS),
            settings=replace(SETTINGS, max_age_days={FactKind.GRANTS: 30}),
        )
        assert list(judgement.findings["verdict"]) == ["unknown"]
        assert list(judgement.coverage["state"]) == ["stale"]
        assert "2026" in judgement.findings.iloc[0]["reason"]


def test_an_old_roster_entry_says_nothing(tmp_path: Path) -> None:
    """A person's status past its last day is not known."""
    facts = (
        Estate()
        .account()
        .holder("bo", person="E1")
        .person(status=PersonStatus.ACTIVE, valid_until=days_ago(1))
    )
    assert verdicts(judged(facts, tmp_path, rule(NOBODY_FAILS))) == {BO: "unknown"}


# 4. Sources are ranked.


def told(*said: tuple[str, bool | None, str | None, float]) -> Estate:
    """One holder, of whose MFA several sources tell: source, MFA, attester, age in days."""
    facts = Estate().account().person()
    facts.add(Grant, grant_id=BO, account_id=PAGE, principal_id="facebook:bo", status=AccessStatus.ACTIVE)
    for source, mfa, attester, age in said:
        facts.add(
            Principal,
            principal_id="facebook:bo",
            platform="facebook",
            name=source,
            mfa=mfa,
            source=source,
            attested_by=attester,
            observed_at=days_ago(age),
            status=AccessStatus.ACTIVE,
        )
    return facts


@pytest.mark.parametrize(
    ("said", "mfa"),
    [
        ([("api", True, None, 3), ("table", False, "cy", 0)], True),
        ([("api", None, None, 0), ("table", False, "cy", 9)], False),
        ([("api", True, None, 3), ("idp", True, None, 0)], True),
        ([("api", True, None, 3), ("idp", False, None, 0)], None),
        ([("api", True, None, 3), ("api", False, None, 0)], False),
        ([("api", True, None, 0), ("api", False, None, 0)], None),
        ([("old", True, "cy", 9), ("new", False, "di", 0)], False),
        ([("one", True, "cy", 0), ("two", False, "di", 0)], None),
    ],
)
def test_sources_are_ranked_cell_by_cell(
    said: list[tuple[str, bool | None, str | None, float]], mfa: bool | None
) -> None:
    """Verified before attested; a source corrects itself; two that contradict leave the cell not known."""
    with seen(told(*said)) as views:
        rows = views.query("principals")
    assert len(rows) == 1
    got = rows["mfa"].astype(object).where(rows["mfa"].notna(), None).iloc[0]
    assert got is mfa
    contradicted = mfa is None and any(cell is not None for _, cell, _, _ in said)
    assert bool(rows.iloc[0]["conflicts"]) == contradicted


def test_a_contradiction_is_unknown_and_a_finding_of_its_own(tmp_path: Path) -> None:
    """The cell gives unknown with both sources named; a rule over conflicts fails."""
    facts = told(("api", True, None, 1), ("idp", False, None, 0))
    text = rule("not mfa", rule_id="mfa") + rule(
        "len(conflicts) > 0", over="principals", rule_id="conflict", message="{{ conflicts }}"
    )
    found = judged(facts, tmp_path, text).findings.set_index("rule")
    assert found.loc["mfa", "verdict"] == "unknown"
    assert "api says true, idp says false" in found.loc["mfa", "reason"]
    assert found.loc["conflict", "message"] == "mfa: api says true, idp says false"


def test_agreement_is_no_contradiction(tmp_path: Path) -> None:
    """Two sources that say the same, in another order, do not contradict each other."""
    facts = Estate().account().person()
    for source, methods in (("api", ("sms", "totp")), ("idp", ("totp", "sms"))):
        facts.add(
            Principal, principal_id="facebook:bo", platform="facebook", source=source, mfa_methods=methods
        )
    with seen(facts) as views:
        row = views.query("principals").iloc[0]
    assert (row["conflicts"], row["mfa_methods"]) == ([], ["sms", "totp"])


def test_stale_sources_do_not_contradict(tmp_path: Path) -> None:
    """What has lapsed can neither win nor contradict."""
    facts = told(("api", True, None, 0)).add(
        Principal,
        principal_id="facebook:bo",
        platform="facebook",
        source="idp",
        mfa=False,
        valid_until=days_ago(1),
    )
    with seen(facts) as views:
        row = views.query("principals").iloc[0]
    assert (bool(row["mfa"]), row["conflicts"], row["is_current"]) == (True, [], True)


def test_an_attested_row_completes_a_verified_one(tmp_path: Path) -> None:
    """The owners' table gives tier and owner to an account the platform enumerated, and nothing else."""
    facts = Estate().account(name="Seen", followers=5)
    facts.add(
        Account,
        account_id=PAGE,
        platform="facebook",
        kind="other",
        name="Told",
        tier=1,
        owner_email="bo@riverside.example",
        source="owners",
        attested_by="cy",
        observed_at=days_ago(0),
    )
    with seen(facts) as views:
        row = views.query("accounts").iloc[0]
    assert (row["account_name"], row["account_kind"], row["tier"], row["owner_email"]) == (
        "Seen",
        "page",
        1,
        "bo@riverside.example",
    )
    assert (row["source"], row["basis"]) == ("meta", "verified")


def test_findings_on_attested_facts_say_so(tmp_path: Path) -> None:
    """A verdict is only as good as the weakest fact it reads."""
    facts = told(("table", False, "cy", 0))
    text = rule("not mfa", rule_id="mfa") + rule("grant_status = 'active'", rule_id="status")
    judgement = judged(facts, tmp_path, text)
    found = judgement.findings.set_index("rule")
    assert (found.loc["mfa", "basis"], found.loc["status", "basis"]) == ("attested", "verified")
    assert result(judgement, "mfa")["attested"] == 1


def test_contradicting_grants_show_on_their_account() -> None:
    """A level on which two sources contradict each other is told on the grant and on the account."""
    facts = Estate().account().person().holder("bo", level=Level.ADMIN)
    facts.add(
        Grant,
        grant_id=BO,
        account_id=PAGE,
        principal_id="facebook:bo",
        level=Level.VIEWER,
        status=AccessStatus.ACTIVE,
        source="suite",
    )
    with seen(facts) as views:
        grant, account = views.query("grants").iloc[0], views.query("accounts").iloc[0]
    assert grant["conflicts"] == account["conflicts"] == ["level: meta says admin, suite says viewer"]
    assert account["admins"] == {"at_least": 0, "at_most": 1}


def test_a_merged_id_keeps_its_other_rows() -> None:
    """Merging what is told twice neither loses nor doubles what is told once."""
    facts = Estate().account().person()
    for name in ("a", "b", "c"):
        facts.holder(name)
    facts.holder("b", source="suite")
    with seen(facts) as views:
        assert len(views.query("grants")) == 3
        assert sorted(views.query("principals")["principal_name"]) == ["A", "B", "C"]


# 5. An unmapped level ranks as high as it could be.


def test_an_unmapped_level_is_not_known_and_sorts_highest() -> None:
    """It is NULL to rules and sorts with the admins; whoever holds one has no known highest level."""
    facts = (
        Estate()
        .account()
        .person()
        .holder("odd", person="E1", level=None, role="ODD")
        .holder("low", level=Level.VIEWER)
        .holder("mid", level=Level.MANAGER)
    )
    with seen(facts) as views:
        grants, principals, people = views.query("grants"), views.query("principals"), views.query("people")
    assert grants["principal_name"].iloc[0] == "Odd"
    assert grants["level_rank"].isna().iloc[0]
    odd = principals.set_index("principal_name").loc["Odd"]
    assert odd["active_grants"] == 1
    assert principals["highest_rank"].isna().sum() == people["highest_rank"].isna().sum() == 1


def test_an_admin_stays_one_beside_an_unmapped_level() -> None:
    """Nothing ranks above admin, so an unmapped grant beside an admin's leaves no doubt."""
    facts = Estate().account().account(BRAND).person().holder("bo", level=Level.ADMIN)
    facts.add(
        Grant,
        grant_id="g",
        account_id=BRAND,
        principal_id="facebook:bo",
        level=None,
        status=AccessStatus.ACTIVE,
    )
    with seen(facts) as views:
        assert views.query("principals").iloc[0]["highest_level"] == "admin"


def test_an_unmapped_level_is_unknown_with_its_role(tmp_path: Path) -> None:
    """A rule on the level is unknown and names the platform's word that nobody mapped."""
    facts = Estate().account().person().holder("bo", person="E1", level=None, role="SHAPESHIFTER")
    found = judged(facts, tmp_path, rule("level = 'admin'")).findings.iloc[0]
    assert found["verdict"] == "unknown"
    assert "SHAPESHIFTER" in found["reason"]


def test_a_page_inherits_enforced_mfa_from_its_container(tmp_path: Path) -> None:
    """Own word first, else the nearest container's, and with it the container's coverage."""
    covered = without(FactKind.MFA_REQUIRED)
    facts = (
        Estate()
        .account("facebook:top", mfa_required=MfaRequired.ALL)
        .account("facebook:mid", parent_id="facebook:top", covered=covered)
    )
    facts.account(PAGE, parent_id="facebook:mid", covered=covered).account(
        "facebook:own", parent_id="facebook:top", mfa_required=MfaRequired.NONE
    ).person()
    facts.cover(PAGE, FactKind.MFA_REQUIRED, CoverageState.NOT_EXPOSED)
    with seen(facts) as views:
        got = views.query("accounts").set_index("account_id")["mfa_required"].to_dict()
    assert got == {"facebook:top": "all", "facebook:mid": "all", PAGE: "all", "facebook:own": "none"}
    assert judged(facts, tmp_path, rule("mfa_required = 'x'")).findings.empty


def test_containers_that_contain_each_other_end() -> None:
    """A loop of containers is walked a few steps and no further."""
    facts = (
        Estate().account("facebook:a", parent_id="facebook:b").account("facebook:b", parent_id="facebook:a")
    )
    with seen(facts) as views:
        assert views.query("accounts")["mfa_required"].isna().all()


def test_coverage_tells_only_of_kinds_that_rules_ask_for(tmp_path: Path) -> None:
    """The coverage table has a row per account and kind that a rule which concerns it reads."""
    facts = Estate().account(covered=(FactKind.GRANTS,)).account(BRAND, covered=(FactKind.GRANTS,)).person()
    text = rule("not mfa", applies_when="platform = 'facebook'", rule_id="one") + rule(
        NOBODY_FAILS, rule_id="two"
    )
    coverage = judged(facts, tmp_path, text).coverage
    assert set(zip(coverage["account_id"], coverage["fact"], coverage["basis"], strict=True)) == {
        (PAGE, "grants", "verified"),
        (PAGE, "mfa", "unknown"),
        (BRAND, "grants", "verified"),
    }


# What was found by attacking the engine.


def test_a_stale_row_of_an_account_the_rule_does_not_concern_is_not_applicable(tmp_path: Path) -> None:
    """Whatever an old row says, a rule for one platform does not concern another's; its own stays unknown."""
    facts = Estate().account().account(BRAND, kind="profile").person()
    facts.holder("old", observed_at=days_ago(400)).holder(
        "older", account_id=BRAND, observed_at=days_ago(400)
    )
    judgement = judged(
        facts,
        tmp_path,
        rule("level = 'admin'", applies_when="platform = 'facebook' and grant_status <> 'removed'"),
        settings=replace(SETTINGS, max_age_days={FactKind.GRANTS: 30}),
    )
    assert verdicts(judgement) == {f"{PAGE}|facebook:old|direct": "unknown"}
    assert result(judgement)["not_applicable"] == 1


@pytest.mark.parametrize(
    ("over", "column"),
    [("principals", "active_grants"), ("people", "active_grants"), ("vendors", "active_grants")],
)
@pytest.mark.parametrize("doubt", [{"status": None}, {"observed_at": days_ago(400)}])
def test_a_grant_nobody_is_sure_of_is_not_no_grant(
    tmp_path: Path, over: str, column: str, doubt: dict[str, object]
) -> None:
    """A holder whose only grant has no known standing, or was seen too long ago, may still hold it."""
    facts = Estate().account().person()
    facts.add(Vendor, vendor_id="v1", name="Bright", domains=("bright.example",), source="vendors")
    facts.holder("bo", person="E1", email="bo@bright.example", **doubt)
    judgement = judged(
        facts,
        tmp_path,
        rule(f"{column} < 0", over=over, applies_when=f"{column} > 0"),
        settings=replace(SETTINGS, has_roster=True, has_vendors=True, max_age_days={FactKind.GRANTS: 30}),
    )
    assert list(verdicts(judgement).values()) == ["unknown"]


@pytest.mark.parametrize("kind", ["grant", "app"])
def test_what_a_firm_reached_long_ago_it_may_reach_still(tmp_path: Path, kind: str) -> None:
    """Old news of a firm's way to patients' data is unknown; it does not lift the rule."""
    facts = Estate().account(phi_exposed=True).person()
    facts.add(
        Vendor, vendor_id="v1", name="Bright", domains=("bright.example",), app_ids=("9",), source="vendors"
    )
    if kind == "grant":
        facts.holder("bo", email="bo@bright.example", observed_at=days_ago(400))
    else:
        facts.add(
            App, app_key="k", app_id="facebook:9", account_id=PAGE, name="Bright", observed_at=days_ago(400)
        )
    judgement = judged(
        facts,
        tmp_path,
        rule("vendor_baa_signed_on is null", over="vendors", applies_when="reaches_phi"),
        settings=replace(SETTINGS, has_vendors=True, max_age_days={FactKind.GRANTS: 30, FactKind.APPS: 30}),
    )
    assert verdicts(judgement)["v1"] == "unknown"


def test_what_owns_an_account_does_not_settle_a_rule_over_firms(tmp_path: Path) -> None:
    """A firm's owner is not the account's: the unknown of the account stays told."""
    facts = Estate().account(covered=without(FactKind.GRANTS), owner_email="e1@riverside.example")
    facts.person("E1", work_email="e1@riverside.example")
    facts.add(Vendor, vendor_id="v1", name="Bright", owner_email="e1@riverside.example", source="vendors")
    judgement = judged(
        facts,
        tmp_path,
        rule("owner_status = 'terminated'", over="vendors", applies_when="active_grants > 0"),
        settings=replace(SETTINGS, has_roster=True, has_vendors=True),
    )
    assert verdicts(judgement) == {PAGE: "unknown"}


def test_a_pass_that_rests_on_one_attested_cell_is_attested(tmp_path: Path) -> None:
    """A verified row that leaves a cell empty does not lend its rank to the word that fills it."""
    facts = Estate().account(published=None, verified=None, kind=None, source="owners").person()
    facts.add(
        Account,
        account_id=PAGE,
        platform="facebook",
        verified=True,
        source="table",
        attested_by="pat@a.example",
    )
    passed = result(judged(facts, tmp_path, rule("not account_verified", over="accounts")))
    assert (passed["passed"], passed["attested"], passed["verified"]) == (1, 1, 0)


def test_the_kind_somebody_stated_is_not_overruled_by_a_source_that_does_not_say(tmp_path: Path) -> None:
    """The owners table names no kind, so an attested portfolio is judged as one."""
    facts = Estate().account(kind=None, source="owners").person()
    facts.add(
        Account,
        account_id=PAGE,
        platform="facebook",
        kind="portfolio",
        source="table",
        attested_by="pat@a.example",
    )
    only = rule("mfa_required <> 'all'", over="accounts", applies_when="account_kind = 'portfolio'")
    assert verdicts(judged(facts, tmp_path, only)) == {PAGE: "unknown"}
    nobody = Estate().account(kind=None, mfa_required=MfaRequired.ADMINS).person()
    assert verdicts(judged(nobody, tmp_path, only)) == {PAGE: "unknown"}


@pytest.mark.parametrize(
    ("app_ids", "native", "expected"),
    [
        (("9",), "9", (1, 1, 0, 0)),
        (("facebook:9",), "9", (1, 1, 0, 0)),
        ((), "9", (1, 0, 1, 0)),
        (("x:9",), "8", (1, 0, 1, 0)),
        (("9",), "name:brightly", (1, 0, 1, 0)),
        (("9",), "8", (0, 0, 0, 1)),
        (("facebook:9",), "8", (0, 0, 0, 1)),
    ],
)
def test_an_app_is_not_in_the_inventory_because_it_says_so(
    tmp_path: Path, app_ids: tuple[str, ...], native: str, expected: tuple[int, ...]
) -> None:
    """A name alone is the app's own word: never verified, and unknown where the firm's app has another id."""
    facts = Estate().account().person()
    facts.add(
        Vendor, vendor_id="v1", name="Bright", app_names=("Brightly",), app_ids=app_ids, source="vendors"
    )
    facts.add(App, app_key="k", app_id=f"facebook:{native}", account_id=PAGE, name="Brightly")
    judgement = judged(facts, tmp_path, rule("not in_inventory", over="apps"))
    found = result(judgement)
    assert (found["passed"], found["verified"], found["attested"], found["unknown"]) == expected
    assert all("another id" in reason for reason in judgement.findings["reason"])
