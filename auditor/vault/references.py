"""Secret references to values, by a chain whose every link can be shown to an operator.

==================  ===========================================================================
``keyring:NAME``    ``$CREDENTIALS_DIRECTORY/NAME`` (systemd, containers), then the environment
                    variable ``AUDITOR_SECRET_NAME``, then the OS keyring, then the vault file
``env:NAME``        that environment variable
``file:PATH``       that file, readable by its owner alone
==================  ===========================================================================

Nothing here ever prompts: a daemon that waits for a passphrase is a daemon that is down.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import SecretUnavailable
from auditor.vault.scrub import redact, register

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from auditor.vault.filevault import FileVault

SERVICE = "auditor"
PASSPHRASE_NAME = "auditor-vault-passphrase"  # noqa: S105 - a name, not a secret
PASSPHRASE_VARIABLE = "AUDITOR_VAULT_PASSPHRASE"  # noqa: S105 - a name, not a secret


@dataclass(frozen=True, slots=True)
class Link:
    """One place secrets may come from, as ``auditor doctor`` shows it."""

    name: str
    usable: bool
    detail: str


class SecretChain:
    """Resolves secret references. Values it hands out are masked in all later output."""

    def __init__(
        self,
        *,
        base_dir: Path,
        vault_path: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._base_dir = base_dir
        self._environ = os.environ if environ is None else environ
        self._vault_path = vault_path

    def resolve(self, reference: str) -> str:
        """Return the secret that ``reference`` names.

        Raises:
            SecretUnavailable: it is nowhere to be found, or may be read by others.
        """
        scheme, _, name = reference.partition(":")
        finders: dict[str, Callable[[str], str | None]] = {
            "env": self._environ.get,
            "file": self._from_file,
            "credentials": self._from_credentials,
            "keyring": self._from_chain,
        }
        if scheme not in finders or not name:
            raise SecretUnavailable(
                "a secret reference is not of a known form.",
                remedy="Write keyring:NAME, env:NAME or file:PATH.",
            )
        value = finders[scheme](name)
        if not value or not value.strip():
            raise SecretUnavailable(
                f"there is no secret under {reference}.", remedy=self._remedy(scheme, name)
            )
        register(value)
        return value.strip()

    def links(self) -> Iterator[Link]:
        """Yield the places of the chain in the order they are asked."""
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        yield Link("credentials directory", bool(folder), folder or "CREDENTIALS_DIRECTORY is not set")
        yield Link("environment", True, "AUDITOR_SECRET_<NAME>")
        backend, why_not = usable_keyring()
        yield Link("OS keyring", backend is not None, why_not or f"{type(backend).__module__}")
        vault = self.vault()
        yield Link(
            "vault file",
            vault is not None,
            str(self._vault_path) if vault else "no vault file, or no passphrase for it",
        )

    def vault(self) -> FileVault | None:
        """Return the encrypted vault, where one is configured and its passphrase is at hand."""
        passphrase = self._from_credentials(PASSPHRASE_NAME) or self._environ.get(PASSPHRASE_VARIABLE)
        if self._vault_path is None or not passphrase:
            return None
        from auditor.vault.filevault import FileVault

        register(passphrase)
        return FileVault(self._vault_path, passphrase.strip())

    def writable(self) -> KeyringBackend:
        """Return where ``auditor secrets set`` may write: the OS keyring, else the vault file.

        Raises:
            SecretUnavailable: neither can be used; nothing is ever written in clear instead.
        """
        backend, why_not = usable_keyring()
        chosen = backend or self.vault()
        if chosen is None:
            raise SecretUnavailable(f"there is nowhere safe to keep a secret: {why_not}.", remedy=_HEADLESS)
        return chosen

    def _from_chain(self, name: str) -> str | None:
        return (
            self._from_credentials(name)
            or self._environ.get("AUDITOR_SECRET_" + re.sub(r"\W", "_", name).upper())
            or self._from_keyring(name)
        )

    def _from_keyring(self, name: str) -> str | None:
        backend, _why_not = usable_keyring()
        for place in (backend, self.vault()):
            if place is not None:
                value = guarded(place.get_password, SERVICE, name)
                if value:
                    return value
        return None

    def _from_credentials(self, name: str) -> str | None:
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        if not folder or not re.fullmatch(r"[A-Za-z0-9_.-]+", name) or name in {".", ".."}:
            return None
        path = Path(folder) / name
        return _read(path) if path.is_file() else None

    def _from_file(self, name: str) -> str | None:
        path = (self._base_dir / Path(name).expanduser()).resolve()
        try:
            mode = path.stat().st_mode
        except OSError as error:
            raise SecretUnavailable(
                f"the secret file {path} cannot be read: {error.strerror}.", remedy="Check the path."
            ) from None
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SecretUnavailable(
                f"the secret file {path} can be read by others.", remedy=f"Run: chmod 600 {path}"
            )
        return _read(path)

    def _remedy(self, scheme: str, name: str) -> str:
        if scheme == "env":
            return f"Set the environment variable {name}."
        if scheme == "file":
            return "Put the secret in that file, alone."
        backend, why_not = usable_keyring()
        if backend is not None or self.vault() is not None:
            return f"Run 'auditor secrets set {name}'."
        return f"The OS keyring cannot be used here ({why_not}). {_HEADLESS}"


_HEADLESS = (
    "On a machine without a desktop, set 'vault: auditor.vault' in auditor.yaml and give its passphrase in "
    f"{PASSPHRASE_VARIABLE} or as the systemd credential {PASSPHRASE_NAME}; or use env: or file: references."
)


def usable_keyring() -> tuple[KeyringBackend | None, str]:
    """Return the OS keyring's backend, or None and why it cannot be used.

    keyring picks a backend that fails on every call where there is none, and may pick one that
    keeps secrets in clear or prompts on the terminal; none of those is used.
    """
    import keyring
    from keyring.backends import chainer, fail, null

    backend = keyring.get_keyring()
    candidates = (
        list(getattr(backend, "backends", ())) if isinstance(backend, chainer.ChainerBackend) else [backend]
    )
    refused = "no keyring service answers"
    for candidate in candidates:
        if isinstance(candidate, (fail.Keyring, null.Keyring)):
            continue
        if type(candidate).__module__.startswith(("keyrings.alt", "keyrings.cryptfile")):
            refused = f"{type(candidate).__module__} keeps secrets in clear or prompts for a passphrase"
            continue
        return candidate, ""
    return None, refused


def guarded(call: Callable[..., str | None], *arguments: str) -> str | None:
    """Call a keyring method; whatever it raises comes out as SecretUnavailable.

    Backends raise KeyringError, and EOFError where they meant to prompt.
    """
    from keyring.errors import KeyringError

    from auditor.vault.filevault import VaultLocked

    try:
        return call(*arguments)
    except VaultLocked as error:
        raise SecretUnavailable(
            f"the vault cannot be opened: {redact(str(error))}.", remedy=error.remedy
        ) from None
    except (KeyringError, EOFError, OSError, RuntimeError) as error:
        raise SecretUnavailable(
            f"the keyring did not answer: {redact(str(error)) or type(error).__name__}.", remedy=_HEADLESS
        ) from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretUnavailable(f"the secret file {path} cannot be read: {type(error).__name__}.") from None
