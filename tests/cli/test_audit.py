"""``auditor audit`` as a user meets it: what it prints, how it exits, what bad input does."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import jsonschema
import pytest

from tests.cli.support_cli import ROSTER, Bench

AUDIT_SCHEMA = {
    "type": "object",
    "required": ["snapshot", "started_at", "finished_at", "coverage", "counts", "findings"],
    "properties": {
        "coverage": {
            "type": "object",
            "required": ["verified", "attested", "unknown"],
            "additionalProperties": {"type": "number", "minimum": 0, "maximum": 100},
        },
        "counts": {
            "type": "object",
            "required": ["critical", "high", "medium", "low", "info"],
            "additionalProperties": {
                "type": "object",
                "required": ["fail", "unknown"],
                "additionalProperties": {"type": "integer"},
            },
        },
        "findings": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": [
                    "fingerprint", "rule", "severity", "verdict", "subject", "platform", "account_id",
                    "principal_id", "person_id", "message", "remediation", "references",
                ],
                "properties": {
                    "verdict": {"enum": ["fail", "unknown"]},
                    "subject": {"type": "object", "required": ["type", "id"]},
                    "references": {"type": "object"},
                },
            },
        },
    },
}  # fmt: skip


def test_a_leaver_with_access_is_found_and_told_as_json(bench: Bench) -> None:
    """The documented JSON stands alone on standard output and names the leaver."""
    done = bench("audit", "--format", "json")
    assert done.code == 0
    jsonschema.validate(done.json, AUDIT_SCHEMA)
    told = [f for f in done.json["findings"] if f["rule"] == "former-staff-access" and f["verdict"] == "fail"]
    assert [f["person_id"] for f in told] == ["0007"]
    assert "Bo Fox left on 31 Oct 2026" in told[0]["message"]
    assert abs(sum(done.json["coverage"].values()) - 100) < 0.3
    counted = sum(counts["fail"] for counts in done.json["counts"].values())
    assert counted == sum(f["verdict"] == "fail" for f in done.json["findings"])


def test_exit_codes_say_what_was_found_and_what_is_missing(audited: Bench) -> None:
    """3 for findings at the severity asked for, 4 for missing evidence, 3 before 4, else 0."""
    assert audited("audit", "--snapshot", "latest", "--fail-on", "high").code == 3
    assert audited("audit", "--snapshot", "latest", "--fail-on-unknown").code == 4
    assert audited("audit", "--snapshot", "latest", "--fail-on", "high", "--fail-on-unknown").code == 3
    assert audited("audit", "--no-such-option").code == 2
    assert audited("audit", "--fail-on", "terrible").code == 2


def test_the_terminal_says_what_to_do_first(bench: Bench) -> None:
    """The summary opens with the action, then how much is known, then the counts and the report."""
    done = bench("audit")
    assert "Bo Fox left on 31 Oct 2026" in done.out
    assert "How much is known:" in done.out
    assert "access-review.html" in done.out
    assert {"access-review.html", "access-review.json", "findings.csv"} <= {
        path.name for path in (bench.folder / "reports-out").iterdir()
    }


def test_judging_a_snapshot_again_gives_the_same_findings(bench: Bench) -> None:
    """An old snapshot is judged as of its own end, so a second judgement changes nothing."""
    first = bench("audit", "--format", "json").json
    again = bench("audit", "--snapshot", first["snapshot"][:12], "--format", "json").json
    assert again["snapshot"] == first["snapshot"]
    assert again["findings"] == first["findings"]


def test_a_shrunken_roster_stops_the_run_until_it_is_accepted(audited: Bench) -> None:
    """A truncated export raises no false leavers: exit 1, nothing stored; --accept-roster goes on."""
    (audited.folder / "people.csv").write_text(
        "".join(ROSTER.splitlines(keepends=True)[:4]), encoding="utf-8"
    )
    done = audited("audit")
    assert done.code == 1
    assert "--accept-roster" in done.err
    assert len(audited("snapshots", "--format", "json").json) == 1
    assert audited("audit", "--accept-roster").code == 0


@pytest.mark.parametrize(
    ("roster", "words"),
    [
        ("Employee ID,Full Name,Work Email,Status\n", "people.csv"),
        ("Employee ID,Full Name,Status\n1,A B,Active\n", "e-mail"),
        (
            "Employee ID,Work Email,Status,Termination Date\n1,a@x.example,Terminated,03/04/2026\n",
            "date_format",
        ),
    ],
)
def test_a_roster_that_cannot_be_trusted_stops_the_run(bench: Bench, roster: str, words: str) -> None:
    """No people, no e-mail column or an undecidable date: one sentence, exit 1, no snapshot."""
    (bench.folder / "people.csv").write_text(roster, encoding="utf-8")
    done = bench("audit")
    assert done.code == 1
    assert words in done.err
    assert "Traceback" not in done.err
    assert bench("snapshots", "--format", "json").json == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("reports:", "report:", "Did you mean 'reports'?"),
        ("connector: x-archive", "connector: x-archiv", "x-archive"),
        ("path: exports/", "path: exports/, max_age: 3", "max_age"),
        ("path: exports/", "path: exports/, max_age_days: soon", "max_age_days"),
        ("formats: [html, csv, json]", "formats: [html, pdfx]", "pdfx"),
        ("timezone: America/Chicago", "timezone: Mars/Olympus", "time zone"),
    ],
)
def test_a_wrong_configuration_is_one_sentence_with_its_place(
    bench: Bench, old: str, new: str, words: str
) -> None:
    """Typos and wrong types end with exit 1 or 2 and name the file's place or the word."""
    bench.edit(old, new)
    done = bench("audit")
    assert done.code in (1, 2)
    assert words in done.err
    assert "Traceback" not in done.err


