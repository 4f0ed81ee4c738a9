"""``auditor impersonators scan``: any list of accounts, with no configuration, store or network."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from auditor.cli.app import run

BRANDS = (
    "handle,name,legal_name,domain\nRiversideHealth,Riverside Health,,https://www.riversidehealth.example/\n"
)
ACCOUNTS: list[dict[str, Any]] = [
    {"id": "11", "platform": "x", "handle": "@RiversideHeaIth", "name": "Riverside Health", "followers": 3},
    {"id": "12", "platform": "x", "handle": "xq81", "name": "R\u0456verside Health", "bio": "DM t.me/riv"},
    {"id": "13", "platform": "x", "handle": "RiversideHealthUK", "name": "Riverside Health", "url": "https://riversidehealth.example"},
    {"id": "14", "platform": "x", "handle": "ann_lee", "name": "Ann Lee", "created_at": "2026-10-30T10:00:00Z"},
    {"id": "15", "platform": "x", "handle": "RiversideFans", "name": "Riverside Health Fans", "created_at": "2026-10-30"},
]  # fmt: skip


class Lists:
    """A folder with brands and accounts, and scans of them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.brands = self.write("brands.csv", BRANDS)
        self._capsys = capsys

    def write(self, name: str, text: str) -> Path:
        """Write a file and return where it is."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def jsonl(self, accounts: list[dict[str, Any]] = ACCOUNTS) -> Path:
        """Write accounts as JSONL."""
        return self.write("accounts.jsonl", "".join(json.dumps(account) + "\n" for account in accounts))

    def scan(self, accounts: Path, *options: str) -> tuple[int, str, str]:
        """Run a scan; return exit code, output and what was said."""
        self._capsys.readouterr()
        code = run(
            ["impersonators", "scan", "--brands", str(self.brands), "--candidates", str(accounts), *options]
        )
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def pairs(self, accounts: Path, *options: str) -> list[dict[str, Any]]:
        """Return the pairs found, from JSON."""
        code, out, err = self.scan(accounts, "--format", "json", "--as-of", "2026-11-01", *options)
        assert code == 0, err
        pairs: list[dict[str, Any]] = json.loads(out)["pairs"]
        return pairs


@pytest.fixture
def lists(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lists:
    """Return the lists, in an empty folder with no configuration anywhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUDITOR_CONFIG", raising=False)
    return Lists(tmp_path, capsys)


def test_pairs_come_with_elements_and_reasons(lists: Lists) -> None:
    """Each pair has brand, id, tier, score, its elements, and what speaks against accusing the account."""
    pairs = {pair["candidate"]: pair for pair in lists.pairs(lists.jsonl())}
    assert {name: pair["tier"] for name, pair in pairs.items()} == {
        "11": "likely", "12": "likely", "13": "review", "15": "review",
    }  # fmt: skip
    assert all(pair["brand"] == "RiversideHealth" and 0 < pair["score"] <= 1 for pair in pairs.values())
    assert [element["element"] for element in pairs["12"]["elements"]] == ["NAME", "CONTACT"]
    assert pairs["12"]["elements"][0]["values"]["display_name"] == "R\u0456verside Health"
    assert pairs["12"]["elements"][0]["code_points"][0].startswith("U+0456 ")
    assert pairs["12"]["suppressed_by"] == []
    assert pairs["13"]["suppressed_by"] == ["Its profile links to the brand's own domain."]
    assert pairs["15"]["suppressed_by"] == ["By its name it is of the brand's fans."]


def test_every_kind_of_file_says_the_same(lists: Lists) -> None:
    """CSV, tab-separated, JSONL and Parquet of the same accounts give the same pairs."""
    columns = ["id", "platform", "handle", "name", "bio", "url", "created_at", "followers"]
    source = lists.jsonl()
    for suffix, delimiter in (("csv", ","), ("tsv", "\t")):
        with (lists.folder / f"accounts.{suffix}").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, columns, delimiter=delimiter)
            writer.writeheader()
            writer.writerows(ACCOUNTS)
    parquet = lists.folder / "accounts.parquet"
    duckdb.execute(f"COPY (SELECT * FROM read_json('{source}')) TO '{parquet}' (FORMAT parquet)").fetchall()
    expected = lists.pairs(source)
    assert len(expected) == 4
    for name in ("accounts.csv", "accounts.tsv", "accounts.parquet"):
        assert lists.pairs(lists.folder / name) == expected


