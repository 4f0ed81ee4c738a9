"""Cases of impersonation as a person at the terminal meets them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.support_cli import Bench

ACCOUNTS: list[dict[str, Any]] = [
    {"platform": "x", "id": "11", "handle": "RiversideHea1th", "name": "Riverside He\u0430lth\u202e", "url": "https://x.example/11"},
    {"platform": "x", "id": "12", "handle": "RiversideHealthUSA", "name": "Riverside Health"},
    {"platform": "x", "id": "13", "handle": "ann_lee", "name": "Ann Lee"},
]  # fmt: skip


@pytest.fixture
def scanned(bench: Bench) -> Bench:
    """Return the small organisation with its snapshot, a list, and its first scan done."""
    (bench.folder / "list.jsonl").write_text(
        "".join(json.dumps(one) + "\n" for one in ACCOUNTS), encoding="utf-8"
    )
    text = bench.config.read_text(encoding="utf-8")
    bench.config.write_text(
        text + "\nimpersonators:\n  sources: [{id: list, source: file, path: list.jsonl}]\n",
        encoding="utf-8",
    )
    assert bench("collect").code == 0
    done = bench("impersonators", "scan")
    assert done.code == 0, done.err
    return bench


def test_a_scan_tells_what_it_found_and_what_not(scanned: Bench) -> None:
    """The counts go to standard error, the cases to standard output, hidden characters made visible."""
    again = scanned("impersonators", "scan")
    assert "3 accounts compared" in again.err
    assert "0 new cases" in again.err
    assert "RiversideHea1th" in again.out
    assert "\u202e" not in again.out
    told = scanned("impersonators", "scan", "--format", "json").json
    assert [one["account"]["id"] for one in told["cases"]] == ["11", "12"]
    assert told["scan"]["sources"][0]["state"] == "complete"
    assert "whether a known account is gone" in told["scan"]["sources"][0]["blind_to"]


def test_a_case_is_shown_dismissed_and_found_again(scanned: Bench) -> None:
    """By the beginning of its id; dismissed it leaves the list and stays in --all with its reason."""
    (first, _second) = scanned("impersonators", "list", "--format", "json").json
    case = first["case"]
    shown = scanned("impersonators", "show", case[:7])
    assert "U+0430" in shown.out
    assert "found" in shown.out
    assert scanned("impersonators", "watch", case[:7], "--note", "asked the agency", "--by", "kim").code == 0
    assert scanned("impersonators", "reported", case[:7], "--reference", "0412", "--by", "lee").code == 0
    done = scanned(
        "impersonators", "dismiss", case[:7], "--reason", "ours after all", "--days", "30", "--by", "lee"
    )
    assert (done.code, "is dismissed until" in done.out) == (0, True)
    assert case not in [one["case"] for one in scanned("impersonators", "list", "--format", "json").json]
    whole = scanned("impersonators", "show", case, "--format", "json").json
    assert (whole["state"], whole["reason"], whole["reference"]) == ("dismissed", "ours after all", "0412")
    assert [(one["step"], one["by" if "by" in one else "actor"]) for one in whole["timeline"]] == [
        ("found", ""), ("watched", "kim"), ("reported", "lee"), ("dismissed", "lee"),
    ]  # fmt: skip
    assert case in [one["case"] for one in scanned("impersonators", "list", "--all", "--format", "json").json]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "zzzz"), "there is no case"),
        (("dismiss", "zzzz", "--reason", "x"), "write either --until or --days"),
        (("dismiss", "zzzz", "--reason", "x", "--until", "soon"), "is no day"),
        (("scan", "--allowed", "a.csv"), "go with --brands"),
        (("scan", "--brands", "b.csv"), "--brands needs --candidates"),
    ],
)
def test_wrong_use_is_told_with_what_to_do(scanned: Bench, arguments: tuple[str, ...], message: str) -> None:
    """One sentence and a remedy, exit 2; nothing is changed."""
    done = scanned("impersonators", *arguments)
    assert done.code == 2
    assert message in done.err


def test_nowhere_to_look_is_an_error(bench: Bench) -> None:
    """Without a source and without a list there is no scan that finds nothing."""
    assert bench("collect").code == 0
    done = bench("impersonators", "scan")
    assert (done.code, "nowhere to look" in done.err) == (2, True)
    missing = bench("impersonators", "scan", "--candidates", "nowhere.csv")
    assert (missing.code, "there is no such file" in missing.err) == (1, True)
    (bench.folder / "other.jsonl").write_text(json.dumps(ACCOUNTS[0]) + "\n", encoding="utf-8")
    found = bench(
        "impersonators", "scan", "--candidates", str(bench.folder / "other.jsonl"), "--format", "json"
    )
    assert [one["account"]["id"] for one in found.json["cases"]] == ["11"]


def test_the_daemons_job_scans(scanned: Bench) -> None:
    """Run by hand it says what it came to, as its history does."""
    done = scanned("jobs", "run", "impersonators")
    assert done.code == 0, done.err
    assert "accounts compared" in done.out + done.err


def test_the_report_has_the_cases(scanned: Bench) -> None:
    """An audit's report lists them beside ours."""
    assert scanned("audit").code == 0
    written = json.loads((scanned.folder / "reports-out" / "access-review.json").read_text(encoding="utf-8"))
    assert [one["native_id"] for one in written["impersonator_cases"]] == ["11", "12"]


def test_a_list_of_nobody_is_an_error(scanned: Bench) -> None:
    """Exit code 1 with the list and the mend, after the cases, which stay as they are; JSON is whole."""
    (scanned.folder / "list.jsonl").write_text("", encoding="utf-8")
    done = scanned("impersonators", "scan", "--format", "json")
    assert done.code == 1
    assert [one["account"]["id"] for one in done.json["cases"]] == ["11", "12"]
    assert done.json["scan"]["sources"][0]["state"] == "empty"
    for words in ("nothing was looked at", "list.jsonl", "not the same as nobody posing as you"):
        assert words in done.err
    assert scanned("jobs", "run", "impersonators").code == 5
    written = scanned("audit")
    assert written.code == 0, written.err
    page = (scanned.folder / "reports-out" / "access-review.html").read_text(encoding="utf-8")
    assert "had nothing to look at" in page


def test_evidence_is_removed_where_it_is_asked_for(scanned: Bench) -> None:
    """Only of a closed case, with a reason and a yes; what is left says so."""
    case = scanned("impersonators", "list", "--format", "json").json[0]["case"]
    opened = scanned("impersonators", "forget", case, "--reason", "over", "--yes")
    assert (opened.code, "is open" in opened.err) == (2, True)
    scanned("impersonators", "dismiss", case, "--reason", "a namesake", "--days", "30")
    unsure = scanned("impersonators", "forget", case[:7], "--reason", "retention is over")
    assert (unsure.code, "nothing was removed" in unsure.err) == (2, True)
    done = scanned(
        "impersonators", "forget", case[:7], "--reason", "retention is over", "--yes", "--by", "kim"
    )
    assert done.code == 0, done.err
    assert f"Removed 1 raw record of case {case}" in done.out
    assert (
        "There is no evidence to remove"
        in scanned("impersonators", "forget", case, "--reason", "again", "--yes").out
    )
    told = scanned("impersonators", "show", case, "--format", "json").json["timeline"][-1]
    assert (told["step"], told["actor"]) == ("forgotten", "kim")
