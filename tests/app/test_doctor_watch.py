"""What doctor says of waivers, SIEM sinks and custody; its checks of impersonator sources stand beside those of the sources."""

from __future__ import annotations

from pathlib import Path

from auditor.app.doctor import checks
from connectors.base import Check, CheckState
from tests.app.support_custody import ACCOUNTS, CUSTODY, office

SIEM = """\
siem:
  - {file: events.jsonl}
  - {file: later/new.jsonl}
  - {name: far, syslog: "tcp://127.0.0.1:9"}
"""
WAIVER = """\
- rule: mfa-enforced
  subject: "x:1001"
  kind: not-applicable
  reason: The platform knows no such rule
  owner: sam.poe@riverside.example
  approver: lee.ray@riverside.example
  expires: 2027-01-31
"""


def _told(made: list[Check], subject: str) -> list[tuple[str, CheckState]]:
    return [(one.message, one.state) for one in made if one.subject.startswith(subject)]


def test_waivers_sinks_and_custody_are_looked_at(tmp_path: Path) -> None:
    """A waivers file is read, and told of where it is lost. A file that can be written is good, a receiver that is down is not; accounts without a seed are named.

    A file that is not there yet stays so: doctor may be run by another user than the daemon.
    """
    (tmp_path / "events.jsonl").touch(mode=0o600)
    (tmp_path / "waivers.yaml").write_text(WAIVER, encoding="utf-8")
    with office(tmp_path, CUSTODY + SIEM + "policies: {waivers: waivers.yaml}\n") as desk:
        found = list(checks(desk.desk.workspace))
        (tmp_path / "waivers.yaml").unlink()
        ((unread, lost),) = _told(list(checks(desk.desk.workspace)), "policies.waivers")
    assert _told(found, "policies.waivers") == [("waivers.yaml: 1 waiver.", CheckState.GOOD)]
    assert ("cannot be read" in unread, lost) == (True, CheckState.BAD)
    assert _told(found, "siem: events.jsonl") == [("can be reached.", CheckState.GOOD)]
    assert _told(found, "siem: later/new.jsonl") == [("will be made with the first event.", CheckState.GOOD)]
    assert not (tmp_path / "later").exists()
    ((_message, down),) = _told(found, "siem: far")
    assert down is CheckState.BAD
    (without, kept) = _told(found, "custody")
    assert without[1] is CheckState.WARNING
    assert "has no seed of" in without[0]
    assert kept == ("keeps 0 seeds.", CheckState.GOOD)
    assert all(one.remedy for one in found if one.state is not CheckState.GOOD)


def test_custody_that_gives_nobody_a_code_is_said(tmp_path: Path) -> None:
    """Without a roster nobody is known to work here; whose user this is may be unknown too."""
    config = "organization: {name: Riverside Health}\nstore: sqlite:///auditor.db\nvault: auditor.vault\n"
    with office(tmp_path, "custody:\n  readers: []\n", config=config) as desk:
        told = _told(list(checks(desk.desk.workspace)), "custody")
    assert [state for _message, state in told][:2] == [CheckState.BAD, CheckState.WARNING]
    assert "no roster" in told[0][0]
    assert "whose user" in told[1][0]


def test_an_account_of_the_owners_table_is_unknown_only_once_accounts_were_gathered(tmp_path: Path) -> None:
    """Before, doctor says that nothing was gathered; afterwards it names the row that fits no account."""
    (tmp_path / "owners.csv").write_text(
        "platform,account,owner_email\nx,RiversideHealth,a@riverside.example\nx,Rivresidehealth,a@riverside.example\n",
        encoding="utf-8",
    )
    owners = "accounts: {owners: owners.csv}\n"
    with office(tmp_path, CUSTODY + owners, read=False) as desk:
        before = _told(list(checks(desk.desk.workspace)), "accounts.owners")
        desk.snapshot(*ACCOUNTS)
        after = _told(list(checks(desk.desk.workspace)), "accounts.owners")
    assert before == [("owners.csv: 2 usable rows. Its accounts are not gathered yet.", CheckState.GOOD)]
    (unknown, state), good = after
    assert (state, "Rivresidehealth" in unknown) == (CheckState.WARNING, True)
    assert good == ("owners.csv: 2 usable rows.", CheckState.GOOD)
