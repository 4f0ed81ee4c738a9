"""The chain: where secrets come from, what is refused, and that nothing prompts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from auditor.errors import SecretUnavailable
from auditor.vault import SecretChain, redact
from auditor.vault.references import PASSPHRASE_VARIABLE


class MemoryKeyring(KeyringBackend):
    """A keyring of this process alone."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept."""
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self.kept[service, username] = password


class PromptingKeyring(MemoryKeyring):
    """A backend that wants a person at the terminal, as some do."""

    def get_password(self, service: str, username: str) -> str | None:
        """Fail as input() does where there is no terminal."""
        raise EOFError("EOF when reading a line")


@pytest.fixture(autouse=True)
def _restore_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def chain(tmp_path: Path, environ: dict[str, str] | None = None, *, vault: bool = False) -> SecretChain:
    """Return a chain that sees only what the test gives it."""
    return SecretChain(
        base_dir=tmp_path, environ=environ or {}, vault_path=tmp_path / "auditor.vault" if vault else None
    )


def test_env_and_file_and_credentials(tmp_path: Path) -> None:
    """Each kind of reference finds its value, and the value is masked from then on."""
    keyring.set_keyring(fail.Keyring())
    (tmp_path / "secret").write_text("from-the-file-1\n")
    (tmp_path / "secret").chmod(0o600)
    folder = tmp_path / "creds"
    folder.mkdir()
    (folder / "meta").write_text("from-systemd-1")
    secrets = chain(tmp_path, {"TOKEN": "from-the-env-1", "CREDENTIALS_DIRECTORY": str(folder)})
    assert secrets.resolve("env:TOKEN") == "from-the-env-1"
    assert secrets.resolve("file:secret") == "from-the-file-1"
    assert secrets.resolve("keyring:meta") == "from-systemd-1"
    assert redact("x from-the-file-1 y") == "x *** y"


def test_a_file_others_may_read_is_refused(tmp_path: Path) -> None:
    """A secret file that group or others can read is refused with the command that mends it."""
    (tmp_path / "secret").write_text("open-secret")
    (tmp_path / "secret").chmod(0o644)
    with pytest.raises(SecretUnavailable, match="chmod 600") as caught:
        chain(tmp_path).resolve("file:secret")
    assert "open-secret" not in str(caught.value)


def test_credentials_names_cannot_leave_their_folder(tmp_path: Path) -> None:
    """A name with a path in it never reaches the file system."""
    keyring.set_keyring(fail.Keyring())
    (tmp_path / "creds").mkdir()
    (tmp_path / "outside").write_text("not-yours")
    with pytest.raises(SecretUnavailable):
        chain(tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path / "creds")}).resolve("keyring:../outside")


def test_the_os_keyring_is_asked(tmp_path: Path) -> None:
    """A keyring reference is found in the OS keyring under the service 'auditor'."""
    backend = MemoryKeyring()
    backend.set_password("auditor", "x-brand", "from-the-keyring")
    keyring.set_keyring(backend)
    assert chain(tmp_path).resolve("keyring:x-brand") == "from-the-keyring"


def test_a_headless_machine_is_told_what_to_do(tmp_path: Path) -> None:
    """Without a keyring service the error says so and names the ways out; nothing is written."""
    keyring.set_keyring(fail.Keyring())
    with pytest.raises(SecretUnavailable, match=r"vault: auditor\.vault"):
        chain(tmp_path).resolve("keyring:x-brand")
    with pytest.raises(SecretUnavailable, match="nowhere safe"):
        chain(tmp_path).writable()
    assert list(tmp_path.iterdir()) == []


def test_a_backend_that_prompts_becomes_an_error(tmp_path: Path) -> None:
    """EOFError from a prompting backend comes out as one clear sentence."""
    keyring.set_keyring(PromptingKeyring())
    with pytest.raises(SecretUnavailable, match="did not answer"):
        chain(tmp_path).resolve("keyring:x-brand")


def test_the_vault_file_serves_where_there_is_no_keyring(tmp_path: Path) -> None:
    """With a passphrase at hand the vault is written to and read from, encrypted and private."""
    keyring.set_keyring(fail.Keyring())
    secrets = chain(tmp_path, {PASSPHRASE_VARIABLE: "correct horse battery"}, vault=True)
    secrets.writable().set_password("auditor", "x-brand", "in-the-vault-1")
    path = tmp_path / "auditor.vault"
    assert "in-the-vault-1" not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert secrets.resolve("keyring:x-brand") == "in-the-vault-1"


def test_a_wrong_passphrase_is_told_as_what_it_is(tmp_path: Path) -> None:
    """Who has a vault needs its passphrase, and no advice to set one up."""
    keyring.set_keyring(fail.Keyring())
    right = chain(tmp_path, {PASSPHRASE_VARIABLE: "correct horse battery"}, vault=True)
    right.writable().set_password("auditor", "x-brand", "in-the-vault-1")
    with pytest.raises(SecretUnavailable, match="wrong passphrase") as refused:
        chain(tmp_path, {PASSPHRASE_VARIABLE: "wrong pony"}, vault=True).resolve("keyring:x-brand")
    assert PASSPHRASE_VARIABLE in refused.value.remedy
    assert "vault:" not in refused.value.remedy
    assert "pony" not in str(refused.value)


def test_links_are_shown_in_order_without_values(tmp_path: Path) -> None:
    """What doctor shows of the chain names every link and no secret."""
    keyring.set_keyring(fail.Keyring())
    links = list(chain(tmp_path, {PASSPHRASE_VARIABLE: "passphrase-77"}, vault=True).links())
    assert [link.name for link in links] == [
        "credentials directory",
        "environment",
        "OS keyring",
        "vault file",
    ]
    assert [link.usable for link in links] == [False, True, False, True]
    assert "passphrase-77" not in repr(links)
