"""The dossier of a case: frozen, whole, checkable by anybody, and standing by itself."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from auditor.app.impersonators.dossier import Order, Written, freeze, write_dossier
from auditor.demo.loopback import LoopbackServer
from auditor.errors import UsageError
from auditor.model.impersonation import AccountStatus, Candidate, Case
from connectors.avatars import PictureHosts
from tests.app.impersonators.support_impersonators import DISGUISED, MediaHost, Office
from tests.lookalikes.support_pictures import COPIES, logo, png

BIDI = "\u202egro.live\u202c <img src=x onerror=alert(1)> =HYPERLINK(1)"


SERVED = {
    "/ours.png": png(logo(5)),
    "/copy.png": COPIES["with a badge"](logo(5)),
    "/page.png": b"<svg/>",
}


@pytest.fixture
def media() -> Iterator[tuple[MediaHost, LoopbackServer]]:
    """A media host on this machine."""
    application = MediaHost(SERVED)
    with LoopbackServer(application) as server:
        yield application, server


def _begin(office: Office, server: LoopbackServer, **account: object) -> Case:
    """Let our account have a picture, and find an account that copies it; return its case."""
    office.show_picture(server.base_url, bio="Care close to home, since 1952.", followers=12_400, verified=True,
                        url="https://x.com/RiversideHealth")  # fmt: skip
    office.scan({**DISGUISED, "avatar": f"{server.base_url}/copy.png", **account})
    return office.cases()["11"]


def _order(case: Case, server: LoopbackServer | None, **more: str) -> Order:
    hosts = PictureHosts(loopback=server.base_url, timeout=5) if server else None
    return Order(case=case.case_id[:6], by="Dana Reyes", hosts=hosts, **more)


def _write(office: Office, order: Order, out: str = "dossier") -> Written:
    return write_dossier(office.workspace(), office.store(), order, office.folder / out)


def test_a_dossier_stands_by_itself(office: Office, media: tuple[MediaHost, LoopbackServer]) -> None:
    """Anybody can check the unpacked zip with sha256sum alone; it has both pictures, records and the PDF."""
    _application, server = media
    case = _begin(office, server)
    written = _write(office, _order(case, server, approved_by="Ana Ruiz"))
    assert written.gaps == ()
    assert hashlib.sha256(written.zip.read_bytes()).hexdigest() == written.zip_sha256
    folder = office.folder / "unpacked"
    with zipfile.ZipFile(written.zip) as archive:
        archive.extractall(folder)
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert {each["path"] for each in manifest["files"]} == files - {"manifest.json", "SHA256SUMS"}
    assert {"pictures/ours.png", "pictures/theirs.png", "dossier.pdf", "README.txt"} <= files
    for record in (folder / "records").iterdir():
        assert hashlib.sha256(record.read_bytes()).hexdigest() == record.stem
    assert (folder / "dossier.pdf").read_bytes() == written.pdf.read_bytes()
    assert written.zip.stat().st_mode & 0o077 == 0
    told = json.loads((folder / "dossier.json").read_text())
    assert (told["approved_by"], told["theirs"]["id"]) == ("Ana Ruiz", "11")
    assert any("CYRILLIC SMALL LETTER A" in point for one in told["elements"] for point in one["code_points"])


def test_the_same_moment_gives_the_same_bytes(
    office: Office, media: tuple[MediaHost, LoopbackServer]
) -> None:
    """Made twice of the same case at the same time, PDF and zip are the same, and the timeline has not grown."""
    _application, server = media
    case = _begin(office, server)
    first, second = (_write(office, _order(case, server), out) for out in ("first", "second"))
    assert first.zip_sha256 == second.zip_sha256
    assert len(office.store().cases.timeline([case.case_id])) == 4


def test_pictures_outlive_the_account(office: Office, media: tuple[MediaHost, LoopbackServer]) -> None:
    """Once kept, a picture stays in later dossiers with the moment it was seen, though its host has lost it."""
    application, server = media
    case = _begin(office, server)
    before = freeze(office.workspace(), office.store(), _order(case, server))
    application.served.clear()
    office.now += timedelta(days=3)
    for order in (_order(case, server), _order(case, None)):
        after = freeze(office.workspace(), office.store(), order)
        assert (after.theirs.picture, after.ours.picture) == (before.theirs.picture, before.ours.picture)
        assert after.theirs.picture is not None
        assert after.theirs.picture.seen_at < after.made_at


def test_a_picture_that_is_not_the_one_of_now_is_said_to_be_older(
    office: Office, media: tuple[MediaHost, LoopbackServer]
) -> None:
    """Its address has changed and cannot be looked at: the one seen before is shown, and that is among what is missing."""
    _application, server = media
    office.config += f"  pictures: {{base_url: {server.base_url}}}\n"
    _begin(office, server)
    office.later(days=1)
    office.scan({**DISGUISED, "avatar": f"{server.base_url}/none.png"})
    case = office.cases()["11"]
    assert "IMAGE" in {one.kind for one in case.elements}
    dossier = freeze(office.workspace(), office.store(), _order(case, server))
    assert dossier.theirs.picture is not None
    assert dossier.theirs.picture.url.endswith("/copy.png")
    (told,) = [gap for gap in dossier.gaps if gap.startswith("The picture the account has by now: ")]
    assert "answered 404" in told
    assert told.endswith("The one shown was seen on 2026-11-20.")


def test_the_picture_shown_is_the_one_seen_now(
    office: Office, media: tuple[MediaHost, LoopbackServer]
) -> None:
    """An account that changes its picture and back again is shown with what it has now."""
    application, server = media
    case = _begin(office, server)
    shown = []
    for picture in (png(logo(5)), png(logo(6)), png(logo(5))):
        application.served["/copy.png"] = picture
        dossier = freeze(office.workspace(), office.store(), _order(case, server))
        assert dossier.theirs.picture is not None
        shown.append(dossier.theirs.picture.original_sha256)
    assert shown == [hashlib.sha256(png(logo(number))).hexdigest() for number in (5, 6, 5)]


@pytest.mark.parametrize(
    ("path", "why"), [("/page.png", "no PNG, JPEG, WebP or GIF"), ("/none.png", "answered 404")]
)
def test_a_picture_that_cannot_be_had_is_said(
    office: Office, media: tuple[MediaHost, LoopbackServer], path: str, why: str
) -> None:
    """What is missing is in the dossier with its reason, never left out in silence."""
    _application, server = media
    case = _begin(office, server, avatar=f"{server.base_url}{path}")
    written = _write(office, _order(case, server))
    assert any(why in gap for gap in written.gaps)
    assert "missing" in _text(written.pdf)


def test_hostile_names_are_harmless(office: Office, media: tuple[MediaHost, LoopbackServer]) -> None:
    """Markup, direction marks and ten thousand letters in a name are text in the PDF, and whole in the data."""
    _application, server = media
    case = _begin(office, server, bio=BIDI + "x" * 3_000)
    hostile = replace(
        case, candidate=replace(case.candidate, name=f"{case.candidate.name} {BIDI}" + "W" * 10_000)
    )
    office.store().cases.record([hostile])
    written = _write(office, _order(hostile, server))
    text = _text(written.pdf)
    assert "[U+202E]" in text
    assert "\u202e" not in text
    with zipfile.ZipFile(written.zip) as archive:
        raw = archive.read("dossier.json")
    assert raw.isascii()
    assert json.loads(raw)["theirs"]["name"].endswith("W" * 10_000)


def test_an_unknown_platform_still_has_a_dossier(office: Office) -> None:
    """Where no routes are known that is said, and the notice that is open everywhere is offered."""
    office.scan({**DISGUISED, "platform": "somewhere"})
    written = _write(office, _order(office.cases()["11"], None))
    text = " ".join(_text(written.pdf).split())
    assert "The routes of this platform are not known here" in text
    assert "Article 16" in text
    assert "Nobody has approved a report yet" in text


def test_no_case_no_dossier(office: Office) -> None:
    """A case that does not exist is said in one sentence."""
    with pytest.raises(UsageError, match="no case"):
        freeze(office.workspace(), office.store(), Order(case="ffff", by="Dana"))


def test_a_suspended_account_is_said_to_be(office: Office, media: tuple[MediaHost, LoopbackServer]) -> None:
    """The dossier tells what the platform answered last."""
    _application, server = media
    case = _begin(office, server)
    gone: Candidate = replace(case.candidate, status=AccountStatus.SUSPENDED)
    office.store().cases.record([replace(case, candidate=gone)])
    assert "the platform says that it is suspended" in " ".join(
        _text(_write(office, _order(case, server)).pdf).split()
    )


def _text(pdf: Path) -> str:
    """Return the text of a PDF; a copy for somebody to look at goes where AUDITOR_TEST_DOSSIER says."""
    if os.environ.get("AUDITOR_TEST_DOSSIER"):
        Path(os.environ["AUDITOR_TEST_DOSSIER"]).write_bytes(pdf.read_bytes())
    return subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout
