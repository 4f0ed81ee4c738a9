"""The engine: verdicts, findings, results and refusals."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import AuditorError, RosterError
from auditor.model.estate import FactKind, Level, PersonStatus, PrincipalKind
from auditor.model.finding import Finding, fingerprint
from policies.engine import count_verdicts, judge, judge_views
from tests.policies.support_engine import (
    BRAND,
    PAGE,
    SETTINGS,
    Estate,
    judged,
    packs_of,
    result,
    rule,
    seen,
    verdicts,
)
from tests.support import NOW

BO = "facebook:100|facebook:bo|direct"


def estate(**values: object) -> Estate:
    """One page, one person, one holder who is that person."""
    return Estate().account().person().holder("bo", person="E1", **values)


@pytest.mark.parametrize(
    ("mfa", "tier", "expected"),
    [
        (False, 1, "fail"),
        (True, 1, None),
        (None, 1, "unknown"),
        (False, 2, None),
        (None, 2, None),
        (False, None, "unknown"),
        (True, None, None),
        (None, None, "unknown"),
    ],
)
def test_verdict_is_three_valued(
    tmp_path: Path, mfa: bool | None, tier: int | None, expected: str | None
) -> None:
    """TRUE fails, FALSE passes, NULL is unknown; an unknown scope matters only where the row would not pass."""
    facts = Estate().account(tier=tier).person().holder("bo", person="E1", mfa=mfa)
    judgement = judged(facts, tmp_path, rule("not mfa", applies_when="tier = 1"))
    assert verdicts(judgement).get(BO) == expected


def test_results_count_every_verdict(tmp_path: Path) -> None:
    """Passes, fails, unknowns and rows out of scope are counted rule by rule."""
    facts = Estate().account().person()
    for name, mfa, kind in [
        ("a", True, "human"),
        ("b", False, "human"),
        ("c", None, "human"),
        ("d", False, "service"),
    ]:
        facts.holder(name, mfa=mfa, kind=PrincipalKind(kind))
    numbers = result(judged(facts, tmp_path, rule("not mfa", applies_when="principal_kind = 'human'")))
    assert [numbers[name] for name in ("passed", "failed", "unknown", "not_applicable")] == [1, 1, 1, 1]
    assert (numbers["verified"], numbers["attested"]) == (2, 0)


def test_verdicts_can_be_counted_without_a_finding(tmp_path: Path) -> None:
    """Counting alone reaches the same verdicts over the rows as judging does, whole accounts apart."""
    facts = Estate().account().account("x:unread", covered=()).person()
    for name, mfa in (("a", True), ("b", False), ("c", None)):
        facts.holder(name, mfa=mfa)
    packs = packs_of(tmp_path, rule("not mfa"))
    with seen(facts) as opened:
        (counted,) = count_verdicts(opened, packs).to_dict("records")
        (judged_,) = judge_views(opened, packs).rule_results.to_dict("records")
    assert [counted[name] for name in ("passed", "failed", "unknown")] == [1, 1, 1]
    assert counted == judged_ | {"unknown": judged_["unknown"] - 1}


def test_findings_have_the_fields_of_the_model(tmp_path: Path) -> None:
    """The frame's columns are Finding's fields, its words the model's, its references JSON."""
    text = rule("mfa", more="references: {hipaa: ['164.312(d)']}\nremediation: 'Mend it on {{ platform }}.'")
    judgement = judged(estate(mfa=True), tmp_path, text)
    assert list(judgement.findings.columns) == [field.name for field in fields(Finding)]
    found = judgement.findings.iloc[0]
    assert (found["severity"], found["verdict"], found["basis"]) == ("high", "fail", "verified")
    assert (found["platform"], found["account_id"], found["person_id"]) == ("facebook", PAGE, "E1")
    assert json.loads(found["references"]) == {"hipaa": ["164.312(d)"]}
    assert found["remediation"] == "Mend it on Facebook."


