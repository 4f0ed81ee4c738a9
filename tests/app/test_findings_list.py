"""Lists of findings: what belongs to an account is also what is found of those who hold access to it."""

from __future__ import annotations

from pathlib import Path

from auditor.app.findings_list import Asked, list_findings
from auditor.app.workspace import Workspace
from auditor.model.estate import AccessStatus
from auditor.model.people import Person
from tests.store.support_store import (
    account,
    findings_frame,
    grant,
    principal,
    results_frame,
    snapshot,
)
from tests.support import NOW

CONFIG = "organization: {name: Riverside Health}\nstore: sqlite:///auditor.db\n"
RESULTS = results_frame(("mfa-every-holder", "hipaa-social", "critical", 0, 1, 0, 0, 0, 0))


def test_an_accounts_findings_are_also_those_of_its_holders(tmp_path: Path) -> None:
    """Of the identities that hold it and of the people they are; not of who holds another, or no longer holds it."""
    (tmp_path / "auditor.yaml").write_text(CONFIG, encoding="utf-8")
    workspace = Workspace.open(tmp_path / "auditor.yaml")
    ann = Person(
        source="hr", observed_at=NOW, person_id="E1", name="Ann Ray", work_email="ann@riverside.example"
    )
    facts = [
        *(account(one) for one in (1, 2)), *(principal(one) for one in (1, 2, 21)),
        principal(11, email="ann@riverside.example"), ann,
        grant(1), grant(2), grant(11), grant(21, status=AccessStatus.REMOVED),
    ]  # fmt: skip
    subjects: list[dict[str, str]] = [
        {"account_id": "facebook:1"}, {"principal_id": "facebook:u1"}, {"person_id": "E1"},
        {"account_id": "facebook:2"}, {"principal_id": "facebook:u2"}, {"principal_id": "facebook:u21"},
        {"account_id": "facebook:2", "principal_id": "facebook:u1"},
    ]  # fmt: skip
    nothing = dict.fromkeys(("account_id", "principal_id", "person_id"))
    found = [
        {"fingerprint": f"{number:032x}", "rule": "mfa-every-holder"} | nothing | subject
        for number, subject in enumerate(subjects)
    ]
    with workspace.store() as store:
        info = snapshot(store, facts)
        store.record_judgement(info.id, findings=findings_frame(*found), rule_results=RESULTS, summary={})
        listing = list_findings(workspace, store, "latest", Asked(account="facebook:1"))
    assert {int(one.row.text("fingerprint") or "", 16) for one in listing.wanted} == {0, 1, 2}
