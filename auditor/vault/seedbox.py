"""Where seeds are kept: the OS keyring, or the vault file where there is no keyring. Nowhere else.

They lie under a service name of their own, so that no ``keyring:`` reference in the configuration
can reach one. A seed is kept together with the account it is for: an entry that was moved under
another account's name does not open.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING

from auditor.errors import CustodyError, SecretUnavailable
from auditor.vault.references import SecretChain, guarded, usable_keyring
from auditor.vault.seeds import Seed

if TYPE_CHECKING:
    from auditor.vault.filevault import FileVault

SEED_SERVICE = "auditor-seeds"


class SeedBox:
    """The seeds within reach of one secret chain."""

    def __init__(self, chain: SecretChain) -> None:
        self._chain = chain

    def keep(self, seed_id: str, account_id: str, seed: Seed) -> str:
        """Keep ``seed`` and return where: ``keyring`` or ``vault file``. It is read back before this returns.

        Raises:
            SecretUnavailable: there is nowhere safe to keep it, or it could not be kept.

        """
        place = usable_keyring()[0] or self._vault or self._chain.writable()
        guarded(place.set_password, SEED_SERVICE, seed_id, json.dumps([account_id, seed.to_json()]))
        if self.read(seed_id, account_id).to_json() != seed.to_json():
            raise SecretUnavailable(
                "the vault gives back another seed than it was given.", remedy="Run 'auditor doctor'."
            )
        return "keyring" if place is usable_keyring()[0] else "vault file"

    def read(self, seed_id: str, account_id: str) -> Seed:
        """Return the seed kept for ``account_id``.

        Raises:
            SecretUnavailable: it is not here, or the vault does not open.
            CustodyError: what is kept under this name is for another account, or is no seed.

        """
        for place in (usable_keyring()[0], self._vault):
            kept = guarded(place.get_password, SEED_SERVICE, seed_id) if place is not None else None
            if kept:
                return _opened(kept, account_id)
        raise SecretUnavailable(
            "the seed is not in the keyring or vault of this machine and user.",
            remedy="Run this where it was enrolled, with the same 'vault:' and passphrase; or rotate the seed.",
        )

    def forget(self, seed_id: str) -> bool:
        """Forget a seed wherever it is; return whether it was anywhere.

        Raises:
            SecretUnavailable: a vault does not open, so it may still be there.

        """
        from keyring.errors import KeyringError

        found = False
        for place in (usable_keyring()[0], self._vault):
            if place is None or not guarded(place.get_password, SEED_SERVICE, seed_id):
                continue
            try:
                place.delete_password(SEED_SERVICE, seed_id)
            except (KeyringError, OSError) as error:
                raise SecretUnavailable(
                    f"the vault does not forget a seed: {type(error).__name__}.",
                    remedy="Run 'auditor doctor'.",
                ) from None
            found = True
        return found

    @cached_property
    def _vault(self) -> FileVault | None:
        # One object: each new one derives its key anew, and that is meant to be slow.
        return self._chain.vault()


def _opened(kept: str, account_id: str) -> Seed:
    try:
        owner, text = json.loads(kept)
    except (ValueError, TypeError):
        owner, text = None, ""
    if not isinstance(text, str) or owner != account_id:
        raise CustodyError(
            "the seed kept under this name is not this account's.",
            remedy="Somebody altered the store or the vault. Find out who, and rotate the seed.",
        )
    return Seed.from_json(text)
