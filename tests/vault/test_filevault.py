"""The vault file: wrong passphrases, swapped entries and broken files are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked, PasswordDeleteError

from auditor.vault.filevault import FileVault


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
