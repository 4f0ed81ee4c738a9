"""Attestation templates: what is written can be filled in, and is refused until it is."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import pytest
import yaml

from auditor.documents import parse_yaml
from auditor.errors import ConnectorError, DocumentError, UsageError
from auditor.model.facts import Coverage
from connectors.table import TableConnector, TableSettings
from connectors.table.columns import layout_of
from connectors.table.rows import EXAMPLE
from connectors.tabular import read_table
from connectors.templates import TEMPLATES, connection_snippet, write_template
from tests.support import make_context

KINDS = sorted(TEMPLATES)


def collect(folder: Path, name: str) -> list:
    """Run the table connector over a file."""
    chosen = TableSettings(id="t", path=name, attested_by="Pat", attested_on=date(2026, 11, 2))
    return list(TableConnector().collect(chosen, make_context(folder)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_row_is_refused_and_the_rest_is_read(tmp_path: Path, kind: str) -> None:
    """As written the template stops with its line; with its example made real it is a table."""
    path = tmp_path / "t.csv"
    write_template(kind, path)
    with pytest.raises(ConnectorError, match=r"t\.csv:2: the template's example row is still there"):
        collect(tmp_path, "t.csv")
    text = path.read_text(encoding="utf-8-sig").replace(EXAMPLE, "HarborHealth")
    path.write_text(text, encoding="utf-8")
    assert any(not isinstance(fact, Coverage) for fact in collect(tmp_path, "t.csv"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_of_a_template_is_read(tmp_path: Path, kind: str) -> None:
    """No header is written that the connector does not know, and the kind is told by the columns."""
    path = tmp_path / "t.csv"
    write_template(kind, path)
    layout = layout_of(read_table(path).columns, None)
    assert layout.unknown == ()
    assert layout.kind == ("grants" if kind == "x-delegates" else kind)
    assert set(TEMPLATES[kind].example) <= set(TEMPLATES[kind].columns)


def test_rows_are_started_for_the_accounts_given(tmp_path: Path) -> None:
    """X delegates get a row per X account only; no cell can be taken for a formula."""
    path = tmp_path / "t.csv"
    write_template("x-delegates", path, accounts=[("x", "@HarborHealth"), ("facebook", "1"), ("x", "=cmd()")])
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert [row[:2] for row in rows[2:]] == [["x", "HarborHealth"], ["x", "cmd()"]]


def test_nothing_is_overwritten_and_nothing_is_left_behind(tmp_path: Path) -> None:
    """A file that is there stays as it is, and no temporary file remains beside it."""
    path = tmp_path / "sub" / "t.csv"
    write_template("mfa", path)
    before = path.read_bytes()
    with pytest.raises(DocumentError, match="already exists"):
        write_template("apps", path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["t.csv"]


def test_places_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    """A folder that is a file is one sentence, not a traceback."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(DocumentError, match="cannot be written"):
        write_template("mfa", tmp_path / "file" / "t.csv")


def test_an_unknown_template_names_the_known_ones(tmp_path: Path) -> None:
    """A wrong kind is wrong usage."""
    with pytest.raises(UsageError, match="x-delegates"):
        write_template("gossip", tmp_path / "t.csv")


@pytest.mark.parametrize("name", ["a.csv", 'od"d\\na me.csv'])
def test_the_snippet_is_yaml_that_is_refused_until_filled_in(name: str) -> None:
    """It can be pasted under connections:, and neither its name nor its day passes as it is."""
    text = "connections:\n" + connection_snippet("x-delegates", Path(name))
    data = parse_yaml(text, Path("auditor.yaml")).data
    (entry,) = data["connections"]
    assert entry["connector"] == "table"
    assert entry == yaml.safe_load(text)["connections"][0]
    for mended in ({"attested_by": "Pat"}, {"attested_on": "2026-11-02"}):
        with pytest.raises(ValueError, match="attested_"):
            TableSettings(**{**entry, **mended})
    assert TableSettings(**{**entry, "attested_by": "Pat", "attested_on": "2026-11-02"}).valid_days == 92


def test_a_disk_that_fills_up_leaves_no_half_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file system has no hard links, a table that could not be written whole is taken back."""
    real, calls = os.fsync, []

    def no_links(_old: object, _new: object) -> None:
        raise OSError(95, "Operation not supported")

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DocumentError, match="No space left"):
        write_template("x-delegates", tmp_path / "x.csv")
    assert not list(tmp_path.iterdir())
