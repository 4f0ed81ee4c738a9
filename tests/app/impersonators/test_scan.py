"""A scan: what is protected, what becomes a case, what never does, and what is said of sources that fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from auditor.app.impersonators.desk import Decision, decide
from auditor.app.impersonators.protected import protected
from auditor.app.impersonators.review import impersonation_of
from auditor.app.impersonators.summary import nothing_seen, summary
from auditor.errors import AuditorError, DocumentError
from auditor.model.facts import Account
from auditor.model.impersonation import Candidate, CaseState, SourceState
from connectors.x.facts import affiliate_of
from reports.impersonator_words import one_line
from tests.app.impersonators.support_impersonators import DISGUISED, Office, Platform
from tests.store.support_store import snapshot


def test_profiles_are_the_brand_accounts_and_what_is_configured(office: Office) -> None:
    """Accounts that the public never sees are left out; names without an account are protected too."""
    guarded = protected(office.workspace(), office.store())
    assert [(one.key, one.platform, one.account_id) for one in guarded.profiles] == [
        ("Riverside Health", "facebook", "facebook:7"),
        ("RiversideHealth", "x", "x:1"),
        ("RiversideKids", "x", "x:2"),
        ("Oakmere Kids Clinic", "", None),
        ("Dr. Ana Ruiz-Calder", "x", None),
    ]
    assert all(one.domains == ("riversidehealth.example",) for one in guarded.profiles)
    assert guarded.profiles[1].bio == "Care close to home, since 1952."


def test_what_is_written_of_a_brand_account_is_added_to_it(office: Office) -> None:
    """An entry with the handle of a brand account makes no second profile."""
    office.config = office.config.replace(
        "names: [", "names: [{handle: '@riversidehealth', former_handles: [RiversideHosp], name: RHS}, "
    )
    guarded = protected(office.workspace(), office.store())
    (one,) = [each for each in guarded.profiles if each.account_id == "x:1"]
    assert (one.name, one.former_handles, one.short_names) == (
        "Riverside Health",
        ("RiversideHosp",),
        ("RHS",),
    )
    assert len(guarded.profiles) == 5


def test_nothing_to_protect_is_an_error(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An organisation without accounts and names is told what to write."""
    empty = Office(tmp_path_factory.mktemp("empty"), config="")
    with pytest.raises(AuditorError, match="nothing to protect") as caught:
        protected(empty.workspace(), empty.store())
    assert "impersonators.names" in caught.value.remedy
    empty.close()


def test_each_account_found_becomes_a_case_with_its_reasons(office: Office) -> None:
    """The disguised one is likely; the allowed one and the fan are kept for review with what speaks for them."""
    scanned = office.scan(
        DISGUISED,
        {"id": "12", "platform": "x", "handle": "RiversideHealthUK", "name": "Riverside Health"},
        {"id": "13", "platform": "x", "handle": "riverside_fan", "name": "Riverside Health Fans"},
        {"id": "14", "platform": "x", "handle": "ann_lee", "name": "Ann Lee"},
        {"id": "15", "platform": "x", "handle": "anaruizcalder", "name": "Dr. Ana Ruiz-Calder"},
        {"id": "90", "platform": "x", "handle": "OakmereKidsClinic", "name": "Oakmere Kids Clinic"},
    )
    cases = office.cases()
    assert {key: case.is_likely for key, case in cases.items()} == {
        "11": True, "12": False, "13": False, "15": True, "90": False,
    }  # fmt: skip
    assert cases["12"].suppressed_by == (
        "Allowed until 2027-01-31: a namesake in Leeds (impersonators.allowed in auditor.yaml).",
    )
    assert any("fans" in reason for reason in cases["13"].suppressed_by)
    assert cases["90"].suppressed_by == (
        "Allowed: an affiliate: joint venture with Oakmere (impersonators.affiliates in auditor.yaml).",
    )
    assert (cases["11"].brand, cases["11"].brand_account_id) == ("RiversideHealth", "x:1")
    assert "U+0430" in " ".join(point for one in cases["11"].elements for point in one.code_points)
    assert (scanned.accounts, scanned.new, scanned.likely) == (6, 5, 2)


