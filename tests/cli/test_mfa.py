"""``auditor mfa`` as people use it, and that a seed shows up nowhere: not said, logged, filed or listed."""

from __future__ import annotations

import base64
import io
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno

from auditor.app.custody_people import os_user
from auditor.cli.app import run
from auditor.vault.references import PASSPHRASE_VARIABLE
from tests.cli.support_cli import Bench, Done, fill
from tests.vault.support_seeds import STRONG, WEAK, no_keyring, reference_code, scrubber_of_its_own

ADDRESS = f"otpauth://totp/X:riverside?secret={STRONG}&issuer=X"
PASSPHRASE = "five words for a vault"
CUSTODY = f"""\
vault: auditor.vault
custody:
  operators: {{{os_user()}: dana.cole@riverside.example}}
  readers:
    - {{accounts: ["x:*"], people: [dana.cole@riverside.example, bo.fox@riverside.example]}}
"""


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the small organisation with a vault, a custody section and a snapshot: to be copied, not used."""
    folder = tmp_path_factory.mktemp("collected")
    fill(folder)
    with (folder / "auditor.yaml").open("a", encoding="utf-8") as file:
        file.write(CUSTODY)
    assert run(["collect", "--config", str(folder / "auditor.yaml")]) == 0
    return folder


@pytest.fixture
def desk(
    collected: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """Return a copy of it for one test, on a machine that has no keyring."""
    monkeypatch.setenv(PASSPHRASE_VARIABLE, PASSPHRASE)
    shutil.copytree(collected, tmp_path / "org")
    with no_keyring(), scrubber_of_its_own():
        yield Bench(tmp_path / "org", capsys)


def piped(desk: Bench, monkeypatch: pytest.MonkeyPatch, text: str, *arguments: str) -> Done:
    """Run a command with ``text`` on its standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    return desk("mfa", *arguments)


def forms(secret: str) -> tuple[bytes, ...]:
    """Return the spellings of a seed that must be nowhere."""
    raw = base64.b32decode(secret)
    return (
        secret.encode(),
        secret.lower().encode(),
        raw,
        raw.hex().encode(),
        base64.b64encode(raw).rstrip(b"="),
    )


def assert_nowhere(secret: str, folder: Path, *done: Done) -> None:
    """Hold every file of the folder and everything said against every spelling of the seed."""
    said = [(one.out + one.err).encode() for one in done]
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    for content in (*said, *files):
        assert not any(form in content for form in forms(secret))


def test_from_the_pipe_to_the_code_and_no_seed_anywhere(desk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enrolled, used, listed, renewed and retired, with --debug throughout: no file and no word holds a seed."""
    debug = "--debug"
    why = ("--unconfirmed", "moved here")
    done = [piped(desk, monkeypatch, f"{WEAK}\n", "enroll", "x:RiversideHealth", *why, debug)]
    assert "80 bits" in done[0].err
    before = int(time.time()) // 30
    code = desk("mfa", "code", "x:RiversideHealth", "--reason", "post the hours", debug)
    assert code.out.strip() in {reference_code(WEAK, step) for step in (before, before + 1)}
    assert "seconds left" in code.err
    again = desk("mfa", "code", "@RiversideHealth", "--reason", "again", "--format", "json")
    assert again.json["account"] == "x:RiversideHealth"
    assert 0 <= again.json["seconds_left"] <= 30
    assert again.json["given_before"] is (again.json["code"] == code.out.strip())
    done += [code, again, piped(desk, monkeypatch, ADDRESS, "rotate", "x:RiversideHealth", debug)]
    assert "waits beside the old one" in done[-1].err
    done.append(desk("mfa", "rotate", "x:RiversideHealth", "--finish", "--code", "000000", debug))
    assert done[-1].code == 1
    done.append(desk("mfa", "code", "x:RiversideHealth", "--new", "--reason", "set up"))
    assert desk("mfa", "rotate", "x:RiversideHealth", "--finish", "--accepted").code == 0
    listed = desk("mfa", "list", "--retired", "--format", "json")
    assert [(seed["state"], seed["weak"], seed["uses"]) for seed in listed.json["seeds"]] == [
        ("active", False, 1),
        ("retired", True, 2),
    ]
    assert listed.json["without"] == []
    uses = desk("mfa", "uses", "x:RiversideHealth", "--format", "json")
    assert [use["reason"] for use in uses.json] == ["set up", "again", "post the hours"]
    assert {use["who"] for use in uses.json} == {"dana.cole@riverside.example"}
    done += [listed, uses, desk("mfa", "list", "--retired"), desk("mfa", "uses", "x:RiversideHealth")]
    done.append(desk("audit", debug))
    done.append(desk("mfa", "retire", "x:RiversideHealth", "--reason", "keys", "--yes"))
    assert desk("mfa", "list").out.splitlines()[-1].startswith("x:RiversideHealth")
    for secret in (WEAK, STRONG):
        assert_nowhere(secret, desk.folder, *done)
    codes = {code.out.strip(), again.json["code"]}
    assert not any(
        one in path.read_text("latin-1") for one in codes for path in desk.folder.glob("auditor.db*")
    )


def test_while_it_is_in_the_vault_no_file_holds_a_seed(desk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vault file itself shows neither seed nor account."""
    done = piped(desk, monkeypatch, ADDRESS, "enroll", "x:RiversideHealth", "--unconfirmed", "moved")
    assert_nowhere(STRONG, desk.folder, done)
    vault = (desk.folder / "auditor.vault").read_text(encoding="utf-8")
    assert "x:1001" not in vault
    assert PASSPHRASE not in vault


@pytest.mark.parametrize(
    "arguments",
    [
        ("enroll", "x:RiversideHealth", STRONG),
        ("enroll", "x:RiversideHealth", "gezd", "gnbv", "gy3t", "qojq"),
        ("enroll", "x:RiversideHealth", f"--seed={STRONG}"),
        ("enroll", "x:RiversideHealth", "--seed", STRONG),
        ("enroll", "x:RiversideHealth", f"--uri={ADDRESS}"),
        ("enroll", ADDRESS),
        ("enroll", STRONG),
        ("rotate", "x:RiversideHealth", ADDRESS),
        ("code", STRONG, "--reason", "x"),
        ("code", "x:RiversideHealth", STRONG, "--reason", "x"),
    ],
)
def test_a_seed_given_as_an_argument_is_refused_and_not_repeated(
    desk: Bench, arguments: tuple[str, ...]
) -> None:
    """Wrong usage, whichever way it is tried; what was given does not come back in the error or the traceback."""
    done = desk("mfa", *arguments, "--debug")
    assert done.code == 2
    assert STRONG not in done.out + done.err
    assert "gnbv" not in done.out + done.err
    assert not (desk.folder / "auditor.vault").exists()


@pytest.mark.parametrize(
    "text",
    ["", "\n", f"{STRONG}1\n", f"{STRONG[:-2]}\n", f"otpauth://totp/a?secret={STRONG}&digits={STRONG}\n"],
)
def test_what_is_no_seed_is_refused_and_not_repeated(
    desk: Bench, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """A slip of the paste is one sentence, also with --debug, and nothing is kept."""
    done = piped(desk, monkeypatch, text, "enroll", "x:RiversideHealth", "--unconfirmed", "moved", "--debug")
    assert done.code == 1
    assert STRONG[:20] not in done.out + done.err
    assert desk("mfa", "list", "--format", "json").json["seeds"] == []


def test_unconfirmed_needs_a_reason_before_any_seed_is_read(
    desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pipe is not touched: what could not be kept is not taken."""
    done = piped(desk, monkeypatch, f"{STRONG}\n", "enroll", "x:RiversideHealth")
    assert done.code == 2
    assert "--unconfirmed" in done.err
    assert sys.stdin.readline() == f"{STRONG}\n"


def test_a_right_code_confirms_and_a_wrong_one_keeps_nothing(
    desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--code is held against the seed before it is kept."""
    wrong = piped(desk, monkeypatch, ADDRESS, "enroll", "x:RiversideHealth", "--code", "00000")
    assert wrong.code == 1
    right = reference_code(STRONG, int(time.time()) // 30)
    assert piped(desk, monkeypatch, ADDRESS, "enroll", "x:RiversideHealth", "--code", right).code == 0
    (seed,) = desk("mfa", "list", "--format", "json").json["seeds"]
    assert seed["confirmed_at"] is not None
    assert (seed["label"], seed["issuer"], seed["bits"]) == ("riverside", "X", 160)


def test_a_picture_of_the_qr_code_is_taken_and_said_to_be_deleted(desk: Bench) -> None:
    """The seed comes out of the picture; the person is told what the picture is worth."""
    picture = desk.folder / "code.png"
    segno.make(ADDRESS).save(str(picture), scale=5)
    done = desk("mfa", "enroll", "x:RiversideHealth", "--qr", str(picture), "--unconfirmed", "moved")
    assert done.code == 0
    assert f"Delete {picture}" in done.err
    picture.unlink()
    assert_nowhere(STRONG, desk.folder, done)


def test_a_leaver_gets_no_code_though_the_configuration_still_names_them(
    desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bo Fox left in October; whose line in auditor.yaml was forgotten does not matter."""
    assert piped(desk, monkeypatch, ADDRESS, "enroll", "x:RiversideHealth", "--unconfirmed", "m").code == 0
    desk.edit(f"{os_user()}: dana.cole@", f"{os_user()}: bo.fox@")
    done = desk("mfa", "code", "x:RiversideHealth", "--reason", "one last post", "--debug")
    assert (done.code, done.out) == (1, "")
    assert "bo.fox@riverside.example is terminated in the newest roster." in done.err
    assert desk("mfa", "uses", "x:RiversideHealth", "--format", "json").json == []


def test_without_a_store_or_a_section_it_says_what_to_do(bench: Bench) -> None:
    """Before the first collect, and where nobody is named, each is one sentence and a remedy."""
    nobody = bench("mfa", "list")
    assert nobody.code == 1
    assert "auditor collect" in nobody.err
    assert bench("collect").code == 0
    done = bench("mfa", "code", "x:RiversideHealth", "--reason", "post")
    assert done.code == 1
    assert "docs/mfa-custody.md" in done.err


def test_retiring_asks_first(desk: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can be asked and --yes was not said, nothing is forgotten."""
    assert piped(desk, monkeypatch, ADDRESS, "enroll", "x:RiversideHealth", "--unconfirmed", "m").code == 0
    done = piped(desk, monkeypatch, "yes\n", "retire", "x:RiversideHealth", "--reason", "keys")
    assert done.code == 2
    assert desk("mfa", "code", "x:RiversideHealth", "--reason", "still there").code == 0


class Terminal:
    """A person at a terminal: a program on a pseudo-terminal, its screen and its keyboard."""

    def __init__(self, *arguments: str) -> None:
        self.main, side = pty.openpty()
        command = [sys.executable, "-c", "from auditor.cli.app import main; main()", *arguments]
        environ = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        self.program = subprocess.Popen(
            command, stdin=side, stdout=side, stderr=side, env=environ, start_new_session=True,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        os.close(side)
        self.screen = ""

    def until(self, text: str, seconds: float = 60) -> None:
        """Read the screen until ``text`` is on it."""
        end = time.monotonic() + seconds
        while text not in self.screen:
            assert time.monotonic() < end, self.screen
            if select.select([self.main], [], [], 0.2)[0]:
                try:
                    self.screen += os.read(self.main, 65536).decode()
                except OSError:  # the program has gone
                    assert text in self.screen, self.screen

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self.main, f"{text}\n".encode())

    def close(self) -> int:
        """Wait for the end; return the exit code."""
        code = self.program.wait(60)
        os.close(self.main)
        return code


def test_at_a_terminal_the_seed_is_not_shown_and_a_wrong_code_may_be_corrected(desk: Bench) -> None:
    """What is typed does not appear; the first code is wrong, the second right; the screen never has the seed."""
    person = Terminal("mfa", "enroll", "x:RiversideHealth", "--config", str(desk.config))
    person.until("not shown (otpauth address or letters):")
    person.type(STRONG.lower())
    person.until("Code another authenticator shows")
    person.type("00000")
    person.until("has 6 digits")
    person.type(reference_code(STRONG, int(time.time()) // 30))
    person.until("is in custody")
    assert person.close() == 0
    assert STRONG.lower() not in person.screen
    assert STRONG not in person.screen
    (seed,) = desk("mfa", "list", "--format", "json").json["seeds"]
    assert seed["confirmed_at"] is not None
