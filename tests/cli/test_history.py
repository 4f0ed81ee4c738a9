"""Looking back: drift, who could act then, back-tests and exposure, from the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from auditor.cli.app import run
from reports.json_file import schema
from tests.cli.support_cli import Bench, fill


@pytest.fixture(scope="module")
def audited_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the small organisation after two audits: between them, Dana's access went and Sam's came."""
    folder = tmp_path_factory.mktemp("history") / "org"
    fill(folder)
    arguments = ["audit", "--no-report", "--config", str(folder / "auditor.yaml")]
    assert run(arguments) == 0
    delegates = folder / "delegates.csv"
    text = delegates.read_text(encoding="utf-8")
    text = text.replace("Dana Cole,dana.cole@", "Sam Poe,sam.poe@")
    delegates.write_text(text, encoding="utf-8")
    assert run(arguments) == 0
    return folder


@pytest.fixture
def changed(audited_twice: Path, capsys: pytest.CaptureFixture[str]) -> Bench:
    """Return the commands over it; none of them changes anything."""
    return Bench(audited_twice, capsys)


def test_drift_lists_what_the_newest_audit_found_changed(changed: Bench) -> None:
    """Each change is one event with before, after and both snapshots; severity and date narrow the list."""
    found = changed("drift", "--format", "json").json
    assert {(event["kind"], event["person_id"]) for event in found} == {
        ("drift.grant-added", "0009"),
        ("drift.grant-removed", "0008"),
    }
    assert all(event["before_snapshot"] < event["snapshot"] for event in found)
    assert "Sam Poe was given admin access" in changed("drift", "--severity", "high").out
    assert "Dana" not in changed("drift", "--severity", "high").out
    today = datetime.now(UTC).date()
    assert len(changed("drift", "--since", str(today - timedelta(days=2)), "--format", "json").json) == 2
    assert changed("drift", "--since", "latest", "--format", "json").json == []
    assert "No change" in changed("drift", "--since", "latest").out


def test_who_answers_for_a_moment(changed: Bench) -> None:
    """A statement covers its time until it is corrected; a moment before every reading is unknown."""
    moment = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%MZ")
    then = changed("who", "@RiversideHealth", "--at", moment, "--format", "json").json
    could = {holder["person"]: (holder["could_act"], holder["basis"]) for holder in then["holders"]}
    assert could["Sam Poe"] == ("yes", "attested")
    assert "Dana Cole" not in could
    assert then["read"]["grants"]["before"]["snapshot"]
    table = changed("who", "@RiversideHealth", "--at", "2020-01-01T10:00").out
    assert "not read before" in table
    assert "before the first whole reading" in table
    for arguments in (
        ("--at", "2020-01-01"),
        ("--at", "2099-01-01T00:00Z"),
        ("--at", moment, "--snapshot", "x"),
    ):
        assert changed("who", "@RiversideHealth", *arguments).code == 2


def test_a_rule_is_tried_on_the_snapshots_kept(changed: Bench) -> None:
    """The built-in pack's rule finds the leaver in both snapshots; a broken file is told with its line."""
    found = changed("rules", "backtest", "hipaa-social", "--format", "json").json
    leavers = [rule for one in found for rule in one["rules"] if rule["rule"] == "former-staff-access"]
    assert [rule["failed"] for rule in leavers] == [1, 1]
    assert leavers[1]["since_snapshot_before"] == {"new": 0, "gone": 0, "unreadable": 0}
    table = changed("rules", "backtest", "hipaa-social", "--snapshots", "1")
    assert "Bo Fox left on" in table.out
    assert "Judging snapshot 1 of 1" in table.err
    broken = changed.folder / "broken.yaml"
    broken.write_text("pack: {id: house\n", encoding="utf-8")
    done = changed("rules", "backtest", str(broken))
    assert (done.code, "broken.yaml:" in done.err) == (1, True)
    assert changed("rules", "backtest", "hipaa-social", "--snapshots", "-1").code == 2


def test_the_exposure_clock_runs_for_the_leaver(changed: Bench) -> None:
    """Bo left weeks ago and is still there: over the limit, in the shape of the report's schema."""
    found = changed("exposure", "--format", "json").json
    (clock,) = found["clocks"]
    assert (clock["person"], clock["state"], clock["verdict"], clock["basis"]) == (
        "Bo Fox", "running", "fail", "attested",
    )  # fmt: skip
    assert clock["departure"]["left_on"] == "2026-10-31"
    shape = schema()
    jsonschema.validate(clock, {"$ref": "#/$defs/exposure_clock", "$defs": shape["$defs"]})
    head = {name: value for name, value in found.items() if name != "clocks"}
    jsonschema.validate(head, {"$ref": "#/$defs/exposure", "$defs": shape["$defs"]})
    assert "Still open" in changed("exposure", "--over", "--person", "bo fox").out
    assert "Still open" in changed("exposure", "--person", "bo.fox@riverside.example").out
    assert "No access of anybody" in changed("exposure", "--person", "dana.cole@riverside.example").out
    slip = changed("exposure", "--person", "bo fux")
    assert (slip.code, "nobody in the roster" in slip.err) == (2, True)