def test_an_audit_without_any_connection_is_an_error_never_green(bench: Bench) -> None:
    """Nothing to read is not a clean result."""
    text = bench.config.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("  - ")]
    bench.config.write_text(
        "\n".join(lines).replace("connections:", "connections: []") + "\n", encoding="utf-8"
    )
    done = bench("audit")
    assert done.code == 1
    assert "no connection" in done.err


def test_a_broken_archive_leaves_the_other_sources_and_shows_as_unknown(bench: Bench) -> None:
    """A truncated zip fails its connection only; the account it held is unknown, not clean."""
    first = bench("audit", "--format", "json").json
    path = bench.folder / "exports" / "x.zip"
    path.write_bytes(path.read_bytes()[:200])
    second = bench("audit", "--format", "json").json
    states = {run["id"]: run["state"] for run in second["connections"]}
    assert states["x-archive"] == "failed"
    assert states["delegates"] != "failed"
    changes = bench("diff", first["snapshot"], second["snapshot"], "--format", "json").json["changes"]
    assert [row for row in changes if row["change"] == "removed"] == []
    apps = [row for row in changes if row["table"] == "apps"]
    assert [row["change"] for row in apps] == ["not_read"]
    app_rules = {f["verdict"] for f in second["findings"] if f["rule"] == "app-messages-covered"}
    assert app_rules == {"unknown"}


def test_a_source_that_fails_again_and_again_stays_missing(audited: Bench) -> None:
    """However many runs a source has failed, what it alone had shown is unknown, and no fail of it is forgotten."""
    path = audited.folder / "exports" / "x.zip"
    path.write_bytes(path.read_bytes()[:200])
    runs = [audited("audit", "--format", "json").json for _ in range(3)]
    unknown = [
        {(f["rule"], f["subject"]["id"]) for f in run["findings"] if f["verdict"] == "unknown"}
        for run in runs
    ]
    assert unknown[0] == unknown[1] == unknown[2]
    assert runs[0]["coverage"] == runs[2]["coverage"]
    report = json.loads((audited.folder / "reports-out" / "access-review.json").read_text(encoding="utf-8"))
    assert report["trend"]["resolved"] == 0
    assert report["trend"]["unreadable"] > 0


