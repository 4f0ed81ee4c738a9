"""``auditor watch --once`` and ``auditor jobs`` as a user meets them."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from auditor.app.workspace import Workspace, utc_now
from auditor.demo.mailbox import Mailbox
from auditor.store import OutboxMessage
from tests.cli.support_cli import Bench


def with_mail(bench: Bench, url: str) -> None:
    """Set up mail, an owner and a metrics-free watch section."""
    owners = "platform,account,owner_email,tier\nx,RiversideHealth,dana.cole@riverside.example,1\n"
    (bench.folder / "owners.csv").write_text(owners)
    bench.edit(
        "reports: {formats: [html, csv, json]}",
        "accounts: {owners: owners.csv}\n"
        "reports: {formats: [html], recipients: [lee.ray@riverside.example],"
        f' mail: {{smtp: "{url}", sender: auditor@riverside.example}}}}',
    )


def recipients(folder: Path) -> list[str]:
    """Return to whom each mail went and what it is about."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("*.eml")]
    return sorted(str(mail["To"]) for mail in mails)


def test_once_runs_what_is_due_and_sends_what_waits(bench: Bench, tmp_path: Path) -> None:
    """A fresh install polls, audits and tells of the leaver; again, it only polls. The review is mailed to its
    recipients and to the account's owner; the history is the evidence.
    """
    with Mailbox(tmp_path / "mails") as mailbox:
        with_mail(bench, mailbox.url)
        bench.edit("roster:", "siem: [{file: siem.jsonl}]\nroster:")
        done = bench("watch", "--once")
        assert done.code == 0, done.err
        assert '"alert.raised"' in (bench.folder / "siem.jsonl").read_text(encoding="utf-8")
        states = {
            job["name"]: job["last_state"] for job in bench("jobs", "list", "--format", "json").json["jobs"]
        }
        assert states["audit"] == states["roster"] == states["deliver"] == "done"
        assert states["report"] is states["reminders"] is None
        alerted = len(recipients(tmp_path / "mails"))
        assert alerted >= 1
        assert bench("watch", "--once").code == 0
        assert len(bench("jobs", "history", "audit", "--format", "json").json) == 1
        assert len(recipients(tmp_path / "mails")) == alerted
        told = bench("jobs", "run", "report")
        assert told.code == 0, told.err
        mailed = recipients(tmp_path / "mails")
        assert len(mailed) == alerted + 2
        assert {"lee.ray@riverside.example", "dana.cole@riverside.example"} <= set(mailed)
    history = bench("jobs", "history", "report", "--format", "json").json
    assert [run["state"] for run in history] == ["done"]
    assert "mails: 2 sent" in history[-1]["outcome"]
    assert list((bench.folder / "reports-out").glob("review-*/access-review.html"))


def test_once_says_that_mail_waits(bench: Bench) -> None:
    """Nobody answers at the mail server: every job went well, the exit code is 6, the mail is kept."""
    with_mail(bench, "smtp://127.0.0.1:1")
    bench.edit("roster:", "watch: {audit: off}\nroster:")
    workspace = Workspace.open(bench.config)
    mail = OutboxMessage(
        message_id="<1@riverside.example>", key="one", kind="report", subject="Access review",
        recipients=("lee.ray@riverside.example",), raw=b"Subject: Access review\r\n\r\nx", created_at=utc_now(),
    )  # fmt: skip
    with workspace.store() as store:
        store.outbox.enqueue(mail)
    done = bench("watch", "--once")
    assert done.code == 6, done.err
    with workspace.store() as store:
        assert store.outbox.waiting() == 1
    assert "0 sent, 1 waiting" in bench("jobs", "history", "deliver").out


def test_a_failing_job_has_its_exit_code_and_the_others_run(bench: Bench) -> None:
    """A roster that is gone fails the audit, which is tried again later; the exit code is 5."""
    (bench.folder / "people.csv").unlink()
    done = bench("watch", "--once")
    assert done.code == 5
    jobs = {job["name"]: job for job in bench("jobs", "list", "--format", "json").json["jobs"]}
    assert jobs["audit"]["last_state"] == "waiting"
    assert "people.csv" in jobs["audit"]["last_outcome"]
    assert jobs["deliver"]["last_state"] == "done"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("jobs", "run", "rooster"), 2, "roster"),
        (("jobs", "history", "rooster"), 2, "roster"),
        (("jobs", "list"), 1, "no store"),
    ],
)
def test_wrong_names_and_an_empty_place(
    bench: Bench, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """What there is, is named; a store is not made by looking."""
    done = bench(*arguments)
    assert done.code == code
    assert words in done.err


def test_nothing_to_watch_is_wrong_usage(bench: Bench) -> None:
    """Every job off: said at once."""
    names = ("roster", "audit", "report", "reminders", "follow_up", "impersonators", "deliver", "siem")
    bench.edit("roster:", f"watch: {{{', '.join(f'{name}: off' for name in names)}}}\nroster:")
    done = bench("watch", "--once")
    assert done.code == 2
    assert "every job is off" in done.err


def test_health_without_a_daemon_is_not_well(bench: Bench) -> None:
    """No file, or an old one: exit 1, and what to do."""
    assert bench("jobs", "health").code == 1
    (bench.folder / "watch-health.json").write_text(
        '{"looked_at": "2026-01-01T00:00:00+00:00", "stale_at": "2026-01-01T00:01:00+00:00"}'
    )
    done = bench("jobs", "health", "--format", "json")
    assert done.code == 1
    assert done.json["state"] == "gone"


@pytest.mark.parametrize(
    ("said", "state", "code"),
    [
        ('"pid": 1', "well", 0),
        ('"trouble": "the database is away"', "troubled", 1),
        ('"jobs": {"audit": {"failing_since": "2026-01-01"}}', "failing", 1),
        ('"stopping": true', "stopping", 1),
    ],
)
def test_health_is_read_from_the_file_alone(bench: Bench, said: str, state: str, code: int) -> None:
    """The state in a word, and the exit code a container's health check wants."""
    (bench.folder / "watch-health.json").write_text(
        f'{{"looked_at": "2026-01-01T00:00:00+00:00", "stale_at": "2999-01-01T00:00:00+00:00", {said}}}'
    )
    done = bench("jobs", "health", "--format", "json")
    assert (done.json["state"], done.code) == (state, code)
