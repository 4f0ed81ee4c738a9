"""Lives follow the judgements whatever was killed, what was not read, and as the days pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from auditor.app.lives import follow_up
from auditor.app.lives_look import Recorded
from auditor.app.workspace import Workspace
from auditor.daemon.duties import remind
from auditor.model.estate import CoverageState, FactKind
from auditor.model.event import Event, EventKind
from auditor.model.facts import Fact
from auditor.model.life import Life, Seen
from auditor.store.store import Store
from tests.store.support_store import (
    ORGANIZATION,
    account,
    coverage,
    findings_frame,
    grant,
    principal,
    results_frame,
    snapshot,
)
from tests.support import NOW

RULE = "former-staff-access"
RESULTS = results_frame((RULE, "hipaa-social", "critical", 0, 1, 0, 0, 0, 0))
OWNER = "sam.poe@riverside.example"
CONFIG = """\
organization: {name: Riverside Health, timezone: America/Chicago}
policies: {waivers: waivers.yaml, finding_owners: {"*": privacy@riverside.example}}
"""
ENTRY = """\
- {rule: former-staff-access, subject: g1, kind: not-applicable, reason: A team login, owner: o@riverside.example,
   approver: a@riverside.example, expires: 2026-12-10}
"""


class House:
    """A workspace whose clock is moved by hand, and its store."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.store = store
        self.now = NOW
        self.waivers = folder / "waivers.yaml"
        self.waivers.write_text("", encoding="utf-8")
        (folder / "auditor.yaml").write_text(CONFIG, encoding="utf-8")
        self.workspace = Workspace.open(folder / "auditor.yaml")
        self.workspace.clock = lambda: self.now

    def judge(self, *numbers: int, facts: tuple[Fact, ...] = (), **changes: str) -> str:
        """Record a snapshot of now that shows these findings; return its id."""
        info = snapshot(self.store, facts, at=self.now)
        rows = [{"fingerprint": f"{n:032x}", "subject_id": f"g{n}", "rule": RULE} | changes for n in numbers]
        self.store.record_judgement(info.id, findings=findings_frame(*rows), rule_results=RESULTS, summary={})
        return info.id

    def follow(self) -> list[Event]:
        """Follow up; return the events that are new."""
        last = self.store.events.last()
        done = follow_up(self.workspace, self.store)
        events = list(self.store.events.after(last))
        assert done.events == len(events)
        return events

    def life(self, number: int) -> Life:
        """Return one life."""
        return self.store.lives.ledger().lives[f"{number:032x}"]

    def pass_days(self, days: int) -> None:
        """Move the clock."""
        self.now += timedelta(days=days)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house with an empty store."""
    url = f"sqlite:///{tmp_path / 'auditor.db'}"
    with Store.open(url, organization=ORGANIZATION, clock=lambda: house.now) as store:
        house = House(tmp_path, store)
        yield house


def kinds(events: list[Event]) -> list[str]:
    """Return what the events tell of."""
    return [event.kind.value for event in events]


def test_what_a_killed_run_left_is_followed_first(house: House) -> None:
    """Two judgements that nobody followed are followed in their order, with an event each and no more."""
    first = house.judge(1)
    house.pass_days(1)
    second = house.judge(2)
    events = house.follow()
    assert [(e.kind.value, e.snapshot_id, e.at) for e in events] == [
        ("finding.new", first, NOW + timedelta(minutes=1)),
        ("finding.new", second, NOW + timedelta(days=1, minutes=1)),
        ("finding.resolved", second, NOW + timedelta(days=1, minutes=1)),
    ]
    assert house.follow() == []


def test_a_killed_follow_up_is_done_again_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle of writing, nothing is kept; the next follows all of it."""

    def killed(*_arguments: object) -> int:
        raise KeyboardInterrupt

    house.judge(1)
    with monkeypatch.context() as patched:
        patched.setattr("auditor.store.lives.append", killed)
        with pytest.raises(KeyboardInterrupt):
            house.follow()
    assert house.store.lives.ledger().lives == {}
    assert kinds(house.follow()) == ["finding.new"]


def test_an_old_snapshot_judged_again_disturbs_nothing(house: House) -> None:
    """Later lives stand as they stood; the newest judged again to the same end tells nothing."""
    old = house.judge(1)
    house.pass_days(1)
    newest = house.judge(1, 2)
    house.follow()
    lives = house.store.lives.ledger().lives
    house.pass_days(1)
    for again, shown, told in ((old, [], ["finding.overdue"]), (newest, [1, 2], [])):
        rows = [{"fingerprint": f"{n:032x}", "subject_id": f"g{n}"} for n in shown]
        house.store.record_judgement(again, findings=findings_frame(*rows), rule_results=RESULTS, summary={})
        assert kinds(house.follow()) == told
    assert house.store.lives.ledger().lives == lives