def test_a_list_of_handles_or_of_names_is_enough(lists: Lists) -> None:
    """All columns but one of handle and name may be missing; the handle or the row stands for the id."""
    handles = lists.write("handles.csv", "handle\nRiverside_HeaIth\nann\n")
    assert [(pair["candidate"], pair["tier"]) for pair in lists.pairs(handles)] == [
        ("Riverside_HeaIth", "likely")
    ]
    names = lists.write("names.csv", "Name\nAnn\nRiverside Health\n")
    assert [(pair["candidate"], pair["tier"]) for pair in lists.pairs(names)] == [("row 3", "review")]


def test_the_table_ranks_and_is_harmless(lists: Lists) -> None:
    """The table has the likely first, and shows hostile characters by number."""
    hostile = {
        "id": "66",
        "handle": "RiversideHealth_",
        "name": "Riverside Health\x1b\u2066",
        "bio": "=cmd()",
    }
    code, out, err = lists.scan(lists.jsonl([*ACCOUNTS, hostile]))
    assert code == 0
    assert [line.split("\t")[0] for line in out.splitlines()] == [
        "tier",
        "likely",
        "likely",
        "likely",
        "review",
        "review",
    ]
    assert "\x1b" not in out
    assert "\u2066" not in out
    assert "[U+2066]" in out
    assert "6 accounts looked at: 3 likely, 0 for review, 2 with a reason not to accuse them." in err


def test_the_table_says_when_nothing_was_found(lists: Lists) -> None:
    """An empty answer is a sentence; JSON has an empty list."""
    accounts = lists.write("accounts.csv", "handle\nann\n")
    assert "No account in the list looks like a brand" in lists.scan(accounts)[1]
    assert lists.pairs(accounts) == []


def test_only_the_likely_when_asked(lists: Lists) -> None:
    """--tier likely leaves out what is for review."""
    assert [pair["candidate"] for pair in lists.pairs(lists.jsonl(), "--tier", "likely")] == ["11", "12"]


def test_allowed_accounts_are_shown_with_their_reason(lists: Lists) -> None:
    """An allowed account is for review until its day has passed."""
    allowed = lists.write(
        "allowed.csv", "account,reason,expires\n11,our agency,2026-11-01\n@xq81,old,2026-10-31\n"
    )
    pairs = {pair["candidate"]: pair for pair in lists.pairs(lists.jsonl(), "--allowed", str(allowed))}
    assert pairs["11"]["suppressed_by"] == ["Allowed until 2026-11-01: our agency."]
    assert pairs["12"]["tier"] == "likely"


def test_what_cannot_be_read_counts_as_not_known(lists: Lists) -> None:
    """A broken date or number stops nothing and is told."""
    accounts = lists.write(
        "a.csv",
        "handle,created_at,followers\nRiverside_Health,yesterday,many\nx,Mon Oct 05 10:00:00 +0000 2026,7\n",
    )
    code, _, err = lists.scan(accounts)
    assert code == 0
    assert "1 dates of creation, 1 numbers of followers" in err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("missing.csv", None, "there is no such file"),
        ("a.docx", "x", "this kind of file is not known"),
        ("a.csv", "who,what\n1,2\n", "a.csv:2: there is neither a handle nor a name"),
        ("a.csv", 'handle\nx\n"open\nlast\n', "a.csv:3: it is not CSV from here on"),
        ("a.csv", "", "a.csv:1: it is empty"),
        ("a.csv", "id,handle,Handle\n1,x,y\n", "a.csv:1: the column 'handle' is there twice"),
        ("a.jsonl", '{"handle": "x"}\n[1]\n', "a.jsonl:2: this line is no JSON object"),
        ("a.parquet", "PAR1", "it cannot be read as Parquet"),
    ],
)
def test_a_wrong_list_is_told_with_its_mend(lists: Lists, name: str, text: str | None, said: str) -> None:
    """File, line and remedy are named, and the exit code is 1."""
    path = lists.folder / name if text is None else lists.write(name, text)
    code, _, err = lists.scan(path)
    assert code == 1
    assert said in err
    assert len(err.strip().splitlines()) == 2


