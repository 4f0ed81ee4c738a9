"""``auditor demo``: the whole product on a made-up organisation, and what an outage does to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import jsonschema
import pytest

from auditor.app.audit import Audited, run_audit
from auditor.app.progress import Silent
from auditor.app.reporting import folder_name
from auditor.app.workspace import Workspace
from auditor.cli.app import run
from auditor.cli.demo import demo_workspace
from auditor.demo.organisation import PRIVACY_OFFICER
from auditor.store import DiffKind, Store
from reports.json_file import schema
from tests.support import HAS_PDF
from tests.support_wheel import run_installed, unpacked_wheel


def _mails(demo: Path, recipient: str | None = None) -> list[EmailMessage]:
    """Return the mails that arrived, or those to ``recipient``."""
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((demo / "mails").glob("*.eml"))
    ]
    return [mail for mail in found if recipient in (None, mail["To"])]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the demo from the wheel, as a user has it: from no checkout."""

    site: Path
    out: Path
    said: str


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a finished demo."""
    site = unpacked_wheel(tmp_path_factory.mktemp("wheel"))
    out = site.parent / "demo"
    program = f"from auditor.cli.app import main; main(['demo', '--out', {str(out)!r}])"
    return Run(site, out, run_installed(site, program))


@pytest.fixture(scope="module")
def demo(finished: Run) -> Path:
    """Return its folder."""
    return finished.out


def test_the_wheel_brings_all_it_needs(finished: Run) -> None:
    """Packs, SQL, templates, schema and migrations are in the wheel: the whole demo runs from it."""
    assert "What to do today" in finished.said
    packages = {path.name for path in finished.site.iterdir() if path.is_dir() and "." not in path.name}
    assert packages == {"auditor", "connectors", "policies", "reports"}


def test_it_leaves_report_store_mail_and_configuration(demo: Path) -> None:
    """Everything a reader is told to open is there."""
    names = {path.name for path in (demo / "reports-out").iterdir()}
    assert {"access-review.html", "access-review.json", "findings.csv", "grants.csv"} <= names
    assert {
        "access-review.pdf",
        "access-review.xlsx",
        "access-review.ocsf.jsonl",
        "access-review.sarif",
    } <= names
    assert {"executive.html", "executive.pdf", "method.html", "method.pdf"} <= names
    assert (demo / "auditor.db").is_file()
    assert (demo / "auditor.yaml").is_file()
    assert len(_mails(demo, PRIVACY_OFFICER)) == 1


def test_each_owner_still_here_is_mailed_their_accounts_alone(demo: Path) -> None:
    """The owner who has left has a folder but gets no mail; the others' mails name nobody else's account."""
    folders = {path.name for path in (demo / "reports-out" / "owners").iterdir()}
    mailed = {str(mail["To"]) for mail in _mails(demo)} - {PRIVACY_OFFICER}
    assert {folder_name(address) for address in mailed} < folders
    assert folder_name("dana.kowalczyk@riverside.example") in folders
    assert "dana.kowalczyk@riverside.example" not in mailed
    (mail,) = _mails(demo, "wanda.jelinek@riverside.example")
    text = mail.get_body(("plain",))
    assert text is not None
    assert "RiversideHealth" not in text.get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["access-review.html"]


def test_its_json_keeps_the_schema_and_tells_what_changed(demo: Path) -> None:
    """The report compares with the week before: something is new, something resolved, something still open."""
    report = json.loads((demo / "reports-out" / "access-review.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, schema())
    trend = report["trend"]
    assert trend["new"] > 0
    assert trend["resolved"] > 0
    assert trend["still_open"] > 0
    assert len(trend["history"]) == 2


def test_its_mail_is_whole_and_harmless(demo: Path) -> None:
    """The mail has a one-line subject, a text that stands alone, an HTML twin and the report attached."""
    (mail,) = _mails(demo, PRIVACY_OFFICER)
    assert mail["Subject"].isprintable()
    assert mail["Message-ID"].endswith("@riverside.example>")
    text = mail.get_body(("plain",))
    html = mail.get_body(("html",))
    assert text is not None
    assert "Dana Kowalczyk" in text.get_content()
    assert html is not None
    assert len(html.get_content().encode()) < 100_000
    documents = (
        ["access-review.html", "access-review.pdf", "executive.pdf", "method.pdf"]
        if HAS_PDF
        else ["access-review.html", "executive.html", "method.html"]
    )
    assert [part.get_filename() for part in mail.iter_attachments()] == documents


def test_a_second_demo_replaces_the_first_and_nothing_else(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that the demo did not make is refused and stays as it is."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert run(["demo", "--out", str(tmp_path)]) == 2
    assert "not made by the demo" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_no_secret_of_the_demo_is_kept_anywhere(demo: Path) -> None:
    """Tokens and the app secret are in no file the demo leaves."""
    from auditor.demo.organisation.folder import SECRETS

    for path in demo.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert [name for name, value in SECRETS.items() if value.encode() in content] == [], path


@contextmanager
def audited(folder: Path, *, cut: str = "") -> Iterator[tuple[Audited, Store]]:
    """Audit the demo; ``cut`` names a connection that is sent to a port nobody listens on."""
    with demo_workspace(folder) as workspace:
        if cut:
            workspace = _cut(workspace, cut)
        with workspace.store() as store:
            yield run_audit(workspace, store, Silent()), store


def _cut(workspace: Workspace, connection_id: str) -> Workspace:
    from auditor.config import load_config

    path = workspace.loaded.document.path
    head, _, tail = path.read_text(encoding="utf-8").partition(f"id: {connection_id}\n")
    before, _, after = tail.partition("base_url: ")
    path.write_text(
        f'{head}id: {connection_id}\n{before}base_url: "http://127.0.0.1:9"\n' + after.partition("\n")[2],
        encoding="utf-8",
    )
    return Workspace(
        load_config(path), clock=workspace.clock, sleep=workspace.sleep, secrets=workspace.secrets
    )


def test_a_platform_that_is_down_resolves_and_removes_nothing(tmp_path: Path) -> None:
    """With Meta unreachable the run completes, and what Meta alone had shown is unknown, not gone."""
    with audited(tmp_path) as (first, _store):
        assert any(f.platform == "facebook" for f in first.review.findings if f.verdict == "fail")
    with audited(tmp_path, cut="meta") as (second, store):
        states = {run.id: run.state.value for run in second.snapshot.connections}
        assert states["meta"] == "failed"
        assert states["linkedin"] != "failed"
        trend = second.review.trend
        assert trend is not None
        assert trend.unreadable > 0
        assert {(f.rule, f.subject_id) for f in trend.resolved_findings} == set()
        diff = store.diff(first.snapshot.id, second.snapshot.id)
        removed = [
            row
            for row in diff.of(DiffKind.REMOVED)
            if row.table in {"grants", "apps", "principals", "accounts"}
        ]
        assert removed == []
        assert diff.of(DiffKind.NOT_READ, "grants") != ()
    accounts = {a.account_id for a in first.review.accounts}
    assert accounts == {a.account_id for a in second.review.accounts}
