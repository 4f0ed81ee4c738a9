"""Findings' lives and waivers as a user meets them on the command line."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.app import run
from tests.cli.support_cli import DELEGATES, Bench, fill

OWNER, APPROVER = "sam.poe@riverside.example", "lee.ray@riverside.example"


def day(days: int) -> str:
    """Return the day so many days from now."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def leaver(bench: Bench, *more: str) -> dict[str, Any]:
    """Return the leaver's finding as the list has it."""
    listed = bench("findings", "list", "--rule", "former-staff-access", *more, "--format", "json").json
    found: dict[str, Any] = next(f for f in listed if f["person_id"] == "0007")
    return found


@pytest.fixture(scope="module")
def with_waivers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the small organisation, with a waivers file named, after one audit: to be copied, not used."""
    folder = tmp_path_factory.mktemp("waivers") / "org"
    fill(folder)
    config = folder / "auditor.yaml"
    policies = (
        "policies: {waivers: waivers.yaml, finding_owners: {'*': sam.poe@riverside.example}}\nreports: {"
    )
    config.write_text(config.read_text(encoding="utf-8").replace("reports: {", policies), encoding="utf-8")
    (folder / "waivers.yaml").write_text("# Ours.\n", encoding="utf-8")
    assert run(["audit", "--no-report", "--config", str(config)]) == 0
    return folder


@pytest.fixture
def audited(with_waivers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Bench:
    """Return a copy of it for one test."""
    return Bench(shutil.copytree(with_waivers, tmp_path / "org"), capsys)


def waive(bench: Bench, mark: str, **changes: str) -> Any:
    """Waive a finding from the command line."""
    said = {
        "kind": "accepted-risk", "reason": "Hands over until March", "control": "Her posts are approved",
        "owner": OWNER, "approver": APPROVER, "expires": day(60),
    } | changes  # fmt: skip
    options = [part for key, value in said.items() for part in (f"--{key}", value)]
    return bench("findings", "waive", mark[:12], *options)


def test_a_finding_lives_is_noted_assigned_waived_and_opened_again(audited: Bench) -> None:
    """From new with owner and last day, through a waiver beside the verdict, back to open; all of it is shown."""
    found = leaver(audited)
    mark, life = found["fingerprint"], found["life"]
    assert (life["state"], life["owner"], life["overdue"]) == ("new", OWNER, False)
    assert life["due_on"] >= day(-1)
    assert audited("findings", "note", mark[:8], "Asked the agency", "--by", "kim").code == 0
    assert audited("findings", "assign", mark[:8], "dana.cole@riverside.example", "--by", "kim").code == 0
    assert leaver(audited, "--owner", "Dana.Cole@riverside.example")["life"]["assigned"] is True
    assert audited("findings", "assign", mark[:8], "dana", "--by", "kim").code == 2

    done = waive(audited, mark)
    assert (done.code, "waived as accepted-risk" in done.out) == (0, True)
    shown = audited("findings", "show", mark[:8], "--format", "json").json
    assert (shown["verdict"], shown["life"]["state"]) == ("fail", "waived")
    assert [terms["approver"] for terms in shown["waiver_terms"]] == [APPROVER]
    kinds = [event["kind"] for event in shown["events"]]
    assert kinds == ["finding.new", "finding.noted", "finding.assigned"]
    assert "Asked the agency" in audited("findings", "show", mark[:8]).out
    assert leaver(audited, "--waived")["life"]["waiver"]["kind"] == "accepted-risk"
    assert waive(audited, mark).code == 2

    assert audited("findings", "unwaive", mark[:8]).code == 0
    assert leaver(audited, "--state", "new")["life"]["waiver"] is None
    events = audited("findings", "show", mark[:8], "--format", "json").json["events"]
    assert events[-1]["kind"] == "finding.reopened"
    assert (audited.folder / "waivers.yaml").read_text(encoding="utf-8").strip() == "# Ours."


def test_a_resolved_finding_is_listed_only_when_asked_for(audited: Bench) -> None:
    """Once the leaver's access is gone from the attested list the finding is resolved by that snapshot."""
    text = "".join(line for line in DELEGATES.splitlines(keepends=True) if "Bo Fox" not in line)
    (audited.folder / "delegates.csv").write_text(text, encoding="utf-8")
    mark = leaver(audited)["fingerprint"]
    done = audited("audit", "--no-report", "--format", "json").json
    marks = [f["fingerprint"] for f in audited("findings", "list", "--format", "json").json]
    assert mark not in marks
    life = leaver(audited, "--state", "resolved")["life"]
    assert (life["state"], life["resolved"]["snapshot"]) == ("resolved", done["snapshot"])


