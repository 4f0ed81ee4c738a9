"""How cases go on: followed by id, removed when the platform says so, opened again when they change."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from auditor.app.impersonators.desk import Decision, decide
from auditor.errors import UsageError
from auditor.model.event import EventKind
from auditor.model.facts import Account
from auditor.model.finding import Severity
from auditor.model.impersonation import AccountStatus, CaseState
from tests.app.impersonators.support_impersonators import DISGUISED, Office, Platform
from tests.app.support_alerts import text_of
from tests.store.support_store import snapshot


def dismiss(office: Office, account: str = "11", days: int = 90) -> None:
    """Dismiss an account's case."""
    until = office.now.date() + timedelta(days=days)
    decision = Decision(CaseState.DISMISSED, "lee", "a namesake in Ohio", expires=until)
    decide(office.workspace(), office.store(), office.cases()[account].case_id[:6], decision)


def test_a_new_likely_one_is_mailed_once_with_why_and_what_to_do(office: Office) -> None:
    """Name, brand, reason, link, first step; a second scan and a second pass send nothing more."""
    office.scan(DISGUISED)
    office.raise_alerts()
    office.scan(DISGUISED)
    office.raise_alerts()
    (mail,) = [one for one in office.mails() if one["To"] == "privacy@riverside.example"]
    text = text_of(mail)
    assert "RiversideHea1th" in str(mail["Subject"])
    assert "likely poses as RiversideHealth" in text.replace("\n", " ")
    assert "auditor impersonators show" in text
    assert "report it to the platform or dismiss" in " ".join(text.split())
    assert office.cases()["11"].case_id in text


def test_very_many_at_once_begin_with_the_gravest(office: Office) -> None:
    """A storm's mail lists the likely by their score, whatever their ids; one opened again for review comes last."""
    fan = {"id": "99", "platform": "x", "handle": "riverside_fan", "name": "Riverside Health Fans"}
    office.scan(fan)
    dismiss(office, "99", days=1)
    office.raise_alerts()
    office.later(days=3)
    crowd = [DISGUISED | {"id": str(100 + one), "handle": f"RiversideHea1th{one}"} for one in range(40)]
    for one, account in enumerate(crowd):
        account["bio"] = "Help desk: t.me/riv" if one % 3 else "-"
        account["followers"] = 9_000 if one % 2 else 3
    office.scan(fan, *crowd)
    office.raise_alerts()
    cases = sorted(office.cases().values(), key=lambda one: (not one.is_likely, -one.score))
    scores = {one.case_id: one.score for one in cases}
    assert len(set(scores.values())) > 2
    assert cases[-1].candidate.id == "99"
    (mail,) = [one for one in office.mails() if one["To"] == "privacy@riverside.example"]
    told = re.findall(r"\(case ([0-9a-f]{12})", " ".join(text_of(mail).split()))
    assert [scores[one] for one in told] == [one.score for one in cases[: len(told)]]
    assert len(told) >= 20


def test_the_accounts_owner_is_told_of_who_poses_as_it(office: Office) -> None:
    """The event is about the brand account, so that its responsible person gets it by the built-in route."""
    office.scan(DISGUISED)
    (event,) = office.events()
    assert (event.kind, event.severity, event.account_id) == (
        EventKind.IMPERSONATOR_LIKELY, Severity.HIGH, "x:1",
    )  # fmt: skip


def test_one_for_review_alarms_nobody(office: Office) -> None:
    """It becomes a case, and the journal hears nothing."""
    office.scan({"id": "13", "platform": "x", "handle": "riverside_fan", "name": "Riverside Health Fans"})
    assert set(office.cases()) == {"13"}
    assert office.events() == []


def test_an_account_is_followed_by_its_id_when_it_is_renamed(office: Office) -> None:
    """Its new name is like nothing of ours, and the case stays with a line in its timeline."""
    office.scan(DISGUISED)
    office.later(days=1)
    platform = Platform()
    platform.set("11", handle="cheap_shoes", name="Cheap Shoes")
    office.scan(sources=[platform])
    case = office.cases()["11"]
    assert platform.asked == [("x", "11")]
    assert (case.candidate.handle, case.candidate.bio) == ("cheap_shoes", DISGUISED["bio"])
    assert (case.elements, case.is_likely, case.state) == ((), False, CaseState.NEW)
    assert office.story("11") == ["found", "renamed"]
    assert [one.kind for one in office.events()][1:] == [EventKind.IMPERSONATOR_CHANGED]


