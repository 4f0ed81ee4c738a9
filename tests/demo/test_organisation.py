"""The demo organisation as data: complete, fictional, harmless, and the same every time."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import pytest

from auditor.app.collect import collect
from auditor.app.progress import Silent
from auditor.config import load_config
from auditor.demo.graph_sandbox import GraphSandbox
from auditor.demo.organisation import NOW, hostile
from auditor.demo.organisation.accounts import ACCOUNTS
from auditor.demo.organisation.folder import SECRETS, write_demo
from auditor.demo.organisation.meta_state import graph_state
from auditor.demo.organisation.people import PEOPLE, who
from auditor.demo.organisation.x_state import x_state
from auditor.demo.x_sandbox import XSandbox
from auditor.store import RunState
from connectors.hr_table import HrTableSettings, read_roster
from policies.access import load_access
from tests.demo.support_organisation import demo_workspace
from tests.support import make_context

EMAIL = re.compile(r"[\w.+'-]+@([\w-]+(?:\.[\w-]+)+)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A written demo folder, of sandboxes that do not listen."""
    write_demo(tmp_path, x_base_url="http://127.0.0.1:9", graph_base_url="http://127.0.0.1:9")
    return tmp_path


def test_the_organisation_has_the_size_it_promises() -> None:
    """About twelve accounts on six platforms, and sixty people, each number and name once."""
    assert len(ACCOUNTS) >= 12
    assert {account.platform for account in ACCOUNTS} == {
        "x",
        "facebook",
        "instagram",
        "linkedin",
        "youtube",
        "tiktok",
    }
    assert len({person.number for person in PEOPLE}) == len({person.last for person in PEOPLE}) == 60


def test_the_folder_is_all_that_its_configuration_names(folder: Path) -> None:
    """Every file auditor.yaml names is there, and the configuration and the matrix are valid."""
    loaded = load_config(folder / "auditor.yaml")
    named = [str(entry.options["path"]) for entry in loaded.config.connections if "path" in entry.options]
    assert loaded.config.roster
    assert loaded.config.policies.access
    named += [str(loaded.config.roster.options["path"]), loaded.config.policies.access]
    named += [name for name in (loaded.config.vendors, loaded.config.identities) if name]
    assert all(loaded.resolve(name).exists() for name in named)
    assert load_access(loaded.resolve(loaded.config.policies.access)).lines


def test_the_folder_is_the_same_every_time(tmp_path: Path) -> None:
    """Two writings give the same bytes, so that a finding never comes from the writing itself."""
    folders = [tmp_path / name for name in ("first", "second")]
    for made in folders:
        write_demo(made, x_base_url="http://127.0.0.1:9", graph_base_url="http://127.0.0.1:9")
    contents = [
        {path.relative_to(made): path.read_bytes() for path in made.rglob("*") if path.is_file()}
        for made in folders
    ]
    assert contents[0] == contents[1]


def test_nobody_in_it_exists(folder: Path) -> None:
    """Every address ends in .example, apart from the public mail provider whose use is a finding."""
    texts = [
        path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in (".csv", ".yaml")
    ]
    for archive in (folder / "exports" / "x").glob("*.zip"):
        with zipfile.ZipFile(archive) as opened:
            texts += [opened.read(name).decode() for name in opened.namelist()]
    domains = {domain for text in texts for domain in EMAIL.findall(text)}
    assert {domain for domain in domains if not domain.endswith(".example")} == {"gmail.com"}


def test_no_secret_stands_in_a_file(folder: Path) -> None:
    """The sandboxes' tokens are named in auditor.yaml, and stand nowhere."""
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert all(value.encode() not in written for value in SECRETS.values())
    assert all(f"env:{name}".encode() in written for name in SECRETS)


def test_the_roster_reads_as_an_hr_export_does(folder: Path) -> None:
    """Title and footer rows are set aside, ids keep their zeros, and two people's status is in doubt."""
    context = make_context(folder, now=NOW)
    loaded = load_config(folder / "auditor.yaml")
    assert loaded.config.roster
    roster = read_roster(HrTableSettings.model_validate(loaded.config.roster.options), context)
    people = {person.person_id: person for person in roster.people}
    assert set(people) == {person.number for person in PEOPLE}
    assert {person.name for person in people.values() if person.status is None} == {
        "Omar Haddad",
        "Rosalind Pike",
    }
    assert people[who("Linden").number].training == {"hipaa": who("Linden").trained_on}
    assert "x:nora_linden_rh" in people[who("Linden").number].handles


def test_hostile_names_are_among_the_holders_and_apps() -> None:
    """Markup, a formula, a direction override, line breaks, an emoji, a look-alike and a very long name."""
    texts = [name for word, name in vars(hostile).items() if word.isupper()]
    assert any("<script>" in text for text in texts)
    assert any(text.startswith("=") for text in texts)
    assert any("\u202e" in text for text in texts)
    assert any("\n" in text for text in texts)
    assert any(len(text) > 2000 for text in texts)
    state = graph_state()
    assert hostile.SCRIPT in [role.name for page in state.business.pages for role in page.roles]
    assert hostile.FORMULA in [app.name for page in state.business.pages for app in page.apps]


def test_a_fresh_state_is_nobody_elses() -> None:
    """Whoever changes a sandbox's state changes their own copy."""
    graph_state().business.users.clear()
    x_state().users.clear()
    assert graph_state().business.users
    assert x_state().users


def test_every_connection_reads_the_demo(tmp_path: Path) -> None:
    """Through real HTTP and files each connection yields facts; some are partial by nature, none fails."""
    with XSandbox(x_state()) as x, GraphSandbox(graph_state()) as graph:
        workspace = demo_workspace(tmp_path, x_base_url=x.base_url, graph_base_url=graph.base_url)
        with workspace.store() as store:
            collected = collect(workspace, store, Silent())
            runs = collected.snapshot.connections
            assert [run.id for run in runs if run.state is RunState.FAILED] == []
            assert all(run.facts for run in runs)
            assert sum(1 for _ in store.facts(collected.snapshot.id, "grants")) >= 140


def test_no_row_of_an_attestation_is_lost(folder: Path) -> None:
    """Every row a person wrote has as many cells as its header."""
    for path in [*(folder / "attestations").glob("*.csv"), folder / "owners.csv", folder / "vendors.csv"]:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert len(rows) > 1
        assert {len(row) for row in rows} == {len(rows[0])}, path.name
