"""What findings say: messages written in SQL, reasons and remedies of what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from auditor.model.estate import AccessStatus, FactKind, Level, PersonStatus
from auditor.model.facts import App, Grant
from auditor.model.people import Vendor
from policies.coverage import KIND_NAMES
from policies.engine import judge
from policies.loader import load_packs
from tests.policies.support_engine import PAGE, SETTINGS, Estate, judged, rule
from tests.support import NOW


def said(
    tmp_path: Path, message: str, facts: Estate | None = None, *, over: str = "grants", more: str = ""
) -> str:
    """Return the message of the one finding."""
    facts = facts or Estate().account(tier=1).person(left_on=date(2026, 10, 31)).holder("bo", person="E1")
    found = judged(facts, tmp_path, rule("platform <> ''", over=over, message=message, more=more)).findings
    assert len(found) == 1
    return str(found.iloc[0]["message"])


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("{{ principal_name }} on {{account_name}}", "Bo on Riverside"),
        ("left on {{ person_left_on }}", "left on 31 Oct 2026"),
        ("{{ person_left_on | days_ago }} days", "20 days"),
        ("{{ person_left_on | days_left }} days", "-20 days"),
        ("{{ observed_at | date }}", "20 Nov 2026"),
        ("{{ platform }} / {{ level }} / {{ tier }}", "Facebook / publisher / 1"),
        ("{{ can_grant }}", "not known"),
        ("{{ email_is_public }}", "not known"),
        ("{{ principal_name | lower }}", "bo"),
        ("it's 100% {fine}", "it's 100% {fine}"),
        ("{{ $days }} days, {{ $words }}", "90 days, a, it's"),
    ],
)
def test_messages_show_cells_for_people(tmp_path: Path, message: str, expected: str) -> None:
    """Days read as days, platforms by their names, what is missing as not known."""
    more = 'params: {days: 90, words: [a, "it\'s"]}' if "$" in message else ""
    assert said(tmp_path, message, more=more) == expected


def test_days_are_those_of_the_organisations_zone(tmp_path: Path) -> None:
    """An instant after midnight in UTC is still the day before in Chicago."""
    facts = Estate().account().person().holder("bo", granted_at=datetime(2026, 3, 1, 2, tzinfo=UTC))
    assert said(tmp_path, "{{ granted_at }}", facts) == "28 Feb 2026"


@pytest.mark.parametrize(("covered", "shown"), [(True, "2 to 3"), (False, "at least 2")])
def test_counts_are_told_with_their_bounds(tmp_path: Path, covered: bool, shown: str) -> None:
    """A count says "at least" where the list is known only in part, and both bounds where they differ."""
    facts = Estate().account(covered=(FactKind.GRANTS,) if covered else ()).person()
    facts.holder("a", level=Level.ADMIN).holder("b", level=Level.ADMIN).holder("c", level=None)
    assert said(tmp_path, "{{ admins }}", facts, over="accounts") == shown


def test_hostile_names_lose_what_hides_or_reorders(tmp_path: Path) -> None:
    """Control, direction and zero-width characters are taken out, and long names cut."""
    hostile = "A\u202eB\x00C\nD\u200bE\u2066F" + "x" * 10_000
    message = said(
        tmp_path, "<{{ principal_name }}>", Estate().account().person().holder("bo").add_name(hostile)
    )
    assert message.startswith("<A B C D E Fxxx")
    assert message.endswith("…>")
    assert len(message) < 250


def test_markup_in_names_stays_text(tmp_path: Path) -> None:
    """A name that looks like a template or like SQL is shown as it is, never evaluated."""
    for name in ("{{ 7 * 7 }}", "'; drop table judged; --", "<script>alert(1)</script>", "=1+1"):
        assert (
            said(tmp_path, "{{ principal_name }}", Estate().account().person().holder("bo").add_name(name))
            == name
        )


def test_the_rules_own_words_for_unknown_are_used(tmp_path: Path) -> None:
    """An unknown verdict speaks by the rule's `unknown`, else by its title and the subject."""
    facts = Estate().account().person().holder("bo", person="E1")
    text = rule("mfa", rule_id="own", more="unknown: 'Does {{ principal_name }} use MFA?'") + rule(
        "not mfa", rule_id="plain"
    )
    found = judged(facts, tmp_path, text).findings.set_index("rule")
    assert found.loc["own", "message"] == "Does Bo use MFA?"
    assert found.loc["plain", "message"] == "The rule holds: not known for Bo on Riverside"


def reason(
    facts: Estate, tmp_path: Path, condition: str, *, over: str = "grants", **changes: object
) -> tuple[str, str]:
    """Return reason and remedy of the one unknown."""
    found = judged(
        facts, tmp_path, rule(condition, over=over), settings=replace(SETTINGS, **changes)
    ).findings  # type: ignore[arg-type]
    assert list(found["verdict"]) == ["unknown"]
    return found.iloc[0]["reason"], found.iloc[0]["remedy"]


def test_a_holder_nobody_knows_is_the_reason(tmp_path: Path) -> None:
    """Unmatched: the reason names the holder, the remedy the command that proposes a match."""
    why, mend = reason(Estate().account().person().holder("bo"), tmp_path, "person_status = 'leave'")
    assert why == "Bo is matched to nobody in the roster."
    assert "auditor identities propose" in mend