def test_suspended_is_removed_and_coming_back_opens_the_case_again(office: Office) -> None:
    """The platform's word closes it, and its being there again opens it, each told once."""
    office.scan(DISGUISED)
    platform = Platform()
    platform.suspend("11")
    office.later(days=1)
    office.scan(sources=[platform])
    office.scan(sources=[platform])
    removed = office.cases()["11"]
    assert (removed.state, removed.candidate.status) == (CaseState.REMOVED, AccountStatus.SUSPENDED)
    assert removed.candidate.handle == "RiversideHea1th"
    office.later(days=1)
    office.scan(DISGUISED)
    assert office.cases()["11"].state is CaseState.REMOVED, "a list that still names it is no proof"
    platform.accounts.clear()
    platform.set("11", handle=DISGUISED["handle"])
    office.scan(DISGUISED, sources=[platform])
    assert office.cases()["11"].state is CaseState.REOPENED
    assert office.story("11") == ["found", "removed", "reopened"]
    assert [one.kind.value for one in office.events()] == [
        "impersonator.likely", "impersonator.removed", "impersonator.reopened",
    ]  # fmt: skip


def test_not_being_seen_removes_nothing(office: Office) -> None:
    """A list without it says nothing of whether the account is there."""
    office.scan(DISGUISED)
    office.scan({"id": "14", "platform": "x", "handle": "ann_lee", "name": "Ann Lee"})
    assert office.cases()["11"].state is CaseState.NEW


def test_a_dismissed_one_stays_so_until_it_changes(office: Office) -> None:
    """Unchanged it is left alone; another name opens it again, and somebody is mailed."""
    office.scan(DISGUISED)
    office.raise_alerts()
    dismiss(office)
    office.later(days=2)
    office.scan(DISGUISED)
    assert office.cases()["11"].state is CaseState.DISMISSED
    office.scan(DISGUISED | {"name": "Riverside He\u0430lth Support"})
    case = office.cases()["11"]
    assert (case.state, case.reason, case.expires) == (CaseState.REOPENED, "", None)
    assert office.story("11") == ["found", "dismissed", "reopened"]
    office.raise_alerts()
    assert any("needs another look" in " ".join(text_of(one).split()) for one in office.mails())


def test_a_dismissal_ends_with_its_last_day(office: Office) -> None:
    """On the last day it holds; on the next the case is open again."""
    office.scan(DISGUISED)
    dismiss(office, days=5)
    office.later(days=5)
    office.scan(DISGUISED)
    assert office.cases()["11"].state is CaseState.DISMISSED
    office.later(days=1)
    office.scan(DISGUISED)
    assert office.cases()["11"].state is CaseState.REOPENED


def test_from_review_to_likely_is_news(office: Office) -> None:
    """The same account with the brand's name in disguise is told as a new likely one is."""
    mild = {"id": "13", "platform": "x", "handle": "riverside_fan", "name": "Riverside Health Fans"}
    office.scan(mild)
    office.scan(mild | {"name": "Riverside He\u0430lth", "handle": "RiversideHea1th"})
    assert office.story("13") == ["found", "renamed", "likely"]
    assert [one.kind for one in office.events()] == [EventKind.IMPERSONATOR_LIKELY]


def test_what_a_source_does_not_tell_has_not_changed(office: Office) -> None:
    """A second source without bio and followers takes away neither, and is no change."""
    office.scan(DISGUISED)
    office.scan({key: DISGUISED[key] for key in ("id", "platform", "handle", "name")})
    case = office.cases()["11"]
    assert (case.candidate.bio, case.candidate.followers) == (DISGUISED["bio"], 3)
    assert office.story("11") == ["found"]


@pytest.mark.parametrize(
    ("reason", "until", "message"),
    [
        ("", date(2026, 12, 1), "needs a reason"),
        ("x", None, "needs a last day"),
        ("x", date(2026, 11, 19), "lasts until a day between"),
        ("x", date(2031, 1, 1), "lasts until a day between"),
    ],
)
def test_a_dismissal_needs_its_reason_and_its_end(
    office: Office, reason: str, until: date | None, message: str
) -> None:
    """Nobody dismisses for good, for the past, or without saying why; the case stays as it was."""
    office.scan(DISGUISED)
    decision = Decision(CaseState.DISMISSED, "lee", reason, expires=until)
    with pytest.raises(UsageError, match=message):
        decide(office.workspace(), office.store(), office.cases()["11"].case_id, decision)
    assert office.cases()["11"].state is CaseState.NEW


