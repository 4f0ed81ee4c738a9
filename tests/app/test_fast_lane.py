"""The fast lane: a leaver is judged within one poll, an implausible roster alarms nobody, a killed poll is made up for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from auditor.app import fast_lane
from auditor.app.fast_lane import poll_roster
from auditor.app.roster_poll import PollState, RosterPoll
from auditor.app.trend import compare
from auditor.errors import StoreError
from auditor.model.event import EventKind
from auditor.model.facts import Fact
from auditor.model.tables import FACT_TABLES
from auditor.store import DiffKind, SnapshotInfo
from connectors.base import Context
from tests.app.support_roster import PEOPLE, House, house, opened


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a house that was audited this morning, to copy."""
    folder = tmp_path_factory.mktemp("house")
    with house(folder) as built:
        built.audit()
    return folder


@pytest.fixture
def here(audited: Path, tmp_path: Path) -> Iterator[House]:
    """Return a house that was audited a quarter of an hour ago."""
    shutil.copytree(audited, tmp_path / "house")
    with opened(tmp_path / "house") as ready:
        ready.later(minutes=15)
        yield ready


def poll(here: House) -> RosterPoll:
    """Poll once."""
    return poll_roster(here.workspace, here.store)


def kinds(here: House) -> list[tuple[EventKind, str | None]]:
    """Return the roster's events, and of whom they are."""
    return [
        (event.kind, event.person_id)
        for event in here.store.events.after(0)
        if event.kind.value.startswith("roster.")
    ]


def test_a_leaver_is_found_without_asking_a_platform(here: House) -> None:
    """Active becomes terminated: one poll later the finding is recorded, with the old facts under their old times."""
    (morning,) = here.store.snapshots()
    (Path(here.roster.path).parent / "members.csv").unlink()  # asking again would fail
    here.roster.leaves(2)
    done = poll(here)
    assert done.state is PollState.CHANGED
    assert done.left == ("E002",)
    assert done.snapshot is not None
    assert here.failed(morning.id) == set()
    assert here.failed(done.snapshot.id) == {"E002"}
    before, after = here.store.frames(morning.id), here.store.frames(done.snapshot.id)
    for table in set(FACT_TABLES) - {"people"}:
        assert before[table].equals(after[table])
    assert kinds(here) == [(EventKind.PERSON_LEFT, "E002")]


def test_the_snapshot_says_which_facts_were_not_asked_for_anew(here: House) -> None:
    """The platform's part names the snapshot it is of, in words too; the roster's part is of now."""
    (morning,) = here.store.snapshots()
    here.roster.leaves(2)
    done = poll(here)
    assert done.snapshot is not None
    runs = {run.id: run for run in done.snapshot.connections}
    assert runs["linkedin"].carried_from == done.snapshot.carried_from == morning.id
    assert runs["linkedin"].reason == f"not asked anew: these are the facts of snapshot {morning.id}"
    assert runs["linkedin"].finished_at == morning.connections[1].finished_at
    assert (runs["roster"].carried_from, runs["roster"].finished_at) == ("", here.now)


def test_nothing_is_written_where_nothing_changed(here: House) -> None:
    """Polls of an unchanged roster, of one written anew, and of one whose titles changed leave no snapshot."""
    assert poll(here).state is PollState.UNCHANGED
    here.roster.write()
    assert poll(here).state is PollState.UNCHANGED
    here.roster.write(here.roster.text().replace("Person 9,", "Person Nine,"))
    assert poll(here).state is PollState.UNCHANGED
    assert len(here.store.snapshots()) == 1
    assert kinds(here) == []


def test_an_unchanged_file_is_not_read_again(here: House) -> None:
    """The second poll of the same file takes the first one's word for it."""
    poll(here)
    here.roster.path.chmod(0)
    stat = here.roster.path.stat()
    note = here.store.notes.read("roster-poll")
    assert isinstance(note, dict)
    here.store.notes.write("roster-poll", note | {"mark": {**note["mark"], "changed_ns": stat.st_ctime_ns}})
    here.workspace.loaded.base_dir.joinpath("members.csv").unlink()
    assert poll(here).state is PollState.UNCHANGED