def test_our_own_accounts_are_never_accused(office: Office) -> None:
    """Neither by id, nor by handle, nor those that carry our badge, whatever they are called."""
    scanned = office.scan(
        {"id": "1", "platform": "x", "handle": "RiversideHealth", "name": "Riverside Health"},
        {"id": "2", "platform": "x", "handle": "RiversideKidsCare", "name": "Riverside Health"},
        {"id": "16", "platform": "x", "handle": "RiversideHealthHelp", "name": "Riverside Health", "affiliation": "@RiversideHealth"},
        {"id": "7", "platform": "facebook", "handle": "", "name": "Riverside Health"},
    )  # fmt: skip
    assert office.cases() == {}
    assert scanned.own == 4


def test_whom_x_lists_as_carrying_our_badge_is_never_accused(office: Office) -> None:
    """The list of the newest snapshot counts, by id: X no longer shows the badge with the account."""
    at = office.now
    ours = Account(source="x", observed_at=at, account_id="x:1", platform="x", handle="RiversideHealth",
                   name="Riverside Health")  # fmt: skip
    badged = {"id": "16", "username": "RiversideHealthHelp", "name": "Riverside Health"}
    snapshot(
        office.store(), [ours, *affiliate_of(badged, ours, source="x", at=at, evidence_id="0" * 64)], at=at
    )
    scanned = office.scan(DISGUISED, {**DISGUISED, "id": "16"})
    assert (set(office.cases()), scanned.own) == ({"11"}, 1)


def test_the_same_list_twice_makes_nothing_twice(office: Office) -> None:
    """Neither a case, a line of a timeline, nor an event; only when it was last seen moves on."""
    office.scan(DISGUISED)
    office.later(hours=1)
    again = office.scan(DISGUISED)
    case = office.cases()["11"]
    assert (again.new, again.reopened, len(office.events())) == (0, 0, 1)
    assert office.story("11") == ["found"]
    assert (case.last_seen - case.first_seen).total_seconds() == 3600
    assert case.changed_at == case.first_seen
    assert case.state is CaseState.NEW


def test_a_source_that_fails_is_said_and_closes_no_case(office: Office) -> None:
    """The list is broken half-way and the platform refuses: both are told, and the open case stays open."""
    office.scan(DISGUISED)
    broken = Platform(fails=True)
    scanned = office.scan(sources=[broken])
    assert office.cases()["11"].state is CaseState.NEW
    assert scanned.unseen == 1
    assert [(one.source, one.state) for one in scanned.trouble] == [
        ("list", SourceState.EMPTY),
        ("platform", SourceState.FAILED),
    ]
    said = " ".join(summary(scanned))
    assert "The source platform could not be asked: the token was refused. Renew it." in said
    assert "whether they are still there is not known" in said


def test_a_list_broken_half_way_is_partial(office: Office) -> None:
    """What could be read counts, and the line that could not is named."""
    office.config += "  sources: [{id: odd, source: file, path: odd.jsonl}]\n"
    (office.folder / "odd.jsonl").write_text(
        '{"id": "11", "platform": "x", "handle": "RiversideHea1th", "name": "Riverside Health"}\n[1]\n',
        encoding="utf-8",
    )
    scanned = office.scan()
    (report,) = scanned.reports
    assert (report.state, report.candidates) == (SourceState.PARTIAL, 1)
    assert "odd.jsonl:2" in report.reason
    assert "11" in office.cases()
    assert any(line.startswith("The source odd did not tell of everything") for line in summary(scanned))