def test_reported_and_watched_are_kept_with_who_and_when(office: Office) -> None:
    """The timeline says who did what; the platform's number stays with the case."""
    office.scan(DISGUISED)
    case_id = office.cases()["11"].case_id
    decide(
        office.workspace(), office.store(), case_id, Decision(CaseState.WATCHING, "kim", "asked the agency")
    )
    decide(office.workspace(), office.store(), case_id, Decision(CaseState.REPORTED, "lee", reference="0412"))
    told = [(one.step.value, one.actor, one.message) for one in office.store().cases.timeline([case_id])][1:]
    assert told == [
        ("watched", "kim", "Watched: asked the agency."),
        ("reported", "lee", "Reported to the platform as 0412."),
    ]
    assert office.cases()["11"].reference == "0412"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"bio": "A parody"}, {"bio": "", "blank": ("bio",)}, "the bio was removed"),
        ({"blank": ("bio",)}, {"bio": "Pay us here", "blank": ()}, "a bio was added"),
        ({"blank": ("links",)}, {"links": ("https://bad.example/",), "blank": ()}, "links were added"),
        ({"blank": ("avatar_hash",)}, {"avatar_hash": "8c" * 8, "blank": ()}, "a picture was added"),
    ],
)
def test_what_a_platform_says_is_empty_is_no_silence(
    before: dict[str, Any], after: dict[str, Any], told: str, office: Office
) -> None:
    """A dismissed account that drops its disclaimer, or wakes up, is opened again; silence still is no change."""
    platform = Platform()
    platform.set("11", handle=DISGUISED["handle"], name=DISGUISED["name"], **before)
    office.scan(DISGUISED | {"bio": ""}, sources=[platform])
    dismiss(office)
    office.scan(DISGUISED | {"bio": ""})
    office.scan(sources=[platform])
    assert office.cases()["11"].state is CaseState.DISMISSED
    platform.set("11", **after)
    office.scan(sources=[platform])
    office.scan(sources=[platform])
    assert office.story("11") == ["found", "dismissed", "reopened"]
    assert told in office.events()[-1].message


def test_an_account_that_turns_out_to_be_ours_is_accused_no_longer(office: Office) -> None:
    """In the inventory by its id, seen or not, its case is closed once; its handle alone would be no proof."""
    office.scan(DISGUISED, DISGUISED | {"id": "12", "name": "Riverside Health"})
    office.later(hours=1)
    ours = {"source": "x", "observed_at": office.now, "platform": "x", "kind": "profile"}
    snapshot(
        office.store(),
        [Account(account_id=f"x:{one}", handle=handle, name="Riverside Health", **ours)
         for one, handle in (("1", "RiversideHealth"), ("11", "RiversideHea1th"))],
        at=office.now,
    )  # fmt: skip
    for _again in range(2):
        office.scan()
    closed, other = office.cases()["11"], office.cases()["12"]
    assert (closed.state, closed.is_likely, closed.expires) == (CaseState.DISMISSED, False, None)
    assert office.story("11") == ["found", "dismissed"]
    assert other.state is CaseState.NEW


def test_whose_badge_one_source_tells_of_is_accused_by_none(office: Office) -> None:
    """A list that knows nothing of the badge makes no case of an account that carries it."""
    platform = Platform()
    platform.set("11", handle="RiversideHea1th", name="Riverside Health", affiliations=("1",))
    office.scan(DISGUISED)
    assert office.cases()["11"].is_likely
    office.scan(DISGUISED, sources=[platform])
    assert office.cases()["11"].state is CaseState.DISMISSED


def test_a_dismissal_ends_though_nobody_tells_of_the_account(office: Office) -> None:
    """Its last day has passed: somebody looks again, told once."""
    office.scan(DISGUISED)
    dismiss(office, days=5)
    office.later(days=6)
    for _again in range(2):
        office.scan()
    assert office.cases()["11"].state is CaseState.REOPENED
    assert office.story("11") == ["found", "dismissed", "reopened"]
