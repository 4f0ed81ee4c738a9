"""Removing a case's evidence: gone for good, what others need stays, and it is kept who did it and why."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from auditor.app.impersonators.case_pictures import note
from auditor.app.impersonators.desk import Decision, decide
from auditor.app.impersonators.dossier import Order, freeze
from auditor.app.impersonators.forgetting import Forgetting, forget, plan
from auditor.demo.loopback import LoopbackServer
from auditor.errors import StoreError, UsageError
from auditor.model.event import EventKind
from auditor.model.impersonation import CaseState
from auditor.store.cases import CaseOvertaken
from tests.app.impersonators.support_impersonators import MediaHost, Office
from tests.lookalikes.support_pictures import COPIES, logo, png

SECRET_BIO = "Patient help desk of a made-up person, unlike any other words"


SERVED = {
    "/ours.png": png(logo(5)),
    "/one.png": COPIES["cropped by 10 %"](logo(5)),
    "/two.png": png(logo(9)),
}


@pytest.fixture
def two_cases(office: Office) -> Iterator[Office]:
    """Two accounts that pose as one of ours, each with its picture beside the same one of ours."""
    with LoopbackServer(MediaHost(SERVED)) as server:
        office.config += f"  pictures: {{base_url: {server.base_url}}}\n"
        office.show_picture(server.base_url)
        named = {"platform": "x", "name": "Riverside Health", "bio": SECRET_BIO}
        office.scan(
            named | {"id": "21", "handle": "xq_77120", "avatar": f"{server.base_url}/one.png"},
            named | {"id": "22", "handle": "zz_41", "avatar": f"{server.base_url}/two.png"},
        )
        yield office


def _close(office: Office, account: str) -> str:
    """Dismiss an account's case; return the case's id."""
    until = office.now.date() + timedelta(days=30)
    case_id = office.cases()[account].case_id
    decide(
        office.workspace(),
        office.store(),
        case_id,
        Decision(CaseState.DISMISSED, "lee", "over", expires=until),
    )
    return case_id


def _forget(office: Office, case_id: str, reason: str = "retention is over") -> Forgetting:
    planned = plan(office.store(), case_id[:7])
    forget(office.workspace(), office.store(), planned, reason=reason, actor="kim")
    return planned


def test_evidence_is_gone_and_who_removed_it_is_kept(two_cases: Office) -> None:
    """Raw record and picture cannot be read any more; case, hashes, timeline and journal say what happened."""
    office = two_cases
    case_id = _close(office, "21")
    planned = _forget(office, case_id)
    assert planned.words == "1 raw record and 1 picture"
    for one in planned.removed:
        with pytest.raises(StoreError, match="no evidence"):
            office.store().evidence(one.id)
    case, line = office.cases()["21"], office.store().cases.timeline([case_id])[-1]
    assert (case.state, len(case.candidate.avatar_hash)) == (CaseState.DISMISSED, 96)
    assert (line.step.value, line.actor) == ("forgotten", "kim")
    assert line.message == "Removed from the store: 1 raw record and 1 picture. Why: retention is over."
    assert {one for one, what in line.before.items() if what == "removed"} == {
        one.id for one in planned.removed
    }
    (event,) = office.store().events.of_kinds([EventKind.IMPERSONATOR_FORGOTTEN])
    assert (event.actor, event.subject_id) == ("kim", case_id)
    assert "retention is over" in event.message
    (dossier,) = [freeze(office.workspace(), office.store(), Order(case=case_id, by="Dana"))]
    assert any("removed on 2026-11-20 by kim" in gap for gap in dossier.gaps)
    assert "The account's picture: It was kept, and removed from the store on 2026-11-20." in dossier.gaps


def test_not_a_byte_of_it_stays_in_the_file(two_cases: Office) -> None:
    """SQLite gives up pages without clearing them; here they are overwritten."""
    office = two_cases
    case_id = _close(office, "21")
    path = office.folder / "auditor.db"
    with sqlite3.connect(path) as connection:
        (ids,) = [[one.id for one in plan(office.store(), case_id).removed]]
        contents = [
            connection.execute("SELECT content FROM evidence WHERE evidence_id = ?", (one,)).fetchone()[0]
            for one in ids
        ]
    connection.close()
    assert any(SECRET_BIO.encode() in zlib.decompress(one) for one in contents)
    _forget(office, case_id)
    for store in office.opened:
        store.close()
    office.opened.clear()
    files = b"".join(one.read_bytes() for one in office.folder.glob("auditor.db*"))
    assert not [one for one in contents if one[40:200] in files]


def test_what_others_refer_to_stays_until_the_last_lets_go(two_cases: Office) -> None:
    """Our own picture stands in both cases: the first leaves it to the second, which removes it."""
    office = two_cases
    first = _forget(office, _close(office, "21"))
    (ours,) = first.shared
    assert office.store().evidence(ours.id).kind == "case:picture"
    second = _forget(office, _close(office, "22"))
    assert ours.id in {one.id for one in second.removed}
    assert second.shared == ()


def test_an_open_case_keeps_its_evidence(two_cases: Office) -> None:
    """Unless somebody insists."""
    office = two_cases
    case_id = office.cases()["21"].case_id
    with pytest.raises(UsageError, match="is open"):
        plan(office.store(), case_id)
    assert len(plan(office.store(), case_id, force=True).removed) == 2


def test_a_reason_is_needed_and_something_to_remove(two_cases: Office) -> None:
    """Nothing is removed without a reason; a second time there is nothing left, and no second line."""
    office = two_cases
    case_id = _close(office, "21")
    with pytest.raises(UsageError, match="needs a reason"):
        _forget(office, case_id, reason=" ")
    assert len(plan(office.store(), case_id).removed) == 2
    _forget(office, case_id)
    with pytest.raises(UsageError, match="no evidence to remove"):
        _forget(office, case_id)
    assert office.story("21").count("forgotten") == 1


def test_what_came_in_between_is_not_removed_unseen(two_cases: Office) -> None:
    """Evidence that was kept after somebody was shown what goes makes them look again; nothing is half removed."""
    office = two_cases
    case_id = _close(office, "21")
    planned = plan(office.store(), case_id)
    kept = office.store().keep_evidence({"platform": "x", "account": "21", "told": ["more"]}, "case:record")
    note(office.store(), office.cases()["21"], office.now, "More was kept.", evidence_id=kept)
    with pytest.raises(CaseOvertaken):
        forget(office.workspace(), office.store(), planned, reason="over", actor="kim")
    assert len(plan(office.store(), case_id).removed) == 3
    assert "forgotten" not in office.story("21")
    assert office.store().events.of_kinds([EventKind.IMPERSONATOR_FORGOTTEN]) == ()


def test_a_scan_keeps_nothing_anew_of_a_case_without_news(two_cases: Office) -> None:
    """What was removed does not come back by itself; what is news later is kept as ever."""
    office = two_cases
    planned = _forget(office, _close(office, "21"))
    listed = (office.folder / "list.jsonl").read_text(encoding="utf-8").splitlines()
    office.later(days=1)
    office.scan(*map(json.loads, listed))
    gone = {one.id for one in planned.removed}
    assert not gone & {one.id for one in office.store().cases.evidence(office.cases()["21"])}
