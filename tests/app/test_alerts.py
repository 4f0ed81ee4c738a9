"""Alerts: the right people are told, once, of what is theirs, with what to do and what is not known."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.app.alerts import raise_alerts
from auditor.app.alerts_check import check_alerts
from auditor.app.channels import Ways
from auditor.errors import DeliveryError
from auditor.model.alert import AlertState, DeliveryState, Purpose
from auditor.model.estate import CoverageState, FactKind, PersonStatus
from auditor.model.event import EventKind
from auditor.model.facts import Account
from auditor.model.finding import Severity
from auditor.store.records import OutboxState
from connectors.base import CheckState
from tests.app.support_alerts import (
    NOON,
    REPORTS,
    House,
    event,
    event_of,
    html_of,
    leaver,
    person,
    seen,
    text_of,
)
from tests.app.support_removal import coverage, finding

SAM, KIM = "sam@riverside.example", "kim@riverside.example"
PRIVACY = "privacy@riverside.example"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house whose first look is over."""
    made = House(tmp_path)
    yield made
    made.close()


def begin(house: House, *accounts: tuple[str, str | None], who: str = "bo", **more: object) -> list:
    """Judge a leaver's access; return the events the journal will tell."""
    held, found = leaver(*accounts, who=who)
    house.judge(seen(held, found), [person(who, PersonStatus.TERMINATED, f"{who}@riverside.example")])
    house.begin()
    return [event_of(one) for one in found]


def test_all_of_one_leaver_is_one_alert_and_each_owner_is_told_of_their_own(house: House) -> None:
    """Three grants make one mail to the reports' recipients and one an owner, of that owner's accounts."""
    events = begin(house, ("x:1", SAM), ("x:2", SAM), ("x:3", KIM))
    raised = house.tell(*events)
    assert [(one.topic, one.findings, one.severity) for one in raised.alerts] == [
        ("person bo", 3, Severity.CRITICAL)
    ]
    mails = {str(mail["To"]): mail for mail in house.mails()}
    assert set(mails) == {PRIVACY, SAM, KIM}
    assert str(mails[PRIVACY]["Subject"]).endswith("and 2 more")
    whole, kim = text_of(mails[PRIVACY]), text_of(mails[KIM])
    assert all(f"Account x:{number}" in whole for number in (1, 2, 3))
    assert "Account x:3" in kim
    for part in (kim, html_of(mails[KIM]), str(mails[KIM]["Subject"])):
        assert "x:1" not in part
        assert "x:2" not in part


def test_an_alert_says_what_to_do_what_is_known_and_what_is_not(house: House) -> None:
    """The first line is the action; steps, basis, source, gaps with their remedy and the command to answer."""
    held, found = leaver(("x:1", SAM))
    blind = replace(
        held[0], coverage=(*held[0].coverage, coverage("x:1", FactKind.MFA, CoverageState.DENIED))
    )
    house.judge(seen([blind], found))
    house.begin()
    (alert,) = house.tell(event_of(found[0])).alerts
    text = text_of(house.mails()[0])
    assert text.startswith("DO NOW: Remove today")
    assert "Verified, test, 20 Nov 2026" in text
    assert "STEPS, IN THIS ORDER" in text
    assert "3 verified, 0 attested, 1 unknown" in text
    assert "UNKNOWN: second factor of each holder at Account x:1 (X): The platform refused" in " ".join(
        text.split()
    )
    assert "Would close it: Ask again" in text
    assert f"auditor alerts ack {alert.alert_id}" in text
    assert "compliant" not in text


def test_nobody_who_has_left_is_told(house: House) -> None:
    """A leaver who answers for the account, by any of their addresses and domains, is not told of it."""
    house.config = REPORTS.replace("recipients: [", "recipients: [BO@old.example, ")
    house.domains = ", email_aliases: {old.example: riverside.example}"
    held, found = leaver(("x:1", " Bo@Riverside.example "), ("x:2", "bo.private@mail.example"), ("x:3", KIM))
    gone = person("bo", PersonStatus.TERMINATED, "bo@riverside.example", "bo.private@mail.example")
    house.judge(seen(held, found), [gone])
    house.begin()
    house.tell(*map(event_of, found))
    assert set(house.told()) == {PRIVACY, KIM}
    (alert,) = house.store().alerts.list()
    deliveries = house.store().alerts.deliveries(alert.alert_id)
    reasons = [one.reason for one in deliveries if one.state is DeliveryState.NOBODY]
    assert len([one for one in reasons if "has left" in one]) == 3


