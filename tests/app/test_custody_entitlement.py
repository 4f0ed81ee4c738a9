"""Who may: only those named, only while the newest roster certainly has them, and nobody by accident."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.app.custody_codes import give_code
from auditor.app.custody_entry import Confirmation, Entered, enroll
from auditor.app.custody_people import os_user
from auditor.errors import ConfigError, CustodyError
from auditor.model.estate import PersonStatus
from auditor.model.event import Event, EventKind
from auditor.model.finding import Severity
from auditor.vault.seeds import Seed
from tests.app.support_custody import (
    ACCOUNTS,
    BO,
    CUSTODY,
    DANA,
    LEFT,
    PEOPLE,
    SAM,
    Office,
    office,
    person,
)
from tests.vault.support_seeds import (
    STRONG,
    Ring,
    on_machine_with,
    scrubber_of_its_own,
)

UNCONFIRMED = Confirmation(reason="moved from a phone that is gone")


@pytest.fixture(autouse=True)
def ring() -> Iterator[Ring]:
    """Return the machine's keyring."""
    found = Ring()
    with on_machine_with(found), scrubber_of_its_own():
        yield found


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Office]:
    """Return the desk with a snapshot read."""
    with office(tmp_path) as opened:
        yield opened


def take_in(bench: Office, secret: str = STRONG, name: str = "x:RiversideHealth") -> Entered:
    """Enroll a seed, confirmed by its own code."""
    seed = Seed(secret)
    return enroll(bench.desk, bench.desk.account(name), seed, Confirmation(bench.code(seed)))


def kinds(bench: Office) -> list[EventKind]:
    """Return what the journal was told, in order."""
    return [event.kind for event in bench.store.events.after(0)]


@pytest.mark.parametrize("name", ["x:OtherBrand", "instagram:riversidekids", "facebook:RiversidePage"])
def test_only_an_accounts_readers_have_its_codes(bench: Office, name: str) -> None:
    """Others are refused before any seed is looked for, and the journal tells of it."""
    with pytest.raises(CustodyError, match="may not have its codes"):
        give_code(bench.desk, bench.desk.account(name), "curious")
    with pytest.raises(CustodyError, match="may not enroll"):
        enroll(bench.desk, bench.desk.account(name), Seed(STRONG), UNCONFIRMED)
    assert kinds(bench) == [EventKind.SEED_REFUSED] * 2
    for event in bench.store.events.after(0):
        assert event.severity is Severity.HIGH
        assert event.actor == DANA


def test_each_refusal_is_told(bench: Office) -> None:
    """Another attempt in the same minute is another event; a loop within a second is one."""
    for _attempt in range(2):
        for _again in range(3):
            with pytest.raises(CustodyError, match="may not have its codes"):
                give_code(bench.desk, bench.desk.account("x:OtherBrand"), "curious")
        bench.clock.sleep(1)
    assert kinds(bench) == [EventKind.SEED_REFUSED] * 2


def test_a_pattern_fits_the_whole_name_or_not_at_all(tmp_path: Path) -> None:
    """``x:Riverside`` is not ``x:RiversideHealth``; letters' size does not count; an id is a name too."""
    for globs, fits in (
        ('["x:Riverside"]', False),
        ('["x:riversidehealth"]', True),
        ('["x:iversideHealth", "X:*CARE"]', False),
        ('["x:1001"]', True),
        ('["x:100?"]', True),
        ('["x:1001x"]', False),
        ('["*:RiversideHealth"]', True),
    ):
        with office(tmp_path, CUSTODY.replace('["x:Riverside*"]', globs), read=False) as bench:
            if not bench.store.snapshots(1):
                bench.snapshot(*ACCOUNTS, *PEOPLE)
            account = bench.desk.account("x:RiversideHealth")
            assert (DANA in bench.desk.section.readers_of(account.names)) is fits, globs


@pytest.mark.parametrize(
    ("roster", "says"),
    [
        ([person(8, DANA, PersonStatus.TERMINATED, left_on=LEFT)], "is terminated"),
        ([person(8, DANA, PersonStatus.LEAVE)], "is leave"),
        ([person(8, DANA, PersonStatus.FUTURE)], "is future"),
        ([person(8, DANA, None)], "a status that is not known"),
        ([person(8, DANA, PersonStatus.ACTIVE, left_on=LEFT)], "left on 2026-10-31"),
        ([person(7, BO)], "has nobody with the address"),
        (
            [person(8, DANA), person(9, "dana.cole+social@OLD.example", PersonStatus.TERMINATED)],
            "is terminated",
        ),
        (
            [person(8, "d@home.example", PersonStatus.TERMINATED, other_emails=(DANA.upper(),))],
            "is terminated",
        ),
    ],
)
def test_who_is_not_certainly_here_gets_no_code(bench: Office, roster: list[object], says: str) -> None:
    """Left, on leave, not begun, of unknown status, not in the roster, or twice in it and gone once."""
    take_in(bench)
    bench.clock.sleep(60)
    bench.snapshot(*ACCOUNTS, *roster)  # type: ignore[arg-type]
    with office(bench.folder, read=False) as today:
        today.clock.now = bench.clock.now
        with pytest.raises(CustodyError, match=says):
            give_code(today.desk, today.desk.account("x:RiversideHealth"), "post")
        assert today.store.custody.uses() == ()
    assert kinds(bench)[-1] is EventKind.SEED_REFUSED