def test_a_second_change_is_carried_from_the_gathered_snapshot(here: House) -> None:
    """Two leavers in two polls: each is found once, and both snapshots name the gathered one."""
    (morning,) = here.store.snapshots()
    here.roster.leaves(2)
    first = poll(here)
    here.later(minutes=15)
    here.roster.leaves(3)
    second = poll(here)
    assert first.snapshot is not None
    assert second.snapshot is not None
    assert second.left == ("E003",)
    assert here.failed(second.snapshot.id) == {"E002", "E003"}
    assert second.snapshot.carried_from == first.snapshot.carried_from == morning.id
    assert kinds(here) == [(EventKind.PERSON_LEFT, "E002"), (EventKind.PERSON_LEFT, "E003")]


def test_the_next_audit_knows_the_leaver_already(here: House) -> None:
    """The finding of the fast lane is the same finding at night: no second event, and no second leaving."""
    here.roster.leaves(2)
    poll(here)
    here.later(hours=16)
    night = here.audit()
    assert here.failed(night.id) == {"E002"}
    assert kinds(here) == [(EventKind.PERSON_LEFT, "E002")]
    marks = [event.fingerprint for event in here.store.events.after(0) if event.kind is EventKind.FINDING_NEW]
    assert len(marks) == len(set(marks))


def test_an_audit_tells_of_leavers_too(here: House) -> None:
    """Where no poll came between, the audit's own reading of the roster is in the journal."""
    here.roster.leaves(2)
    here.roster.missing.add(PEOPLE - 1)
    here.roster.write()
    here.audit()
    assert kinds(here) == [(EventKind.PERSON_LEFT, "E002"), (EventKind.PERSON_GONE, f"E{PEOPLE - 1:03d}")]


def while_gathering(here: House, happens: Callable[[], None]) -> SnapshotInfo:
    """Audit, and have something happen after the roster was read and before the platforms are."""
    (connection,) = here.workspace.connections
    told = connection.connector.collect

    def collect(settings: object, context: Context) -> Iterator[Fact]:
        happens()
        yield from told(settings, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.connector, "collect", collect)
        return here.audit()


def test_a_leaver_found_while_an_audit_runs_is_not_forgotten_by_it(here: House) -> None:
    """The audit that began before ends with the roster of its end: nobody is back at work for a quarter of an hour."""

    def leaves_and_is_polled() -> None:
        here.roster.leaves(2)
        here.later(minutes=5)
        assert poll(here).left == ("E002",)
        here.later(minutes=5)

    gathered = while_gathering(here, leaves_and_is_polled)
    assert here.store.snapshot("latest").id == gathered.id
    assert here.failed(gathered.id) == {"E002"}
    assert kinds(here) == [(EventKind.PERSON_LEFT, "E002")]
    assert not [e for e in here.store.events.after(0) if e.kind is EventKind.FINDING_RESOLVED]
    look = here.store.lives.ledger().cursor.look
    assert look is not None
    assert look.snapshot_id == gathered.id
    assert poll(here).state is PollState.UNCHANGED


def test_a_roster_lost_while_an_audit_runs_leaves_the_one_it_had_read(here: House) -> None:
    """The audit goes on with the people it read; the next poll says what is wrong."""
    gathered = while_gathering(here, here.roster.path.unlink)
    assert gathered.counts["people"] == PEOPLE
    assert poll(here).state is PollState.UNUSABLE


def test_a_person_the_roster_does_not_have_any_more_is_told_of_as_that(here: House) -> None:
    """Whoever vanishes from the export has not left as far as anybody said."""
    here.roster.missing.add(4)
    here.roster.write()
    done = poll(here)
    assert (done.state, done.left, done.gone) == (PollState.CHANGED, (), ("E004",))
    assert kinds(here) == [(EventKind.PERSON_GONE, "E004")]