def test_fingerprints_are_those_of_the_model(tmp_path: Path) -> None:
    """The fingerprint computed in SQL is the model's, for rows and for whole accounts, in any script."""
    facts = estate(mfa=True).account("x:日本|é", covered=())
    findings = judged(facts, tmp_path, rule("mfa")).findings
    assert set(findings["subject_type"]) == {"grant", "account"}
    for found in findings.itertuples():
        assert found.fingerprint == fingerprint(found.rule, found.subject_type, found.subject_id)


def test_gravest_findings_come_first(tmp_path: Path) -> None:
    """Findings are ordered by severity, then fail before unknown, then by the power at stake."""
    facts = (
        Estate()
        .account()
        .person()
        .holder("low", mfa=True, level=Level.VIEWER)
        .holder("top", mfa=True, level=Level.ADMIN)
    )
    facts.holder("odd", mfa=True, level=None).holder("none", mfa=None)
    text = rule("mfa", rule_id="minor", severity="low") + rule("mfa", rule_id="grave", severity="critical")
    found = judged(facts, tmp_path, text).findings
    assert list(found["severity"]) == ["critical"] * 4 + ["low"] * 4
    assert list(found["verdict"][:4]) == ["fail", "fail", "fail", "unknown"]
    order = [subject.split(":")[-1].split("|")[0] for subject in found["subject_id"][:3]]
    assert order[2] == "low"
    assert set(order[:2]) == {"odd", "top"}


def test_parameters_can_be_overridden(tmp_path: Path) -> None:
    """A setting replaces a rule's number, in the condition and in the message."""
    text = rule("tier <= $least", message="tier {{ tier }} of {{ $least }}", more="params: {least: 0}")
    facts = Estate().account(tier=2).person().holder()
    assert judged(facts, tmp_path, text).findings.empty
    found = judged(
        facts, tmp_path, text, settings=replace(SETTINGS, params={"the-rule": {"least": 3}})
    ).findings
    assert list(found["message"]) == ["tier 2 of 3"]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"the-rule": {"leest": 3}}, "Did you mean 'least'"),
        ({"the-ruel": {"least": 3}}, "Did you mean 'the-rule'"),
        ({"the-rule": {"least": "three"}}, "kind of its default"),
        ({"the-rule": {"least": True}}, "kind of its default"),
        ({"the-rule": {"least": [1]}}, "kind of its default"),
    ],
)
def test_overrides_that_fit_nothing_are_refused(
    tmp_path: Path, params: dict[str, dict[str, object]], said: str
) -> None:
    """An override of an unknown rule, an unknown parameter or another type is an error, not ignored."""
    text = rule("tier <= $least", more="params: {least: 0}")
    with pytest.raises(AuditorError, match=said):
        judged(estate(), tmp_path, text, settings=replace(SETTINGS, params=params))


def test_disabled_rules_are_not_judged(tmp_path: Path) -> None:
    """A rule taken out of force leaves no trace; one that does not exist cannot be taken out."""
    text = rule("mfa", rule_id="one") + rule("not mfa", rule_id="two")
    judgement = judged(
        estate(mfa=True), tmp_path, text, settings=replace(SETTINGS, disabled=frozenset({"one"}))
    )
    assert list(judgement.rule_results["rule"]) == ["two"]
    with pytest.raises(AuditorError, match="no rule of the packs"):
        judged(estate(), tmp_path, text, settings=replace(SETTINGS, disabled=frozenset({"three"})))


def test_nothing_to_judge_by_is_an_error(tmp_path: Path) -> None:
    """No pack, every rule disabled: an error, never a clean audit."""
    facts = estate()
    with pytest.raises(AuditorError, match="no rule to judge by"):
        judge(facts.frames, identities=facts.identities, packs=(), as_of=NOW, settings=SETTINGS)
    with pytest.raises(AuditorError, match="no rule to judge by"):
        judged(facts, tmp_path, rule("mfa"), settings=replace(SETTINGS, disabled=frozenset({"the-rule"})))
    (pack,) = packs_of(tmp_path, rule("mfa"))
    with pytest.raises(AuditorError, match="has no rule"):
        judge(facts.frames, identities=None, packs=(replace(pack, rules=()),), as_of=NOW, settings=SETTINGS)