def test_where_nobody_may_be_told_the_recipients_of_the_reports_are(house: House) -> None:
    """An account nobody answers for raises its alert all the same."""
    house.config += "alerts: {routes: [{to: [owner]}]}\n"
    events = begin(house, ("x:1", None))
    house.tell(*events)
    assert set(house.told()) == {PRIVACY}


def test_what_has_been_told_is_not_told_again(house: House) -> None:
    """A second call, and the same events once more, raise nothing."""
    events = begin(house, ("x:1", SAM))
    assert len(house.tell(*events).alerts) == 1
    assert house.tell(*events).alerts == ()
    assert house.raise_alerts().alerts == ()
    assert len(house.mails()) == 2


def test_programs_at_once_tell_everything_once(house: House) -> None:
    """Four that read the same events raise one alert and one message for each receiver between them."""
    events = begin(house, ("x:1", SAM), ("x:2", KIM))
    house.store().events.append(events)
    workspace = house.workspace()
    stores = [house.store() for _ in range(4)]
    threads = [
        threading.Thread(target=raise_alerts, args=(workspace, store), kwargs={"review": house.review})
        for store in stores
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(house.store().alerts.list()) == 1
    assert {to: len(subjects) for to, subjects in house.told().items()} == {PRIVACY: 1, SAM: 1, KIM: 1}


def test_what_stood_open_before_anybody_was_told_is_one_message(house: House) -> None:
    """The first look of a store with a past is one digest a receiver, and says that it is the first."""
    held, found = [], []
    for number in range(12):
        accounts, findings = leaver((f"x:{number}", SAM), who=f"p{number}")
        held += accounts
        found += findings
    house.judge(seen(held, found))
    (alert,) = house.tell(*map(event_of, found)).alerts
    assert (alert.kind, alert.findings) == ("storm", 12)
    assert {to: len(subjects) for to, subjects in house.told().items()} == {PRIVACY: 1, SAM: 1}
    text = text_of(house.mails()[0])
    assert "first time Auditor tells anybody" in text
    assert "12 alerts in all" in text


def test_a_storm_is_one_message_that_says_so(house: House) -> None:
    """More alerts at once than the limit become one; every finding is in it or counted."""
    begin(house, ("x:0", SAM))
    held, found = [], []
    for number in range(40):
        accounts, findings = leaver((f"x:{number}", SAM if number < 2 else KIM), who=f"p{number}")
        held += accounts
        found += findings
    house.judge(seen(held, found))
    (alert,) = house.tell(*map(event_of, found)).alerts
    assert alert.kind == "storm"
    told = {str(mail["To"]): text_of(mail) for mail in house.mails()}
    assert "40 alerts came up at once" in told[PRIVACY]
    assert "15 more alerts" in told[PRIVACY]
    assert "2 alerts came up at once" in told[SAM]
    assert "x:5" not in told[SAM]
    assert len(house.store().alerts.fingerprints(alert.alert_id)) == 40


def test_what_is_old_when_it_is_first_told_is_one_message(house: House) -> None:
    """The past of a store that is followed up for the first time alarms nobody one by one; what is new still does."""
    house.config += "alerts: {routes: [{when: {kinds: ['drift.*']}, to: [recipients]}]}\n"
    begin(house, ("x:1", SAM))
    past = [
        event(
            EventKind.HANDLE_CHANGED, f"past:{days}", at=NOON - timedelta(days=days), account_id=f"x:{days}"
        )
        for days in range(8, 18)
    ]
    fresh = event(EventKind.HANDLE_CHANGED, "fresh", at=NOON - timedelta(days=1), account_id="x:1")
    raised = house.tell(*past, fresh).alerts
    assert sorted(one.kind for one in raised) == ["change", "storm"]
    told = [text_of(mail) for mail in house.mails()]
    assert ["more than a week ago" in text and "10 alerts in all" in text for text in told].count(True) == 1
    assert len(told) == 2


def test_quiet_hours_hold_all_but_the_critical(house: House) -> None:
    """What is not critical waits in the outbox until they end, across midnight, by the local clock."""
    house.config += 'alerts: {routes: [{to: [recipients], quiet_hours: {from: "22:00", to: "07:00"}}]}\n'
    high_held, high = leaver(("x:1", SAM), who="hi", severity=Severity.HIGH)
    held, critical = leaver(("x:2", SAM), who="bo")
    house.judge(seen([*high_held, *held], [*high, *critical]))
    house.begin()
    house.now = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)  # half past eleven at night
    house.tell(event_of(high[0]), event_of(critical[0]))
    due = {entry.subject[:9]: entry.due_at for entry in house.store().outbox.list()}
    assert due == {"Person hi": datetime(2026, 11, 21, 13, tzinfo=UTC), "Person bo": None}
    (first,) = house.store().outbox.claim()
    assert first.subject.startswith("Person bo")
    house.store().outbox.mark_sent(first.message_id)
    house.now = datetime(2026, 11, 21, 13, tzinfo=UTC)
    assert [one.subject[:9] for one in house.store().outbox.claim()] == ["Person hi"]


