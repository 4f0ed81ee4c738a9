"""Fictional seeds, and an independent way to compute their codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import keyring
from keyring.backend import KeyringBackend
from keyring.backends import fail

from auditor.vault import SecretChain, scrub
from auditor.vault.references import PASSPHRASE_VARIABLE

STRONG = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The 160 bits of RFC 6238's examples."""
OTHER = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U"
WEAK = "JBSWY3DPEHPK3PXP"
"""80 bits, as many platforms hand out."""


def reference_code(secret: str, step: int, digits: int = 6, algorithm: str = "sha1") -> str:
    """Return the code by RFC 4226, written out."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), getattr(hashlib, algorithm)).digest()
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


class Ring(KeyringBackend):
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

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        del self.kept[service, username]


@contextmanager
def on_machine_with(ring: KeyringBackend) -> Iterator[None]:
    """Have this keyring and no other for a ``with`` block: tests touch nobody's own."""
    before = keyring.get_keyring()
    keyring.set_keyring(ring)
    try:
        yield
    finally:
        keyring.set_keyring(before)


def no_keyring() -> AbstractContextManager[None]:
    """Be on a machine without a keyring for a ``with`` block."""
    return on_machine_with(fail.Keyring())


def vault_chain(folder: Path) -> SecretChain:
    """Return a chain whose only safe place is a vault file in ``folder``."""
    return SecretChain(
        base_dir=folder,
        vault_path=folder / "auditor.vault",
        environ={PASSPHRASE_VARIABLE: "a passphrase of five words"},
    )


Given = ParamSpec("Given")


@contextmanager
def scrubber_of_its_own() -> Iterator[None]:
    """Have the scrubber forget afterwards what was registered: other tests' words must not be masked by chance."""
    before = scrub._registered, scrub._broken
    scrub._registered, scrub._broken = (), ()
    try:
        yield
    finally:
        scrub._registered, scrub._broken = before


def forgetting(test: Callable[Given, None]) -> Callable[Given, None]:
    """Run each call of a test, each example of a property too, within `scrubber_of_its_own`."""

    @wraps(test)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        with scrubber_of_its_own():
            test(*args, **kwargs)

    return run
