"""The vault file: wrong passphrases, swapped entries and broken files are refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked, PasswordDeleteError

from auditor.vault.filevault import FileVault
from auditor.vault.writing import one_writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a vault holding two secrets."""
    vault = FileVault(tmp_path / "v", "right")
    vault.set_password("auditor", "one", "first")
    vault.set_password("auditor", "two", "second")
    return tmp_path / "v"


def test_round_trip_and_delete(path: Path) -> None:
    """What is kept comes back, is listed by name, and can be forgotten."""
    vault = FileVault(path, "right")
    assert vault.get_password("auditor", "one") == "first"
    assert vault.names("auditor") == ("one", "two")
    vault.delete_password("auditor", "one")
    assert vault.get_password("auditor", "one") is None
    with pytest.raises(PasswordDeleteError):
        vault.delete_password("auditor", "one")


def test_wrong_passphrase_is_locked_also_for_writing(path: Path) -> None:
    """A wrong passphrase neither reads nor adds an entry nobody else could open."""
    before = path.read_bytes()
    with pytest.raises(KeyringLocked):
        FileVault(path, "wrong").get_password("auditor", "one")
    with pytest.raises(KeyringLocked):
        FileVault(path, "wrong").set_password("auditor", "three", "x")
    assert path.read_bytes() == before


def test_swapped_entries_are_noticed(path: Path) -> None:
    """An entry moved under another name does not open."""
    data = json.loads(path.read_text())
    entries = data["entries"]
    entries["auditor/one"], entries["auditor/two"] = entries["auditor/two"], entries["auditor/one"]
    path.write_text(json.dumps(data))
    with pytest.raises(KeyringLocked):
        FileVault(path, "right").get_password("auditor", "one")


@pytest.mark.parametrize(
    "content", ["", "not json", "[]", '{"format": "other"}', '{"format": "auditor-vault-1"}']
)
def test_a_file_that_is_no_vault_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    """Another file is neither read as a vault nor overwritten."""
    path = tmp_path / "v"
    path.write_text(content)
    with pytest.raises(KeyringLocked):
        FileVault(path, "right").set_password("auditor", "one", "x")
    assert path.read_text() == content


def test_asking_before_the_first_secret_does_not_spoil_the_vault(tmp_path: Path) -> None:
    """A vault that was looked into before it existed is opened by the same passphrase later."""
    path = tmp_path / "auditor.vault"
    first = FileVault(path, "a passphrase")
    assert first.get_password("auditor", "x") is None
    first.set_password("auditor", "x", "the-value")
    assert FileVault(path, "a passphrase").get_password("auditor", "x") == "the-value"


def test_a_disk_that_fills_up_leaves_the_old_vault_and_no_scrap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vault is replaced as a whole or not at all."""
    path = tmp_path / "auditor.vault"
    vault = FileVault(path, "a passphrase")
    vault.set_password("auditor", "x", "the-value")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        vault.set_password("auditor", "x", "another")
    assert sorted(found.name for found in tmp_path.iterdir()) == [".auditor.vault.lock", "auditor.vault"]
    assert FileVault(path, "a passphrase").get_password("auditor", "x") == "the-value"


_WRITER = """
import sys, time
from pathlib import Path
from auditor.vault.filevault import FileVault
folder, name = Path(sys.argv[1]), sys.argv[2]
vault = FileVault(folder / "v", "right")
vault.get_password("auditor", "one")
(folder / f"{name}.ready").touch()
while len(list(folder.glob("*.ready"))) < 2:
    time.sleep(0.001)
for number in range(20):
    vault.set_password("auditor", f"{name}{number}", "kept")
"""


def test_two_programs_that_write_at_once_lose_nothing(path: Path) -> None:
    """What 'secrets set' and 'mfa rotate' write at the same moment is all there afterwards."""
    command = [sys.executable, "-c", _WRITER, str(path.parent)]
    writers = [subprocess.Popen([*command, name]) for name in "ab"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    written = {f"{name}{number}" for name in "ab" for number in range(20)}
    assert set(FileVault(path, "right").names("auditor")) == {"one", "two", *written}


def test_a_vault_that_another_program_keeps_is_not_waited_for_without_end(path: Path) -> None:
    """The lock is waited for a while; then whoever wants to write is told, and nothing is written."""
    with (
        one_writer(path),
        pytest.raises(TimeoutError, match="another program"),
        one_writer(path, patience=0.1),
    ):
        raise AssertionError("two had the lock")