def test_somebody_back_at_work_resolves_the_finding(here: House) -> None:
    """Terminated by mistake, active again at the next poll."""
    here.roster.leaves(2)
    poll(here)
    here.later(minutes=15)
    here.roster.status[2], here.roster.left_on[2] = "Active", ""
    here.roster.write()
    done = poll(here)
    assert done.snapshot is not None
    assert here.failed(done.snapshot.id) == set()


def test_whom_the_roster_marks_as_gone_today_alarms_today(here: House) -> None:
    """Somebody let go this morning, with today as the last day, is told of within the poll."""
    here.roster.left_on[2] = "2026-11-20"
    here.roster.status[2] = "Terminated"
    here.roster.write()
    assert poll(here).left == ("E002",)


def test_a_last_day_that_passes_is_noticed_without_a_new_file(here: House) -> None:
    """Who leaves today is here today and gone tomorrow, by the same export."""
    here.roster.left_on[2] = "2026-11-20"
    here.roster.status[2] = "Active"
    here.roster.write()
    first = poll(here)
    assert first.left == ()
    here.later(days=1)
    second = poll(here)
    assert second.left == ("E002",)


def test_carried_facts_age_by_their_own_times(here: House) -> None:
    """A carried attestation lapses on its day, however young the snapshot that carries it."""
    here.later(days=100)
    here.roster.written_at = here.now
    here.roster.leaves(2, on="2027-02-20")
    done = poll(here)
    assert done.snapshot is not None
    found = here.store.recorded_findings(done.snapshot.id)
    former = found[found["rule"] == "former-staff-access"]
    assert set(former["verdict"]) == {"unknown"}


def test_a_comparison_with_a_carried_snapshot_shows_the_people_who_changed_alone(here: House) -> None:
    """Nothing on a platform is called added, removed or unread."""
    (morning,) = here.store.snapshots()
    here.roster.leaves(2)
    done = poll(here)
    assert done.snapshot is not None
    rows = here.store.diff(morning.id, done.snapshot.id).rows
    assert {(row.table, row.key, row.kind) for row in rows} == {("people", "E002", DiffKind.CHANGED)}


def test_the_trend_goes_from_audit_to_audit(here: House) -> None:
    """What a poll found at noon is new in the night's report, which no reader has seen yet; polls are no points."""
    (morning,) = here.store.snapshots()
    here.roster.leaves(2)
    poll(here)
    here.later(hours=16)
    night = here.audit()
    found = here.store.recorded_findings(night.id)
    comparison = compare(here.store, here.store.snapshot(night.id), found)
    assert comparison is not None
    assert comparison.previous.id == morning.id
    assert [point.snapshot_id for point in comparison.history] == [morning.id, night.id]
    former = found.loc[found["rule"] == "former-staff-access", "fingerprint"]
    assert comparison.new == set(former)
    assert not comparison.resolved | comparison.unreadable


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no rows"),
        ("Employee ID,Name,Work Email,Status\n", "nobody below it"),
        (None, "no such file"),
    ],
)
def test_a_roster_that_cannot_be_read_alarms_nobody(here: House, text: str | None, told: str) -> None:
    """What was known before stands; the journal says so once a day, not at every poll."""
    if text is None:
        here.roster.path.unlink()
    else:
        here.roster.write(text)
    for _ in range(3):
        done = poll(here)
        assert done.state is PollState.UNUSABLE
        assert told in done.message
        here.later(minutes=15)
    assert len(here.store.snapshots()) == 1
    assert kinds(here) == [(EventKind.ROSTER_UNUSABLE, None)]
    here.later(days=1)
    poll(here)
    assert kinds(here) == [(EventKind.ROSTER_UNUSABLE, None)] * 2