def test_an_unknown_source_is_an_error_that_names_the_line(office: Office) -> None:
    """The kinds there are stand in the remedy."""
    office.config += "  sources: [{id: a, source: carrier-pigeon}]\n"
    with pytest.raises(DocumentError, match="carrier-pigeon") as caught:
        office.scan()
    assert "file" in caught.value.remedy


def test_a_decision_during_the_scan_stands(office: Office) -> None:
    """Somebody dismisses the case while sources are asked: the scan goes on from that, and asks nobody twice."""
    office.scan(DISGUISED)

    class Slow(Platform):
        def again(self, accounts: Sequence[tuple[str, str]]) -> Iterator[Sequence[Candidate]]:
            until = office.now.date() + timedelta(days=9)
            decision = Decision(CaseState.DISMISSED, "lee", "ours", expires=until)
            decide(office.workspace(), office.store(), office.cases()["11"].case_id, decision)
            yield from super().again(accounts)

    slow = Slow()
    slow.set("11", handle="RiversideHea1th", name="Riverside He\u0430lth")
    scanned = office.scan(sources=[slow])
    assert (office.cases()["11"].state, scanned.reopened) == (CaseState.DISMISSED, 0)
    assert office.story("11") == ["found", "dismissed"]
    assert slow.asked == [("x", "11")]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("bare.csv", "handle,name\n", "has no row with an account"),
        ("bare.jsonl", "\n", "has no row with an account"),
        ("bare.csv", "id,handle,name\n5,,\n6, ,\n", "has 2 rows, and none says a handle or a name"),
    ],
)
def test_a_list_of_nobody_is_no_good_news(office: Office, name: str, content: str, why: str) -> None:
    """It is said which list, why and the mend; cases stay as they are, and the report does not call it clean."""
    office.scan(DISGUISED)
    before = office.cases()
    office.config += f"  sources: [{{id: agency, source: file, path: {name}}}]\n"
    (office.folder / name).write_text(content, encoding="utf-8")
    office.later(days=1)
    scanned = office.scan()
    (report,) = scanned.reports
    assert (report.state, report.candidates, scanned.accounts) == (SourceState.EMPTY, 0, 0)
    assert f"The source agency had nothing to look at: {name} {why}" in " ".join(summary(scanned))
    error = nothing_seen(scanned)
    assert error is not None
    assert "not the same as nobody posing as you" in error.message
    assert office.cases() == before
    assert scanned.unseen == 1
    shown = impersonation_of(office.workspace(), office.store(), office.store().snapshots(1)[0].id)
    assert shown is not None
    assert shown.saw_nothing
    assert "not known" in one_line(replace(shown, cases=()))


def test_rows_without_a_name_are_counted_and_the_others_compared(office: Office) -> None:
    """The list is told to be partial, with how many rows say nothing."""
    scanned = office.scan(DISGUISED, {"id": "5", "platform": "x"})
    (report,) = scanned.reports
    assert (report.state, report.candidates) == (SourceState.PARTIAL, 1)
    assert "1 rows of list.jsonl say neither handle nor name" in report.reason
    assert nothing_seen(scanned) is None


def test_one_source_with_something_to_tell_is_a_scan(office: Office) -> None:
    """An empty list beside a platform that answers is said, and is no error."""
    platform = Platform()
    platform.set("11", handle="RiversideHea1th", name="Riverside Health")
    scanned = office.scan(sources=[platform])
    assert [one.state for one in scanned.reports] == [SourceState.EMPTY, SourceState.COMPLETE]
    assert nothing_seen(scanned) is None


def test_a_scan_says_what_it_cannot_have_seen(office: Office) -> None:
    """Each source's blind spots stand in the summary, with what it was asked."""
    said = list(summary(office.scan(DISGUISED)))
    assert "Asked: list (every row of list.jsonl; 1 account told of)." in said
    (blind,) = [one for one in said if one.startswith("Cannot be seen by list: ")]
    assert "accounts that are not in the list; whether a known account is gone" in blind