def test_an_archive_with_a_path_out_of_it_is_refused(bench: Bench) -> None:
    """A zip with ../ names is refused whole and nothing is written beside it."""
    with zipfile.ZipFile(bench.folder / "exports" / "x.zip", "a") as archive:
        archive.writestr("../../escaped.js", "x")
    done = bench("audit", "--format", "json")
    run = next(run for run in done.json["connections"] if run["id"] == "x-archive")
    assert run["state"] == "failed"
    assert list(bench.folder.parent.rglob("escaped*")) == []


def test_a_second_organisation_may_not_use_the_store(audited: Bench) -> None:
    """Two configurations on one store are told apart before anything is mixed."""
    audited.edit("name: Riverside Health", "name: Lakeside Health")
    done = audited("audit")
    assert done.code == 1
    assert "Riverside Health" in done.err


def test_a_store_that_is_no_database_is_told_and_kept(bench: Bench) -> None:
    """A corrupt store ends with one sentence; its bytes stay as they are."""
    path = bench.folder / "auditor.db"
    path.write_bytes(b"this is not a database, whatever its name says" * 40)
    before = path.read_bytes()
    done = bench("audit")
    assert done.code == 1
    assert "auditor.db" in done.err
    assert path.read_bytes() == before


def test_reading_commands_make_no_store(bench: Bench) -> None:
    """Asking for findings before any audit says so and leaves no empty store behind."""
    done = bench("findings", "list")
    assert done.code == 1
    assert not (bench.folder / "auditor.db").exists()


def test_a_killed_run_leaves_no_snapshot_and_the_next_one_says_so(bench: Bench) -> None:
    """Kill -9 in the middle: no half snapshot is visible, and the next run works."""
    slow = bench.folder / "slow.py"
    slow.write_text(
        "import sys, time\n"
        "from connectors.table import TableConnector\n"
        "collect = TableConnector.collect\n"
        "def slowly(self, settings, context):\n"
        "    yield from collect(self, settings, context)\n"
        "    print('reading', flush=True)\n"
        "    time.sleep(60)\n"
        "TableConnector.collect = slowly\n"
        "from auditor.cli.app import main\n"
        f"main(['collect', '--config', {str(bench.config)!r}])\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, str(slow)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"reading\n"
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=120)
    process.stdout.close()
    assert bench("snapshots", "--format", "json").json == []
    done = bench("audit", "--format", "json")
    assert done.code == 0
    assert "had not finished" in done.err
    with sqlite3.connect(bench.folder / "auditor.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_ctrl_c_ends_cleanly(bench: Bench) -> None:
    """An interrupt during collection exits 130 with one line, and keeps nothing."""
    script = (
        # A shell that starts the tests in the background has them ignore interrupts.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from connectors.table import TableConnector\n"
        "def forever(self, settings, context):\n"
        "    print('reading', flush=True)\n"
        "    while True:\n"
        "        context.sleep(0.05)\n"
        "        yield from ()\n"
        "TableConnector.collect = forever\n"
        "from auditor.cli.app import main\n"
        f"main(['audit', '--config', {str(bench.config)!r}])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"reading\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert bench("snapshots", "--format", "json").json == []


def test_no_secret_reaches_output_store_or_report(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that turns up in a failure is masked in what is said, stored and reported."""
    token = "tok-SECRET-0123456789"
    monkeypatch.setenv("X_TOKEN", token)
    bench.edit(
        "roster:",
        "  - {id: x-live, connector: x, accounts: [RiversideHealth], bearer_token: env:X_TOKEN,"
        ' base_url: "http://127.0.0.1:9"}\nroster:',
    )
    done = bench("audit", "--format", "json")
    assert {run["id"]: run["state"] for run in done.json["connections"]}["x-live"] == "failed"
    assert token not in done.out + done.err
    for path in bench.folder.rglob("*"):
        if path.is_file():
            assert token.encode() not in path.read_bytes(), path


def test_the_written_json_matches_its_schema(audited: Bench) -> None:
    """The report's JSON is valid against the schema that ships with the program."""
    import reports

    schema_path = Path(reports.__file__).parent / "schema" / "access-review.schema.json"
    jsonschema.validate(
        json.loads((audited.folder / "reports-out" / "access-review.json").read_text(encoding="utf-8")),
        json.loads(schema_path.read_text(encoding="utf-8")),
    )
