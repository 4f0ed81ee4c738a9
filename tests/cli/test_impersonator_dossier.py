"""The dossier as a person at the terminal asks for it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.cli.support_cli import Bench


def test_a_dossier_is_written_where_it_is_asked_for(bench: Bench) -> None:
    """PDF and zip stand in the folder, the zip's hash is told, and so is what is missing; the approval is kept."""
    account = {
        "platform": "x",
        "id": "11",
        "handle": "RiversideHea1th",
        "name": "Riverside He\u0430lth\u202e",
    }
    (bench.folder / "list.jsonl").write_text(json.dumps(account), encoding="utf-8")
    text = bench.config.read_text(encoding="utf-8")
    bench.config.write_text(
        text + "\nimpersonators:\n  sources: [{id: list, source: file, path: list.jsonl}]\n", encoding="utf-8"
    )
    assert bench("collect").code == 0
    assert bench("impersonators", "scan").code == 0
    case = bench("impersonators", "list", "--format", "json").json[0]["case"]
    out = str(bench.folder / "takedown")
    done = bench("impersonators", "dossier", case[:6], "--out", out, "--approved-by", "Dana Cole", "--by", "kim",
                 "--format", "json")  # fmt: skip
    assert done.code == 0, done.err
    assert hashlib.sha256(Path(done.json["zip"]).read_bytes()).hexdigest() == done.json["zip_sha256"]
    assert Path(done.json["pdf"]).read_bytes().startswith(b"%PDF")
    assert any("tells of no picture" in gap for gap in done.json["missing"])
    told = bench("impersonators", "dossier", case, "--out", out, "--no-fetch")
    assert told.code == 0
    assert "Missing: The account's picture" in told.err
    timeline = bench("impersonators", "show", case, "--format", "json").json["timeline"]
    assert any(one["message"] == "Approved for reporting by Dana Cole." for one in timeline)


def test_no_such_case_is_told_in_one_sentence(bench: Bench) -> None:
    """Exit code 2, and how to find the ids."""
    assert bench("collect").code == 0
    done = bench("impersonators", "dossier", "ffff")
    assert (done.code, "auditor impersonators list" in done.err) == (2, True)