def test_a_digest_gathers_until_its_time_and_comes_once(house: House) -> None:
    """Alerts of the day wait over restarts, leave as one mail at eight, and say who sees to what."""
    house.config += "alerts: {routes: [{to: [recipients], mode: digest, digest: 'daily 08:00'}]}\n"
    first_held, first = leaver(("x:1", SAM), who="ann")
    held, second = leaver(("x:2", SAM), who="bo")
    house.judge(seen([*first_held, *held], [*first, *second]))
    house.begin()
    (alert,) = house.tell(event_of(first[0])).alerts
    house.later(hours=2)
    house.tell(event_of(second[0]))
    house.store().alerts.acknowledge(alert.alert_id, by="lee")
    house.later(hours=17)
    assert house.raise_alerts().digests == 0
    assert house.mails() == []
    house.later(hours=1)
    assert house.raise_alerts().digests == 1
    assert house.raise_alerts().digests == 0
    (mail,) = house.mails()
    text = text_of(mail)
    assert str(mail["Subject"]).startswith("Person bo has left")
    assert "acknowledged by lee" in text
    assert text.index("Person bo") < text.index("Person ann")


ESCALATES = "alerts: {routes: [{to: [recipients], escalate: {after: 4h, to: [boss]}}], targets: {boss: {mail: [boss@riverside.example]}}}\n"


def test_others_are_told_where_nobody_acknowledges(house: House) -> None:
    """After four hours, once, over restarts; the mail says for how long nobody has."""
    house.config += ESCALATES
    house.tell(*begin(house, ("x:1", SAM)))
    assert "within 4 hours, others are told" in text_of(house.mails()[0]).replace("\n", " ")
    house.later(hours=3, minutes=59)
    assert house.raise_alerts().escalated == 0
    house.later(minutes=1)
    assert house.raise_alerts().escalated == 1
    assert house.raise_alerts().escalated == 0
    (subject,) = house.told()["boss@riverside.example"]
    assert subject.startswith("Not acknowledged for 4 hours: Person bo has left")


def test_an_alert_that_somebody_sees_to_is_not_escalated(house: House) -> None:
    """Acknowledged, or with all its findings resolved, it is left in peace; who and when is kept."""
    house.config += ESCALATES
    events = begin(house, ("x:1", SAM))
    (alert,) = house.tell(*events).alerts
    store = house.store()
    assert store.alerts.acknowledge(alert.alert_id, by="lee", note="on it")
    assert not store.alerts.acknowledge(alert.alert_id, by="dana")
    house.later(hours=5)
    assert house.raise_alerts().escalated == 0
    (kept,) = store.alerts.list()
    assert (kept.acknowledged_by, kept.note, kept.acknowledged_at) == (
        "lee",
        "on it",
        house.now - timedelta(hours=5),
    )
    assert "boss@riverside.example" not in house.told()


def test_an_alert_closes_with_its_last_finding(house: House) -> None:
    """Resolved findings are ticked off; with the last the alert is resolved and nobody is told later."""
    house.config += ESCALATES
    held, found = leaver(("x:1", SAM), ("x:2", SAM))
    house.judge(seen(held, found))
    house.begin()
    house.tell(*map(event_of, found))
    house.tell(event_of(found[0], EventKind.FINDING_RESOLVED))
    assert [one.state for one in house.store().alerts.list()] == [AlertState.OPEN]
    house.tell(event_of(found[1], EventKind.FINDING_RESOLVED))
    assert [one.state for one in house.store().alerts.list()] == [AlertState.RESOLVED]
    house.later(hours=5)
    assert house.raise_alerts().escalated == 0
    (alert,) = house.store().alerts.list()
    states = {one.purpose: one.state for one in house.store().alerts.deliveries(alert.alert_id)}
    assert states == {Purpose.FIRST: DeliveryState.QUEUED, Purpose.ESCALATION: DeliveryState.CANCELLED}


