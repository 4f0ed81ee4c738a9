"""``auditor alerts`` as a user meets it: from a roster edit to the mail, then who sees to it."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

from auditor.demo.mailbox import Mailbox
from tests.cli.support_cli import ROSTER, Bench


def test_a_leaver_is_told_acknowledged_and_shown(bench: Bench, tmp_path: Path) -> None:
    """After somebody left, the next look mails the account's owner and the recipients, each once."""
    folder = tmp_path / "mail"
    (bench.folder / "owners.csv").write_text(
        "platform,account,owner_email,tier\nx,RiversideHealth,sam.poe@riverside.example,1\n", encoding="utf-8"
    )
    with Mailbox(folder) as mailbox:
        bench.edit(
            "reports: {formats: [html, csv, json]}",
            "accounts: {owners: owners.csv}\nreports: {formats: [html], recipients: [lee.ray@riverside.example],"
            f" mail: {{smtp: '{mailbox.url}', sender: auditor@riverside.example}}}}",
        )
        (bench.folder / "people.csv").write_text(
            ROSTER.replace("Terminated,2026-10-31", "Active,"), encoding="utf-8"
        )
        first = bench("audit", "--no-report")
        assert (first.code, "alerts waiting to be sent" in first.err) == (0, True)
        assert bench("alerts", "send").code == 0
        before = len(list(folder.iterdir()))
        (bench.folder / "people.csv").write_text(ROSTER, encoding="utf-8")
        done = bench("audit", "--no-report", "--send")
        assert (done.code, "4 sent, 0 waiting, 0 given up" in done.err) == (0, True)
        assert bench("alerts", "send", "--format", "json").json["sent"] == 0
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(folder.iterdir())[before:]
    ]
    told = {(str(mail["To"]), str(mail["Subject"])[:7]) for mail in mails}
    assert {("lee.ray@riverside.example", "Bo Fox "), ("sam.poe@riverside.example", "Bo Fox ")} <= told
    assert len({mail["Message-ID"] for mail in mails}) == 4

    raised = bench("alerts", "list", "--format", "json").json["alerts"]
    (alert,) = [one for one in raised if one["topic"] == "person 0007"]
    listed = bench("alerts", "list")
    assert alert["id"] in listed.out
    assert "Bo Fox left on 31 Oct 2026" in listed.out
    done = bench("alerts", "ack", alert["id"][:6], "--note", "removed", "--by", "lee.ray")
    assert (done.code, "acknowledged by lee.ray" in done.out) == (0, True)
    assert "needs no acknowledgement any more" in bench("alerts", "ack", alert["id"], "--by", "dana").out
    shown = bench("alerts", "show", alert["id"][:6], "--format", "json").json
    assert (shown["state"], shown["acknowledged_by"], shown["note"]) == ("acknowledged", "lee.ray", "removed")
    assert {(one["to"], one["state"]) for one in shown["deliveries"]} == {
        ("lee.ray@riverside.example", "sent"),
        ("sam.poe@riverside.example", "sent"),
    }
    assert alert["id"] not in bench("alerts", "list").out
    assert bench("alerts", "show", "ffff").code == 2
    assert "removed" in bench("alerts", "show", alert["id"]).out


def test_without_mail_alerts_are_listed_all_the_same(bench: Bench) -> None:
    """Where nothing is said of how to tell anybody nothing fails, and the routes can still be tried."""
    bench.edit("organization:", "alerts: {routes: [{to: [recipients]}]}\norganization:")
    assert "waiting" not in bench("audit", "--no-report").err
    sent = bench("alerts", "send", "--format", "json").json
    assert (sent["sent"], sent["failed"]) == (0, [])
    (alert,) = bench("alerts", "list", "--format", "json").json["alerts"]
    shown = bench("alerts", "show", alert["id"], "--format", "json").json
    assert {one["state"] for one in shown["deliveries"]} <= {"nobody"}