def test_a_roster_half_of_which_is_missing_alarms_nobody_and_the_whole_one_does(here: House) -> None:
    """A truncated export is refused by its size; the next, whole one is used."""
    here.roster.write(here.roster.text()[: len(here.roster.text()) // 2])
    done = poll(here)
    assert done.state is PollState.UNUSABLE
    assert len(here.store.snapshots()) == 1
    here.roster.leaves(2)
    assert poll(here).left == ("E002",)


def test_a_roster_cut_off_in_its_last_line_is_not_used(here: House) -> None:
    """An export that ends in the middle of a row was not written to its end, however little is missing."""
    here.roster.status[2], here.roster.left_on[2] = "Terminated", "2026-11-19"
    here.roster.write(here.roster.text()[:-25])
    done = poll(here)
    assert done.state is PollState.UNUSABLE
    assert "cut off" in done.message
    assert len(here.store.snapshots()) == 1


def test_a_roster_by_which_most_have_left_alarms_nobody(here: House) -> None:
    """A shifted column that terminates everybody is told to the operators, not to forty managers."""
    here.roster.leaves(*range(11))
    done = poll(here)
    assert done.state is PollState.UNUSABLE
    assert "11 of 40 people have left" in done.message
    assert len(here.store.snapshots()) == 1
    here.audit()
    assert len([kind for kind, _person in kinds(here) if kind is EventKind.PERSON_LEFT]) == 11


def test_a_roster_cannot_melt_away_poll_by_poll(here: House) -> None:
    """The share that may be missing is counted from the last audit, not from the last poll."""
    here.roster.missing |= set(range(30, 37))
    here.roster.write()
    assert poll(here).state is PollState.CHANGED
    here.later(minutes=15)
    here.roster.missing |= {28, 29}
    here.roster.write()
    done = poll(here)
    assert done.state is PollState.UNUSABLE
    assert "9 fewer" in done.message


def test_a_file_that_is_being_written_waits_for_the_next_poll(here: House) -> None:
    """A file that grows at every look is left alone; nothing is concluded from it."""
    text = here.roster.text()
    here.roster.written_at = here.now

    def grow(_seconds: float) -> None:
        with here.roster.path.open("a", encoding="utf-8") as stream:
            stream.write(f"X{len(here.slept)},One More,x{len(here.slept)}@riverside.example,Active,,\n")
        here.slept.append(_seconds)

    here.roster.write(text[:400])
    here.now = here.roster.written_at
    here.workspace.sleep = grow
    assert poll(here).state is PollState.BEING_WRITTEN
    assert kinds(here) == []
    assert len(here.store.snapshots()) == 1


def test_a_poll_killed_before_it_judged_is_made_up_for_by_the_next(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot is there, the finding is not: the next poll judges it, although the roster did not change again."""
    here.roster.leaves(2)
    with monkeypatch.context() as patch:
        patch.setattr(fast_lane, "_judge", _dies)
        with pytest.raises(KeyboardInterrupt):
            poll(here)
    newest = here.store.snapshot("latest")
    assert newest.judged_at is None
    assert kinds(here) == [(EventKind.PERSON_LEFT, "E002")]
    done = poll(here)
    assert done.state is PollState.UNCHANGED
    assert done.snapshot is not None
    assert here.failed(done.snapshot.id) == {"E002"}
    assert kinds(here) == [(EventKind.PERSON_LEFT, "E002")]


def test_two_polls_at_once_do_not_write_two_snapshots(here: House) -> None:
    """The second is told that another is under way."""
    here.roster.leaves(2)
    with here.store.lock("roster", owner="another"), pytest.raises(StoreError, match="under way"):
        poll(here)
    assert len(here.store.snapshots()) == 1
    assert poll(here).left == ("E002",)


def test_a_house_without_a_roster_or_a_snapshot_has_nothing_to_poll(tmp_path: Path) -> None:
    """Both are said plainly, and neither is an error."""
    with house(tmp_path) as empty:
        assert poll(empty).state is PollState.NOTHING_GATHERED


def test_a_clock_set_back_hides_no_leaver(here: House) -> None:
    """The poll after the clock was corrected by half an hour is still the newest."""
    here.roster.leaves(2)
    here.now -= timedelta(minutes=40)
    done = poll(here)
    assert done.snapshot is not None
    assert here.store.snapshot("latest").id == done.snapshot.id
    assert here.failed("latest") == {"E002"}


def _dies(*_arguments: object) -> None:
    raise KeyboardInterrupt