def test_what_was_mended_before_anybody_was_told_raises_nothing(house: House) -> None:
    """New and resolved within one reading is no alert; reopened after that is."""
    (new,) = begin(house, ("x:1", SAM))
    assert house.review is not None
    found = house.review.findings[0]
    resolved = event_of(found, EventKind.FINDING_RESOLVED)
    assert house.tell(new, resolved).alerts == ()
    assert len(house.tell(event_of(found, EventKind.FINDING_REOPENED)).alerts) == 1


def test_jobs_that_fail_are_the_operators_concern(house: House) -> None:
    """They are told at once, whatever the routes say; nobody's account is in it."""
    house.config += "alerts: {operators: [it@riverside.example], routes: [{to: [owner]}]}\n"
    begin(house, ("x:1", SAM))
    house.tell(
        event(EventKind.JOB_FAILED, "job", subject_id="audit", message="The job audit failed: no disk")
    )
    (mail,) = house.mails()
    assert (mail["To"], mail["Subject"]) == ("it@riverside.example", "The job audit failed: no disk")


def test_a_change_is_told_to_an_owner_only_where_it_is_theirs(house: House) -> None:
    """Drift goes by its own route; another owner's account stays unnamed even within a sentence."""
    house.config += "alerts: {routes: [{when: {kinds: ['drift.*'], severity: low}, to: [owner]}]}\n"
    held, _found = leaver(("x:1", SAM), ("x:2", KIM))
    house.judge(seen(held))
    house.begin()
    change = {"account_id": "x:1", "principal_id": "x:keeper", "severity": Severity.MEDIUM}
    told = "Person keeper was given control of Account x:1 through Account x:2"
    (alert,) = house.tell(event(EventKind.GRANT_ADDED, "drift", message=told, **change)).alerts
    assert alert.kind == "change"
    ((mail),) = house.mails()
    assert mail["To"] == SAM
    assert "x:2" not in text_of(mail) + html_of(mail) + str(mail["Subject"])
    assert "Ask whether this was meant" in text_of(mail)


HOSTILE = "Bo\r\nBcc: all@evil.example\u202e<script>alert(1)</script>=1+1" + "\u0301" * 50 + "Z" * 10_000


def test_hostile_names_reach_no_header_and_no_markup(house: House) -> None:
    """A name with line breaks, direction marks, tags and ten thousand letters does nothing anywhere."""
    held, found = leaver(("x:1", SAM))
    nasty = replace(found[0], message=f"{HOSTILE} has left", remediation=f"Remove {HOSTILE}.", removes=None)
    house.judge(seen([replace(held[0], name=HOSTILE, handle=None)], [nasty]))
    house.begin()
    house.tell(event_of(nasty))
    for mail in house.mails():
        assert mail["Bcc"] is None
        assert len(str(mail["Subject"])) <= 200
        assert "\u202e" not in str(mail["Subject"]) + text_of(mail) + html_of(mail)
        assert "<script" not in html_of(mail)
        assert len(mail.as_bytes()) < 100_000


def test_targets_that_are_no_mailbox_get_json_and_no_secret_is_kept(house: House) -> None:
    """A webhook gets the whole alert, a chat service its short text; both wait in the outbox by name."""
    house.config += (
        "alerts: {routes: [{to: [siem, chat]}], targets: {chat: {apprise: 'env:CHAT'},"
        " siem: {webhook: {url: 'https://siem.example/in', secret: 'env:HOOK'}}}}\n"
    )
    (alert,) = house.tell(*begin(house, ("x:1", SAM), ("x:2", KIM))).alerts
    bodies = {channel: json.loads(raw) for channel, raw in house.messages()}
    hook = bodies["webhook"]
    assert (hook["type"], hook["id"], hook["severity"]) == ("auditor.alert", alert.alert_id, "critical")
    assert [one["account_id"] for one in hook["findings"]] == ["x:1", "x:2"] or hook["counts"][
        "findings"
    ] == 2
    assert hook["removal"]["steps"][0]["text"]
    assert set(bodies["apprise"]) == {"subject", "text", "severity"}
    assert alert.alert_id in bodies["apprise"]["text"]
    entries = house.store().outbox.list([OutboxState.QUEUED])
    assert {(one.channel, one.target) for one in entries} == {("webhook", "siem"), ("apprise", "chat")}