def test_a_source_that_fails_leaves_findings_open_as_unknown_since(audited: Bench) -> None:
    """An attested list that cannot be read resolves nothing; the finding stands, unknown since that look."""
    (audited.folder / "delegates.csv").write_text("nonsense\n", encoding="utf-8")
    done = audited("audit", "--no-report", "--format", "json").json
    life = leaver(audited)["life"]
    assert (life["state"], life["unknown_since"]["snapshot"]) == ("open", done["snapshot"])
    assert "unknown since" in audited("findings", "list", "--rule", "former-staff-access").out


def test_waivers_are_listed_checked_and_shown(audited: Bench) -> None:
    """The kinds are counted apart; what is amiss makes the check fail and says so with its line."""
    mark = leaver(audited)["fingerprint"]
    assert waive(audited, mark, kind="false-positive", control="").code == 0
    listed = audited("waivers", "list", "--format", "json").json
    assert listed["covered"] == {"accepted-risk": 0, "false-positive": 1, "not-applicable": 0}
    (waiver,) = listed["waivers"]
    assert (waiver["state"], waiver["covers"]) == ("in force", [mark])
    assert audited("waivers", "check").code == 0
    audited.edit(day(60), day(30), "waivers.yaml")
    assert audited("audit", "--snapshot", "latest", "--no-report").code == 0
    trail = audited("waivers", "show", waiver["id"][:10], "--format", "json").json["trail"]
    assert [terms["expires"] for terms in trail] == [day(60), day(30)]
    written = (audited.folder / "waivers.yaml").read_text(encoding="utf-8")
    subject = written.split('subject: "')[1].split('"')[0]
    for named, why in (
        ("x:RiversideHealth", "write the account's id, x:1001"),
        ("x:1001|no-such", "no open finding is about"),
    ):
        audited.edit(f'"{subject}"', f'"{named}"', "waivers.yaml")
        done = audited("waivers", "check")
        assert (done.code, "line 2" in done.out, why in done.out) == (1, True, True)
        subject = named
    audited.edit("false-positive", "false-postive", "waivers.yaml")
    wrong = audited("audit")
    assert (wrong.code, "waivers.yaml:4" in wrong.err, "'false-positive'" in wrong.err) == (1, True, True)


def test_an_approver_who_holds_the_access_or_is_a_stranger_waives_nothing(audited: Bench) -> None:
    """The command writes nothing that would not count; written by hand it is amiss, and the finding stays open."""
    mark = leaver(audited)["fingerprint"]
    for changes in (
        {"approver": "bo.fox@riverside.example"},
        {"approver": "who@elsewhere.example"},
        {"owner": APPROVER},
        {"expires": day(-2)},
    ):
        refused = waive(audited, mark, **changes)
        assert (refused.code, "would not count" in refused.err) == (2, True)
    assert (audited.folder / "waivers.yaml").read_text(encoding="utf-8") == "# Ours.\n"
    assert waive(audited, mark).code == 0
    audited.edit(APPROVER, "bo.fox@riverside.example", "waivers.yaml")
    assert "approver holds the access" in audited("waivers", "check").out
    audited.edit("bo.fox@riverside.example", "who@elsewhere.example", "waivers.yaml")
    assert "roster does not know its approver" in audited("waivers", "check").out
    (waiver,) = audited("waivers", "list", "--format", "json").json["waivers"]
    assert (waiver["state"], waiver["covers"]) == ("amiss", [])