def test_nothing_to_judge_is_an_error(tmp_path: Path) -> None:
    """No account, or an empty roster where one is configured: an error, never a clean audit."""
    with pytest.raises(AuditorError, match="no account"):
        judged(Estate().person(), tmp_path, rule("mfa"))
    with pytest.raises(AuditorError, match="no account"):
        judged(Estate().person().cover("roster", FactKind.PRINCIPALS), tmp_path, rule("mfa"))
    with pytest.raises(RosterError, match="nobody in it"):
        judged(Estate().account().holder(), tmp_path, rule("mfa"))


def test_a_table_that_is_missing_is_empty(tmp_path: Path) -> None:
    """Frames may lack whole tables and optional columns; what is not there is not known."""
    frames = {
        "accounts": pd.DataFrame(
            [{"account_id": PAGE, "platform": "facebook", "kind": "page", "source": "m", "observed_at": NOW}]
        ),
        "people": pd.DataFrame([{"person_id": "E1", "name": "Bo", "source": "hr", "observed_at": NOW}]),
    }
    judgement = judge(
        frames,
        identities=None,
        packs=packs_of(tmp_path, rule("tier = 1", over="accounts")),
        as_of=NOW,
        settings=SETTINGS,
    )
    assert verdicts(judgement) == {PAGE: "unknown"}


def test_a_condition_that_cannot_be_computed_is_unknown(tmp_path: Path) -> None:
    """A cell the arithmetic breaks on is unknown for its row, and stops no other row."""
    facts = Estate().account(name="12").account(BRAND, name="twelve").person()
    judgement = judged(facts, tmp_path, rule("cast(account_name as integer) > 0", over="accounts"))
    assert verdicts(judgement) == {PAGE: "fail", BRAND: "unknown"}


def test_rules_beyond_one_word_of_codes_keep_their_verdicts(tmp_path: Path) -> None:
    """More rules than fit one packed number are told apart."""
    rules = [rule("mfa" if number % 3 else "not mfa", rule_id=f"r-{number}") for number in range(45)]
    judgement = judged(estate(mfa=True), tmp_path, *rules)
    assert set(judgement.findings["rule"]) == {f"r-{number}" for number in range(45) if number % 3}
    assert judgement.rule_results["passed"].sum() == 15


def test_unknowns_are_grouped_by_what_closes_most(tmp_path: Path) -> None:
    """The gaps name the remedy, how many accounts it concerns and how many verdicts it would close."""
    facts = Estate().account(covered=()).account(BRAND, covered=()).person()
    facts.cover(PAGE, FactKind.GRANTS, reason="", remedy="")
    text = (
        rule("mfa", rule_id="one")
        + rule("not mfa", rule_id="two")
        + rule("owner_status = 'terminated'", over="accounts", rule_id="three")
    )
    gaps = judged(facts, tmp_path, text).gaps
    assert list(gaps["verdicts"]) == sorted(gaps["verdicts"], reverse=True)
    by_fact = {
        kinds: (accounts, count)
        for kinds, accounts, count in zip(gaps["facts"], gaps["accounts"], gaps["verdicts"], strict=True)
    }
    assert by_fact == {("grants",): (1, 2), ("mfa",): (1, 2), ("owners",): (2, 2)}


def test_judging_stops_at_its_time_limit(tmp_path: Path) -> None:
    """A judgement that takes too long is stopped with a clear error."""
    with pytest.raises(AuditorError, match="took longer than"):
        judged(
            estate(),
            tmp_path,
            *[rule("mfa", rule_id=f"r-{n}") for n in range(60)],
            settings=replace(SETTINGS, time_limit_seconds=0.0001),
        )


