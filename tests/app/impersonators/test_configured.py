"""Sources as auditor.yaml names them, from the first scan to the dossier, over HTTP to loopback."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from auditor.app.doctor import checks
from auditor.app.impersonators.configured import sources_of
from auditor.app.impersonators.dossier import Order, freeze
from auditor.app.impersonators.records import KIND
from auditor.app.impersonators.review import impersonation_of
from auditor.app.impersonators.scan import Scanned, scan
from auditor.app.impersonators.summary import summary
from auditor.demo.loopback import Reply
from auditor.demo.x_sandbox import Fault, FaultKind, XSandbox, XState, XToken, XUser
from auditor.errors import DocumentError
from auditor.model.impersonation import CaseState, SourceState
from connectors.base import CheckState
from reports.dossier_zip import write_zip
from tests.app.impersonators.support_impersonators import SECTION, Office
from tests.app.support_alerts import REPORTS
from tests.connectors.candidates.support_candidates import BlueskySandbox, MastodonSandbox, served

TOKEN = "app-only-bearer-0123456789-abcdefghij"
DISGUISED = "Riverside He\u0430lth"


@dataclass
class Platforms:
    """Three platforms on loopback, and the office that looks at them."""

    office: Office
    x: XSandbox
    mastodon: MastodonSandbox
    bluesky: BlueskySandbox
    urls: dict[str, str] = field(default_factory=dict)

    def configure(self, **x: object) -> None:
        """Write the sources; ``x`` are further keys of the source x."""
        more = "".join(f", {key}: {json.dumps(value)}" for key, value in x.items())
        self.office.config = (
            REPORTS
            + SECTION
            + "  pictures: {fetch: false}\n  sources:\n"
            + f'    - {{id: x-names, source: x, bearer_token: "env:X_TOKEN", base_url: "{self.x.base_url}"{more}}}\n'
            + f'    - {{id: fedi, source: mastodon, base_url: "{self.urls["mastodon"]}"}}\n'
            + f'    - {{id: bsky, source: bluesky, base_url: "{self.urls["bluesky"]}"}}\n'
            + "    - {id: list, source: file, path: list.jsonl}\n"
        )

    def scan(self) -> Scanned:
        """Scan the configured sources."""
        workspace = self.office.workspace()
        return scan(workspace, self.office.store(), sources_of(workspace))

    def evidence(self) -> list[str]:
        """Return the records of accounts that are kept, as text."""
        with self.office.store()._database.read() as connection:
            ids = connection.exec_driver_sql(f"SELECT evidence_id FROM evidence WHERE kind = '{KIND}'")
            return [json.dumps(self.office.store().evidence(one[0]).record) for one in ids]


@pytest.fixture
def platforms(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platforms]:
    """Each platform has somebody who poses as Riverside Health, and thousands who do not."""
    monkeypatch.setenv("X_TOKEN", TOKEN)
    state = XState()
    state.add(XUser("9001", "RiversideHea1th", name=DISGUISED))
    state.add(XUser("9002", "RiversideHlthHQ", name=DISGUISED))
    state.add(XUser("9003", "RiversideHaelth", name=DISGUISED, description=f"Authorization: Bearer {TOKEN}"))
    state.add(XUser("9005", "rvh_updates", name=DISGUISED))
    state.tokens[TOKEN] = XToken()
    mastodon, bluesky = MastodonSandbox(), BlueskySandbox()
    mastodon.add("1", "riversidehealth", DISGUISED)
    bluesky.add("did:plc:one", "riversidehealth.example", DISGUISED)
    rows = [{"platform": "x", "id": "9005", "handle": "rvh_updates", "name": DISGUISED, "asked_by": "lee"}]
    rows += [{"platform": "x", "id": str(number), "handle": f"someone{number}"} for number in range(2_000)]
    (office.folder / "list.jsonl").write_text(
        "".join(f"{json.dumps(one)}\n" for one in rows), encoding="utf-8"
    )
    with XSandbox(state) as x, served(mastodon) as fedi, served(bluesky) as bsky:
        made = Platforms(office, x, mastodon, bluesky, {"mastodon": fedi, "bluesky": bsky})
        made.configure()
        yield made


def test_accounts_are_followed_by_id_from_the_list_to_the_dossier(
    platforms: Platforms, tmp_path: Path
) -> None:
    """Found; then renamed, suspended, gone, deactivated: cases, report and dossier have what was said, and when."""
    office, fedi = platforms.office, platforms.urls["mastodon"].removeprefix("http://")
    first = platforms.scan()
    assert (first.likely, [one.state for one in first.reports]) == (6, [SourceState.COMPLETE] * 4)
    assert len(platforms.evidence()) == 6
    platforms.scan()
    assert len(platforms.evidence()) == 6

    users = {user.id: user for user in platforms.x.state.users}
    users["9001"].username = "TotallyOther"
    users["9002"].status = "suspended"
    platforms.x.state.users.remove(users["9003"])
    platforms.mastodon.accounts["1"]["suspended"] = True
    platforms.bluesky.errors["did:plc:one"] = ("AccountDeactivated", "Account is deactivated")
    office.later(days=1)
    second = platforms.scan()
    cases = office.cases()
    assert {key: (case.state, case.candidate.status.value) for key, case in cases.items()} == {
        "9001": (CaseState.NEW, "active"),
        "9002": (CaseState.REMOVED, "suspended"),
        "9003": (CaseState.REMOVED, "gone"),
        "9005": (CaseState.NEW, "active"),
        f"1@{fedi}": (CaseState.REMOVED, "suspended"),
        "did:plc:one": (CaseState.REMOVED, "gone"),
    }
    assert office.story("9001") == ["found", "renamed"]
    assert (second.removed, second.unseen) == (4, 0)
    assert cases["9001"].candidate.handle == "TotallyOther"

    shown = impersonation_of(office.workspace(), office.store(), office.store().snapshots(1)[0].id)
    assert shown is not None
    assert {one.native_id: one.status for one in shown.cases}["9002"] == "suspended"

    dossier = freeze(office.workspace(), office.store(), Order(case=cases["9003"].case_id, by="Dana"))
    said = [json.loads(one.content) for one in dossier.records if b'"told"' in one.content]
    assert {one["told"][0]["asked"] for one in said} == {"/2/users/by", "/2/users"}
    (gone,) = [one.what for one in dossier.records if b"Could not find user" in one.content]
    assert gone == "The platform says that the account is gone"
    assert "The account as its source told of it" in {one.what for one in dossier.records}
    write_zip(dossier, b"%PDF-", tmp_path / "dossier.zip")
    with zipfile.ZipFile(tmp_path / "dossier.zip") as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")
    assert all(one.id in whole for one in dossier.records)
    # Even where an account's own bio holds something like a token, no raw record does.
    assert TOKEN not in "".join(platforms.evidence()) + "".join(str(one.content) for one in dossier.records)
    assert not any("someone" in one for one in platforms.evidence())
    assert any('"asked_by": "lee"' in one and '"row": 1' in one for one in platforms.evidence())


def test_a_cap_does_not_stop_following(platforms: Platforms) -> None:
    """Requests to spend go to the cases first; that no handle was asked for is said once, with what was."""
    platforms.scan()
    platforms.x.requests.clear()
    platforms.configure(max_requests=2)  # X refuses a field at first, and is asked again without it
    scanned = platforms.scan()
    assert [one.query.get("ids") for one in platforms.x.requests if "ids" in one.query][
        -1
    ] == "9001,9002,9003,9005"
    assert scanned.unseen == 0
    said = list(summary(scanned))
    assert sum("x-names did not tell of everything" in one for one in said) == 1
    (asked,) = [one for one in said if one.startswith("Asked: ")]
    assert "x-names (2 requests; 4 accounts with a case; 4 accounts told of; 0.04 US dollars at" in asked
    assert "fedi (" in asked


def test_open_cases_are_asked_for_before_closed_ones(platforms: Platforms) -> None:
    """A cap within the accounts with a case cuts those that are over."""
    platforms.scan()
    users = {user.id: user for user in platforms.x.state.users}
    users["9001"].status = "suspended"
    platforms.scan()
    platforms.scan()
    asked = [one.query["ids"] for one in platforms.x.requests if one.path == "/2/users"]
    assert asked[-1].split(",") == ["9002", "9003", "9005", "9001"]


@pytest.mark.parametrize(
    ("entry", "place", "mend"),
    [
        ("{id: a, source: carrier-pigeon}", "there is no source 'carrier-pigeon'", "mastodon"),
        ("{id: a, source: x}", "impersonators.sources.0.bearer_token: is missing", "docs/"),
        (
            '{id: a, source: x, bearer_token: "env:T", handels: 5}',
            "handels: there is no such key",
            "'handles'",
        ),
        ("{id: a, source: mastodon, base_url: 'http://social.example'}", "base_url", "https://"),
        ("{id: a, source: x, bearer_token: 'env:T', base_url: 'http://x.example'}", "base_url", "https://"),
        ("{id: a, source: bluesky, pages: 0}", "impersonators.sources.0.pages", "greater than"),
        (
            "{id: a, source: file}",
            "impersonators.sources.0: a source 'file' needs a path",
            "path: accounts.csv",
        ),
        ("{id: a, source: file, path: a.csv, colour: red}", "does not know the key 'colour'", "nothing else"),
    ],
)
def test_wrong_settings_are_told_with_place_and_mend(
    tmp_path: Path, entry: str, place: str, mend: str
) -> None:
    """File, line, the key and what to write."""
    office = Office(tmp_path, config=f"{SECTION}  sources:\n    - {entry}\n")
    with pytest.raises(DocumentError) as caught:
        sources_of(office.workspace())
    told = f"{caught.value} {caught.value.remedy}"
    assert f"auditor.yaml:{2 + SECTION.count(chr(10)) + 1}" in told
    assert place in told
    assert mend in told


def test_doctor_tells_of_one_wrong_source_and_checks_the_others(tmp_path: Path) -> None:
    """What is wrong with one spoils no other's check."""
    entries = "    - {id: a, source: carrier-pigeon}\n    - {id: list, source: file, path: list.csv}\n"
    office = Office(tmp_path, config=f"{SECTION}  sources:\n{entries}")
    (tmp_path / "list.csv").write_text("id,handle\n5,someone\n", encoding="utf-8")
    found = {one.subject: one.state for one in checks(office.workspace()) if "impersonators" in one.subject}
    assert found == {"impersonators: a": CheckState.BAD, "impersonators: list: list": CheckState.GOOD}


def test_doctor_asks_each_source(platforms: Platforms) -> None:
    """Reachable and allowed is good; refused, unreachable and missing each are told apart, with a remedy."""
    workspace = platforms.office.workspace()
    good = [one for one in checks(workspace) if one.subject.startswith("impersonators")]
    assert [(one.subject, one.state) for one in good] == [
        ("impersonators: x-names: reach", CheckState.GOOD),
        ("impersonators: fedi: reach", CheckState.GOOD),
        ("impersonators: bsky: reach", CheckState.GOOD),
        ("impersonators: list: list", CheckState.GOOD),
    ]
    platforms.x.state.faults.append(Fault(FaultKind.UNAUTHORIZED, times=9))
    platforms.mastodon.planned = [Reply(401, b'{"error": "This API requires an authenticated user"}')]
    platforms.bluesky.planned = [Reply(200, b"<html>")]
    (platforms.office.folder / "list.jsonl").unlink()
    bad = [one for one in checks(workspace) if one.subject.startswith("impersonators")]
    assert {one.state for one in bad} == {CheckState.BAD}
    assert all(one.remedy for one in bad)
    assert TOKEN not in repr(bad)
