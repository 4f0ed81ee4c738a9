"""Where seeds lie: in the keyring or the vault file, out of reach of the configuration, each for its account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from auditor.errors import CustodyError, SecretUnavailable
from auditor.vault import SecretChain
from auditor.vault.filevault import FileVault
from auditor.vault.seedbox import SEED_SERVICE, SeedBox
from auditor.vault.seeds import Seed
from tests.vault.support_seeds import OTHER, STRONG, WEAK, Ring, no_keyring, vault_chain


@pytest.fixture(autouse=True)
def _no_keyring() -> Iterator[None]:
    with no_keyring():
        yield


def test_a_seed_goes_into_the_vault_file_and_comes_out(tmp_path: Path) -> None:
    """It comes back as it was; the file holds nothing of it in clear."""
    box = SeedBox(vault_chain(tmp_path))
    seed = Seed(WEAK, digits=8, period=60, algorithm="SHA256")
    assert box.keep("seed-1", "x:1", seed) == "vault file"
    assert box.read("seed-1", "x:1") == seed
    content = (tmp_path / "auditor.vault").read_bytes()
    assert WEAK.encode() not in content
    assert b"x:1" not in content
    assert box.forget("seed-1")
    assert not box.forget("seed-1")
    with pytest.raises(SecretUnavailable, match="not in the keyring or vault"):
        box.read("seed-1", "x:1")


def test_the_keyring_is_preferred(tmp_path: Path) -> None:
    """Where a keyring answers, the seed goes there and no vault file is made."""
    ring = Ring()
    keyring.set_keyring(ring)
    box = SeedBox(vault_chain(tmp_path))
    assert box.keep("seed-1", "x:1", Seed(STRONG)) == "keyring"
    assert list(ring.kept) == [(SEED_SERVICE, "seed-1")]
    assert box.read("seed-1", "x:1").secret == STRONG
    assert box.forget("seed-1")
    assert ring.kept == {}
    assert not (tmp_path / "auditor.vault").exists()


def test_a_seed_kept_for_one_account_does_not_open_for_another(tmp_path: Path) -> None:
    """Who alters the store so that an account points to another's seed gets an error, not its codes."""
    box = SeedBox(vault_chain(tmp_path))
    box.keep("seed-1", "x:1", Seed(STRONG))
    with pytest.raises(CustodyError, match="not this account's") as caught:
        box.read("seed-1", "x:2")
    assert "rotate" in caught.value.remedy


def test_no_reference_of_the_configuration_reaches_a_seed(tmp_path: Path) -> None:
    """A connection cannot be given a seed as its token, and so send it away."""
    chain = vault_chain(tmp_path)
    SeedBox(chain).keep("seed-1", "x:1", Seed(STRONG))
    for reference in (
        "keyring:seed-1",
        f"keyring:{SEED_SERVICE}/seed-1",
        f"keyring:../{SEED_SERVICE}/seed-1",
    ):
        with pytest.raises(SecretUnavailable):
            chain.resolve(reference)


def test_without_a_safe_place_nothing_is_kept(tmp_path: Path) -> None:
    """No keyring and no vault: the seed is refused rather than written in clear."""
    box = SeedBox(SecretChain(base_dir=tmp_path, environ={}))
    with pytest.raises(SecretUnavailable, match="nowhere safe") as caught:
        box.keep("seed-1", "x:1", Seed(STRONG))
    assert STRONG not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_keyring_that_quotes_what_it_was_given_is_masked(tmp_path: Path) -> None:
    """A backend whose error repeats the secret does not make it known."""
    from auditor.vault.seeds import register_seed

    class Chatty(Ring):
        def set_password(self, service: str, username: str, password: str) -> None:
            raise RuntimeError(f"could not store {password!r} for {username}")

    keyring.set_keyring(Chatty())
    register_seed(OTHER)
    with pytest.raises(SecretUnavailable, match="did not answer") as caught:
        SeedBox(vault_chain(tmp_path)).keep("seed-1", "x:1", Seed(OTHER))
    assert OTHER not in str(caught.value)


def test_an_entry_that_is_no_seed_is_refused(tmp_path: Path) -> None:
    """What somebody else put under the name makes no codes."""
    chain = vault_chain(tmp_path)
    vault = chain.vault()
    assert isinstance(vault, FileVault)
    for kept in ("not json", "[]", '["x:1"]', '["x:1", 5]', '["x:1", "[]"]'):
        vault.set_password(SEED_SERVICE, "seed-1", kept)
        with pytest.raises(CustodyError):
            SeedBox(chain).read("seed-1", "x:1")