def test_who_left_since_the_roster_was_read_gets_no_code(bench: Office) -> None:
    """The journal's word of a leaver counts at once, and ends with a newer roster that has them active."""
    take_in(bench)
    bench.clock.sleep(60)
    left = Event(
        key="left:0008",
        kind=EventKind.PERSON_LEFT,
        at=bench.clock.now,
        message="Dana Cole left.",
        person_id="0008",
    )
    bench.store.events.append([left])
    with (
        office(bench.folder, read=False) as today,
        pytest.raises(CustodyError, match=r"has left: Dana Cole left\."),
    ):
        give_code(today.desk, today.desk.account("x:RiversideHealth"), "post")
    bench.clock.sleep(60)
    bench.snapshot(*ACCOUNTS, *PEOPLE)
    with office(bench.folder, read=False) as later:
        assert give_code(later.desk, later.desk.account("x:RiversideHealth"), "back").code


def test_an_operating_system_user_nobody_named_is_refused(tmp_path: Path) -> None:
    """No environment variable helps: the system itself says who runs this."""
    with office(tmp_path, CUSTODY.replace(f"{os_user()}:", "somebody-else:")) as bench:
        with pytest.raises(CustodyError, match=f"whose user {os_user()} is") as caught:
            give_code(bench.desk, bench.desk.account("x:RiversideHealth"), "post")
        assert "operators" in caught.value.remedy
        (event,) = bench.store.events.after(0)
        assert event.actor == os_user()


def test_environment_variables_do_not_change_who_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """LOGNAME and USER are anybody's to set."""
    before = os_user()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER"):
        monkeypatch.setenv(name, "dana")
    assert os_user() == before


def test_without_a_roster_nobody_gets_a_code_unless_the_configuration_says_so(tmp_path: Path) -> None:
    """Not knowing who left is not the same as nobody having left."""
    config = "organization: {name: Riverside Health}\nvault: auditor.vault\n"
    with (
        office(tmp_path, config=config) as bench,
        pytest.raises(CustodyError, match="no roster is configured"),
    ):
        take_in(bench)
    with office(tmp_path, CUSTODY + "  roster_required: false\n", config=config, read=False) as bench:
        assert take_in(bench).in_force


def test_a_roster_that_was_never_read_gives_nobody_a_code(tmp_path: Path) -> None:
    """Before the first collect nothing is known of anybody."""
    with office(tmp_path, read=False) as bench:
        bench.snapshot(*ACCOUNTS)
        with pytest.raises(CustodyError, match="no roster has been read yet") as caught:
            take_in(bench)
        assert "auditor collect" in caught.value.remedy


def test_without_the_section_there_is_no_custody(tmp_path: Path) -> None:
    """Who may is written down, or nobody may."""
    with pytest.raises(ConfigError, match="custody"), office(tmp_path, ""):
        pass


def test_keepers_may_enroll_and_get_no_codes(tmp_path: Path) -> None:
    """Handing in seeds and using them can be two people's work."""
    custody = CUSTODY.replace("instagram:*", "youtube:*") + f"  keepers: [{DANA}]\n"
    with office(tmp_path, custody) as bench:
        assert take_in(bench, name="instagram:riversidekids").in_force
        with pytest.raises(CustodyError, match="may not have its codes"):
            give_code(bench.desk, bench.desk.account("instagram:riversidekids"), "curious")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"x:Riverside*"', "RiversideHealth", "platform:handle"),
        ('"x:Riverside*"', '"x:Riverside Health"', "platform:handle"),
        (f"people: [{SAM}]", "people: []", "at least 1"),
        (f": {DANA}}}", ": dana}", "should match"),
        ("readers:", "reader:", "no such key"),
    ],
)
def test_a_slip_in_the_section_is_an_error_with_its_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    """A pattern without a platform, nobody, no address, or a key misspelt: never silently no reader."""
    assert old in CUSTODY
    with pytest.raises(ConfigError, match=says) as caught, office(tmp_path, CUSTODY.replace(old, new)):
        pass
    assert caught.value.line is not None