def test_a_finding_that_calls_for_no_removal_says_what_to_do(house: House) -> None:
    """Without a plan the remediation stands in the alert."""
    held, _found = leaver(("x:1", SAM))
    weak = finding(
        "account", "x:1", None, message="Account x:1 has no second factor", remediation="Turn it on. Then tell.",
        account_id="x:1", platform="x",
    )  # fmt: skip
    house.judge(seen(held, [weak]))
    house.begin()
    house.tell(event_of(weak))
    text = text_of(house.mails()[0])
    assert text.startswith("DO NOW: Turn it on.")
    assert "What to do: Turn it on. Then tell." in text


def test_doctor_tells_of_routes_and_targets_in_vain(house: House) -> None:
    """A rule nobody has, and a secret that does not resolve, are told before an alert is lost to them."""
    house.config += (
        "alerts: {routes: [{when: {rules: [fromer-staff-access]}, to: [chat]}],"
        " targets: {chat: {apprise: 'env:NO_SUCH_URL'}}}\n"
    )
    told = {(one.subject, one.state) for one in check_alerts(house.workspace())}
    assert told == {("alerts", CheckState.BAD), ("alerts: chat", CheckState.BAD)}
    house.config = REPORTS
    assert [one.state for one in check_alerts(house.workspace())] == [CheckState.GOOD]
    house.config = ""
    assert [one.state for one in check_alerts(house.workspace())] == [CheckState.WARNING]


@pytest.mark.parametrize(
    ("host", "allowed", "mend"),
    [("169.254.169.254", True, "even with allow_private"), ("10.0.0.5", False, "allow_private: true"),
     ("[::ffff:127.0.0.1]", False, "allow_private: true"), ("localhost", False, "allow_private: true")],
)  # fmt: skip
def test_a_webhook_that_leads_inside_is_refused_by_doctor_and_by_sending(
    host: str, allowed: bool, mend: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the address is written as, doctor and sending say the same, each with the mend."""
    monkeypatch.setenv("HOOK", "a-secret-of-thirty-two-characters")
    house.config += (
        "alerts: {routes: [{to: [siem]}], targets: {siem: {webhook: {secret: 'env:HOOK',"
        f" url: 'https://{host}/in', allow_private: {str(allowed).lower()}" + "}}}}\n"
    )
    (told,) = check_alerts(house.workspace())
    assert (told.subject, told.state) == ("alerts: siem", CheckState.BAD)
    assert "which is refused" in told.message
    assert mend in told.remedy
    house.tell(*begin(house, ("x:1", SAM)))
    (message,) = house.store().outbox.claim()
    with pytest.raises(DeliveryError, match="which is refused") as refused:
        Ways(house.workspace()).of(("webhook", "siem")).send(message)
    assert (refused.value.temporary, refused.value.message) == (False, told.message)


def test_the_journal_waits_until_somebody_can_be_told(house: House) -> None:
    """Before mail is set up nothing is read; then all that stood open comes as one message."""
    house.config = ""
    held, found = leaver(("x:1", SAM))
    more_held, more = leaver(("x:2", SAM), who="ann")
    house.judge(seen([*held, *more_held], [*found, *more]))
    assert house.tell(event_of(found[0]), event_of(more[0])).alerts == ()
    house.config = REPORTS
    (alert,) = house.raise_alerts().alerts
    assert (alert.kind, alert.findings) == ("storm", 2)


def test_accounts_that_a_part_of_a_review_leaves_out_are_hidden_too(house: House) -> None:
    """The snapshot's other accounts are named to nobody who does not answer for them, whoever speaks of them."""
    held, found = leaver(("x:1", SAM))
    told = replace(
        found[0], message="Person bo can act as Account x:1 and as Riverside Hospice, removes both"
    )
    other = Account(
        source="x", observed_at=house.now, account_id="x:99001", platform="x", kind="profile",
        name="Riverside Hospice", handle="HospiceCare",
    )  # fmt: skip
    house.judge(
        seen(held, [replace(told, remediation="Remove them from @HospiceCare. Then prove it.")]), [other]
    )
    house.begin()
    house.tell(event_of(told))
    mails = {str(mail["To"]): text_of(mail) + html_of(mail) + str(mail["Subject"]) for mail in house.mails()}
    assert "Hospice" in mails[PRIVACY]
    assert "Hospice" not in mails[SAM]
    assert "another account" in mails[SAM]