def test_what_was_recorded_is_taken_as_it_is_unless_judged_anew_since(house: House) -> None:
    """Lives follow what is at hand of a judgement; of one that another run has replaced, what the store has."""
    snapshot_id = house.judge(1)
    judged_at = house.store.snapshot(snapshot_id).judged_at
    assert judged_at is not None
    stale = Recorded(snapshot_id, judged_at - timedelta(seconds=1), ())
    assert follow_up(house.workspace, house.store, None, stale).events == 1
    house.pass_days(1)
    shown: list[Seen] = []
    info = snapshot(house.store, (), at=house.now)
    rows = findings_frame(*({"fingerprint": f"{n:032x}", "subject_id": f"g{n}\x00"} for n in (1, 2)))
    judged_at = house.store.record_judgement(
        info.id, findings=rows, rule_results=RESULTS, summary={}, shown=shown
    )
    (pending,) = house.store.lives.pending()
    assert tuple(shown) == house.store.lives.seen(pending.look)
    recorded = Recorded(info.id, judged_at, tuple(shown))
    assert recorded.is_of(pending)
    assert follow_up(house.workspace, house.store, None, recorded).looks == (info.id,)
    assert house.life(2).first.snapshot_id == house.life(1).last.snapshot_id == info.id


def test_a_principal_that_was_not_read_keeps_its_finding_open(house: House) -> None:
    """The holder's account is not covered any more: unknown since, not resolved; seen to be gone, resolved."""
    read = coverage("facebook:1", FactKind.GRANTS)
    unread = coverage("facebook:1", FactKind.GRANTS, CoverageState.FAILED)
    subject = {"subject_type": "principal", "subject_id": "facebook:u1"}
    house.judge(1, facts=(account(1), principal(1), grant(1), read), **subject)
    house.follow()
    house.pass_days(1)
    house.judge(facts=(account(1), unread))
    assert EventKind.FINDING_UNKNOWN.value in kinds(house.follow())
    assert house.life(1).is_open
    house.pass_days(1)
    house.judge(facts=(account(1), unread))
    house.follow()
    life = house.life(1)
    assert life.unknown is not None
    assert life.unknown.at == NOW + timedelta(days=1, minutes=1)
    house.pass_days(1)
    house.judge(facts=(account(1), read))
    assert "finding.resolved" in kinds(house.follow())


def test_owner_and_last_day_come_from_the_account_and_the_severity(house: House) -> None:
    """The responsible person answers, else the last resort; critical is due a day after, in our zone; late is told once."""
    house.judge(1, facts=(account(1, owner_email=OWNER),), account_id="facebook:1")
    house.judge(1, 2, facts=(account(1, owner_email=OWNER),), account_id="facebook:1")
    house.follow()
    assert (house.life(1).owner, house.life(1).due_on) == (OWNER, date(2026, 11, 21))
    house.pass_days(1)
    house.judge(3)
    house.follow()
    assert house.life(3).owner == "privacy@riverside.example"
    house.pass_days(2)
    assert kinds(house.follow()) == ["finding.overdue"] * 3
    house.pass_days(1)
    assert house.follow() == []


def test_a_waiver_runs_from_grant_through_notices_to_its_end(house: House) -> None:
    """Granted, told of 14 and 3 days before, expired on its day in our zone, and the finding is back that day."""
    house.judge(1)
    house.follow()
    house.waivers.write_text(ENTRY, encoding="utf-8")
    assert kinds(house.follow()) == ["waiver.granted"]
    assert house.life(1).is_waived(date(2026, 12, 9))
    told: list[tuple[str, str]] = []
    for hours in range(0, 24 * 22, 6):
        house.now = NOW + timedelta(hours=hours)
        told += [(f"{local(house.now):%m-%d}", kind) for kind in kinds(house.follow())]
    assert told == [
        ("11-26", "waiver.expiring"),
        ("12-07", "waiver.expiring"),
        ("12-10", "finding.reopened"),
        ("12-10", "finding.overdue"),
        ("12-10", "waiver.expired"),
    ]
    house.waivers.write_text(ENTRY.replace("2026-12-10", "2027-01-10"), encoding="utf-8")
    assert "waiver.renewed" in kinds(house.follow())
    house.waivers.write_text("", encoding="utf-8")
    assert kinds(house.follow()) == ["finding.reopened", "waiver.withdrawn"]


def test_the_reminders_job_counts_notices_of_waivers_too(house: House) -> None:
    """What it says it told of is what the journal got, once."""
    house.waivers.write_text(ENTRY, encoding="utf-8")
    house.judge(1)
    house.pass_days(7)
    said = [remind(house.workspace, house.store, lambda: None) for _again in range(2)]
    assert [text.partition(",")[0] for text in said] == [
        "1 new reminder: 1 of waivers", "0 new reminders: 0 of waivers"
    ]  # fmt: skip


def local(instant: datetime) -> datetime:
    """Return an instant as the organisation's clocks show it."""
    from zoneinfo import ZoneInfo

    return instant.astimezone(ZoneInfo("America/Chicago"))


def test_a_slip_in_the_file_wakes_nothing_and_is_told(house: House) -> None:
    """While the file is not usable what was covered stays covered, new findings are told, and so is the slip."""
    house.waivers.write_text(ENTRY, encoding="utf-8")
    house.judge(1)
    house.follow()
    house.waivers.write_text(ENTRY.replace("kind:", "knid:"), encoding="utf-8")
    house.pass_days(1)
    house.judge(1, 2)
    events = house.follow()
    assert kinds(events) == ["finding.new", "waiver.amiss"]
    assert "waivers.yaml:1" in events[1].message
    assert house.life(1).waiver is not None