def test_a_list_in_another_encoding_is_told(lists: Lists) -> None:
    """A file that is not UTF-8 is refused, not read wrongly."""
    path = lists.folder / "latin.csv"
    path.write_bytes("handle\nSoci\u00e9t\u00e9\n".encode("latin-1"))
    assert "it is not written in UTF-8" in lists.scan(path)[2]
    for encoding in ("utf-16", "utf-16-le"):
        path.write_bytes("handle,name\nx,y\n".encode(encoding))
        assert "latin.csv:1: it is not written in UTF-8" in lists.scan(path)[2]


def test_rows_without_handle_and_name_are_counted(lists: Lists) -> None:
    """What could not be compared is told, so that nobody takes it for found harmless."""
    accounts = lists.write("a.csv", "id,handle,name\n1,,\n2,,Riverside Health Support\n3,x,\n")
    code, _, err = lists.scan(accounts)
    assert code == 0
    assert "neither handle nor name: 1 rows" in err
    short = lists.write("b.csv", "id,handle,name\n1,x,\n2\n3,,Riverside Health Support\n")
    gaps = lists.write(
        "c.jsonl",
        '{"id": "1", "handle": "x"}\n{"id": "2"}\n{"id": "3", "name": "Riverside Health Support"}\n',
    )
    for path in (short, gaps):
        code, out, err = lists.scan(path)
        assert (code, "neither handle nor name: 1 rows" in err) == (0, True)
        assert "Riverside Health Support" in out


def test_texts_that_parquet_takes_for_bytes_are_texts(lists: Lists) -> None:
    """Some writers leave out that a column is text."""
    path = lists.folder / "bytes.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT 7 AS id, 'RiversideHealthHelp'::BLOB AS handle) TO '{path}' (FORMAT parquet)"
        )
    (pair,) = lists.pairs(path)
    assert pair["elements"][0]["values"]["handle"] == "RiversideHealthHelp"


@pytest.mark.parametrize(
    ("brands", "said"),
    [
        ("handle,name\n,\n", "brands.csv:2: a brand needs a handle or a name"),
        ("handle,name\n", "it lists no brand"),
        ("handle,name\n,\u2764\ufe0f\n", "brands.csv:2: neither handle nor name has a letter or a digit"),
    ],
)
def test_wrong_brands_are_told(lists: Lists, brands: str, said: str) -> None:
    """Brands without a name, or none at all, are an error before anything is scanned."""
    lists.write("brands.csv", brands)
    assert said in lists.scan(lists.jsonl())[2]


@pytest.mark.parametrize(
    ("row", "said"), [("11,,\n", "needs its id or handle and a reason"), ("11,x,soon\n", "'soon' is no day")]
)
def test_wrong_allowed_accounts_are_told(lists: Lists, row: str, said: str) -> None:
    """An exception without a reason, or with a day that is none, is refused."""
    allowed = lists.write("allowed.csv", "account,reason,expires\n" + row)
    assert said in lists.scan(lists.jsonl(), "--allowed", str(allowed))[2]


def test_long_lists_tell_of_progress(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a long list the person hears how far it is."""
    monkeypatch.setattr("auditor.app.impersonators.offline.BATCH", 10)
    accounts = lists.write("many.csv", "handle\n" + "".join(f"ann{number}\n" for number in range(100)))
    assert "50 accounts looked at, 0 likely" in lists.scan(accounts)[2]


def test_help_loads_no_heavy_library() -> None:
    """Neither the help nor the group's own help loads numpy or the automaton."""
    code = (
        "import sys; from auditor.cli.app import run; run(['impersonators', '--help']);"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'ahocorasick_rs', 'rapidfuzz')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("rows", ["", ",\n ,\n"])
@pytest.mark.parametrize("form", ["table", "json"])
def test_a_list_of_nobody_is_an_error(lists: Lists, rows: str, form: str) -> None:
    """It is not called free of impersonators: exit code 1, which list, why and the mend; JSON is whole."""
    code, out, err = lists.scan(lists.write("accounts.csv", f"handle,name\n{rows}"), "--format", form)
    assert code == 1
    assert out == "" if form == "table" else json.loads(out) == {"pairs": []}
    for words in ("accounts.csv", "nothing was looked at", "not the same as nobody posing as you"):
        assert words in err