def test_every_view_can_be_judged(tmp_path: Path) -> None:
    """A rule over each published view yields a finding about that view's subject."""
    from auditor.model.facts import App, Change, Login, SeedCustody, Token
    from auditor.model.people import Vendor
    from policies.columns import VIEWS

    facts = (
        estate(mfa=True)
        .add(App, app_key="k", app_id="a", account_id=PAGE)
        .add(Login, login_key="l", account_id=PAGE, kind="login")
    )
    facts.add(Token, token_id="facebook:t", kind="user", account_id=PAGE).add(
        Vendor, vendor_id="v", name="Acme"
    )
    facts.add(Change, change_key="c", account_id=PAGE, kind="handle").add(SeedCustody, account_id=PAGE)
    rules = [rule(f"{view.key} <> ''", over=name, rule_id=name) for name, view in VIEWS.items()]
    found = judged(facts, tmp_path, *rules).findings
    assert dict(zip(found["rule"], found["subject_type"], strict=True)) == {
        name: view.subject for name, view in VIEWS.items()
    }


def test_people_have_no_account(tmp_path: Path) -> None:
    """A finding on a person names the person and no account."""
    found = judged(
        Estate().account().person(status=PersonStatus.LEAVE),
        tmp_path,
        rule("person_status = 'leave'", over="people"),
    ).findings
    assert found.iloc[0]["person_id"] == "E1"
    assert found["account_id"].isna().all()


def test_a_column_that_nobody_knows_stops_no_rule(tmp_path: Path) -> None:
    """Conditions over a column that is empty throughout are unknown, whatever functions they call."""
    condition = (
        "contains(principal_email, '@') and split_part(principal_email, '@', 2) = 'x' and not in_inventory"
    )
    assert verdicts(judged(estate(), tmp_path, rule(condition))) == {BO: "unknown"}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(min_value=1, max_value=4))
def test_tables_in_parts_are_judged_as_whole_ones(tmp_path: Path, size: int) -> None:
    """However a snapshot's tables are cut, also where a part lacks a cell the next one has, the answer is the same."""
    facts = Estate().account(tier=1).account(BRAND, tier=None).person()
    for number, mfa in enumerate((True, None, False, None, True)):
        person = "E1" if number % 2 else None
        facts.holder(f"h{number}", account_id=(PAGE, BRAND)[number % 2], person=person, mfa=mfa)
    facts.holder("h0", level=Level.ADMIN, source="table", attested_by="bo@riverside.example")
    packs = packs_of(
        tmp_path,
        rule("not mfa", applies_when="tier = 1", message="{{ principal_name }} on {{ account_name }}"),
        rule("active_grants > 0 and not mfa", over="principals", rule_id="another"),
    )
    frames = facts.frames
    cut = {
        table: [frame.iloc[start : start + size] for start in range(0, len(frame), size)]
        for table, frame in frames.items()
    }
    whole, parts = (
        judge(given, identities=facts.identities, packs=packs, as_of=NOW, settings=SETTINGS)
        for given in (frames, cut)
    )
    assert not whole.findings.empty
    pd.testing.assert_frame_equal(whole.findings, parts.findings)
    pd.testing.assert_frame_equal(whole.rule_results, parts.rule_results)
    pd.testing.assert_frame_equal(whole.coverage, parts.coverage)


def test_what_a_rule_says_of_all_rows_is_told_with_each(tmp_path: Path) -> None:
    """A remediation with holes is a row's own, one without is the rule's, and an account not read has none."""
    facts = Estate().account().account(BRAND, covered=()).person().holder("bo", person="E1", mfa=False)
    judgement = judged(
        facts,
        tmp_path,
        rule("not mfa", rule_id="fixed", more="remediation: Switch it on."),
        rule("not mfa", rule_id="own", more='remediation: "Ask {{ principal_name }}."'),
    )
    told = {(row.rule, row.subject_id): row.remediation for row in judgement.findings.itertuples()}
    assert told == {
        ("fixed", BO): "Switch it on.",
        ("own", BO): "Ask Bo.",
        ("fixed", BRAND): "",
        ("own", BRAND): "",
    }
