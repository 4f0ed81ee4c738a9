"""An encrypted vault file for machines without a keyring, as a keyring backend.

JSON; each entry AES-256-GCM with its service and name as associated data, so entries cannot be
swapped; the key is derived from a passphrase by scrypt (n=2^15, r=8, p=1, RFC 7914). Writes go to
a temporary file that replaces the vault at once; whoever writes has read what the writer before left.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from auditor.vault.writing import one_writer

_FORMAT = "auditor-vault-1"
_CHECK = "check"


_HOW_TO_OPEN = (
    "Give the passphrase the vault was made with, in AUDITOR_VAULT_PASSPHRASE or as the systemd credential "
    "auditor-vault-passphrase. If it is right, restore the file from a backup."
)


class VaultLocked(KeyringLocked):
    """The vault file is there and cannot be used now."""

    def __init__(self, message: str, remedy: str) -> None:
        """Keep the remedy beside the message."""
        super().__init__(message)
        self.remedy = remedy


class FileVault(KeyringBackend):
    """A vault file opened with a passphrase.

    Raises (from its methods):
        KeyringLocked: wrong passphrase, an entry that was tampered with, a file that is not a vault, or another
            program that keeps it from being written.
        PasswordDeleteError: there is no such entry.
    """

    priority = 0
    # Lowest: keyring must not pick it by itself, it needs a path and a passphrase.

    def __init__(self, path: Path, passphrase: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring leaves it unannotated
        self._path = path
        self._passphrase = passphrase.encode()
        self._cipher: tuple[str, AESGCM] | None = None
        # The cipher belongs to one salt: a vault made anew has another.

    def get_password(self, service: str, username: str) -> str | None:
        """Return the secret kept under ``username``, or None."""
        vault = self._load()
        sealed = vault["entries"].get(_entry(service, username))
        return None if sealed is None else self._open(vault, sealed, _entry(service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep ``password`` under ``username``."""
        name = _entry(service, username)
        with self._changing() as vault:
            vault["entries"][name] = self._seal(vault, password, name)

    def delete_password(self, service: str, username: str) -> None:
        """Forget what is kept under ``username``."""
        with self._changing() as vault:
            if vault["entries"].pop(_entry(service, username), None) is None:
                raise PasswordDeleteError(f"there is no secret named {username}")

    def names(self, service: str) -> tuple[str, ...]:
        """Return the names kept for ``service``, sorted; no values."""
        prefix = _entry(service, "")
        return tuple(
            sorted(name.removeprefix(prefix) for name in self._load()["entries"] if name.startswith(prefix))
        )

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """Read the vault, let it be changed, and write it; nobody else does meanwhile."""
        try:
            with one_writer(self._path):
                vault = self._load()
                yield vault
                self._save(vault)
        except TimeoutError as error:
            raise VaultLocked(str(error), "Run this again when the other program has ended.") from None

    def _load(self) -> dict[str, Any]:
        vault: Any
        if not self._path.exists():
            vault = {"format": _FORMAT, "salt": _text(os.urandom(16)), "entries": {}}
            vault[_CHECK] = self._seal(vault, _FORMAT, _CHECK)
            return dict(vault)
        try:
            vault = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            vault = None
        if not isinstance(vault, dict) or vault.get("format") != _FORMAT or "entries" not in vault:
            raise VaultLocked(
                f"{self._path} is not a vault file", "Check 'vault:' in auditor.yaml, or restore the file."
            )
        self._open(vault, vault.get(_CHECK, ""), _CHECK)
        return dict(vault)

    def _aead(self, vault: dict[str, Any]) -> AESGCM:
        if self._cipher is None or self._cipher[0] != vault["salt"]:
            salt = base64.b64decode(vault["salt"])
            key = Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(self._passphrase)
            self._cipher = vault["salt"], AESGCM(key)
        return self._cipher[1]

    def _seal(self, vault: dict[str, Any], plain: str, name: str) -> str:
        nonce = os.urandom(12)
        return _text(nonce + self._aead(vault).encrypt(nonce, plain.encode(), name.encode()))

    def _open(self, vault: dict[str, Any], sealed: str, name: str) -> str:
        try:
            raw = base64.b64decode(sealed, validate=True)
            return self._aead(vault).decrypt(raw[:12], raw[12:], name.encode()).decode()
        except (InvalidTag, ValueError, TypeError, KeyError):
            raise VaultLocked(
                f"{self._path}: wrong passphrase, or the file was tampered with", _HOW_TO_OPEN
            ) from None

    def _save(self, vault: dict[str, Any]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=".vault-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(vault, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self._path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _entry(service: str, username: str) -> str:
    return f"{service}/{username}"


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