def test_a_roster_that_does_not_say_is_the_reason(tmp_path: Path) -> None:
    """Matched, but the roster is silent: the reason names what it does not say."""
    facts = Estate().account().person(status=None).holder("bo", person="E1")
    why, mend = reason(facts, tmp_path, "person_status = 'leave'")
    assert why == "Bo is matched to Person E1, of whom the roster does not say: person status."
    assert "Active, On leave or Terminated" in mend


@pytest.mark.parametrize(
    ("rule_id", "person", "because"), [("former-staff-access", "E1", "of whom the roster does not say"),
                                       ("leave-access", None, "is matched to nobody in the roster")]
)  # fmt: skip
def test_what_the_pack_says_of_a_holder_fits_why_it_is_unknown(
    rule_id: str, person: str | None, because: str, tmp_path: Path
) -> None:
    """Somebody who is in the roster without a status is not called a stranger to it."""
    holder = Estate().account().person(status=None).holder("bo", person=person)
    packs = load_packs(["hipaa-social"], base_dir=tmp_path)
    judgement = judge(holder.frames, identities=holder.identities, packs=packs, as_of=NOW, settings=SETTINGS)
    found = judgement.findings.set_index("rule").loc[rule_id]
    assert found["message"].startswith("Nobody can say whether Bo ")
    assert because in found["reason"]


@pytest.mark.parametrize(
    ("condition", "changes", "word"),
    [
        ("allowed_rank = 0", {}, "No access matrix"),
        ("tier = 1", {}, "owners table does not say: tier"),
        ("owner_status = 'leave'", {}, "No responsible person"),
        ("not in_inventory", {"has_vendors": False}, "No table of vendors"),
        ("level = 'admin'", {}, "maps to no known level"),
        ("can_grant", {}, "Not known: can grant"),
        ("expires_at < as_of", {}, "Not known: expires at"),
    ],
)
def test_every_gap_has_its_reason_and_remedy(
    tmp_path: Path, condition: str, changes: dict[str, object], word: str
) -> None:
    """Each table of the organisation's own, and each kind of cell, says what is missing and what to do."""
    facts = Estate().account().person().holder("bo", person="E1", level=None)
    why, mend = reason(facts, tmp_path, condition, **changes)
    assert word in why
    assert mend


def test_a_platform_that_does_not_show_it_is_the_reason(tmp_path: Path) -> None:
    """A cell that coverage knows to be missing gives coverage's reason and remedy, on the row too."""
    from auditor.model.estate import CoverageState

    facts = (
        Estate()
        .account(covered=tuple(kind for kind in FactKind if kind is not FactKind.MFA))
        .person()
        .holder("bo", person="E1")
    )
    facts.cover(PAGE, FactKind.MFA, CoverageState.NOT_EXPOSED, reason="Not shown here.", remedy="Attest it.")
    found = judged(facts, tmp_path, rule("not mfa")).findings
    assert set(found["subject_type"]) == {"grant", "account"}
    assert set(found["reason"]) == {"Not shown here."}
    assert set(found["remedy"]) == {"Attest it."}


def test_an_owner_nobody_knows_is_the_reason(tmp_path: Path) -> None:
    """A responsible person who is not in the roster is named."""
    facts = Estate().account(owner_email="zoe@riverside.example").person()
    assert reason(facts, tmp_path, "owner_status = 'leave'", over="accounts")[0].startswith(
        "zoe@riverside.example is matched to nobody"
    )


def test_a_firm_that_does_not_say_is_the_reason(tmp_path: Path) -> None:
    """A vendor without a date: the table of vendors is to be completed."""
    facts = Estate().account().person().add(Vendor, vendor_id="v", name="Acme")
    assert (
        "does not say: vendor baa signed on"
        in reason(facts, tmp_path, "vendor_baa_signed_on > today", over="vendors")[0]
    )


def test_unmapped_permissions_of_an_app_are_the_reason(tmp_path: Path) -> None:
    """An app with a permission nobody mapped is unknown, and says so."""
    facts = Estate().account().person().add(App, app_key="k", app_id="a", account_id=PAGE)
    assert "permissions" in reason(facts, tmp_path, "level_rank > 5", over="apps")[0]


def test_every_kind_of_fact_has_a_name() -> None:
    """Whatever kind is missing can be told in words."""
    assert set(KIND_NAMES) == set(FactKind)


def test_a_leaver_is_told_as_people_talk(tmp_path: Path) -> None:
    """The design's own example comes out as written."""
    facts = (
        Estate()
        .account(name="@RiversideHealth")
        .person(status=PersonStatus.TERMINATED, name="Bo Fox", left_on=date(2026, 10, 31))
    )
    facts.holder("bo", person="E1")
    facts.add(
        Grant, grant_id="other", account_id=PAGE, principal_id="facebook:bo", status=AccessStatus.REMOVED
    )
    text = rule(
        "person_status = 'terminated' and grant_status <> 'removed'",
        message="{{ person_name }} left on {{ person_left_on }} and still is {{ role }} on {{ account_name }}",
    )
    assert list(judged(facts, tmp_path, text).findings["message"]) == [
        "Bo Fox left on 31 Oct 2026 and still is EDITOR on @RiversideHealth"
    ]
