"""TOTP seeds: what a platform shows once as a QR code or a row of letters, made ready to give codes.

A seed is never shown again: not by ``repr``, not by an error. Whoever reads one registers it first,
so that it is masked in all that is emitted from then on. Codes are those of RFC 6238, computed by
pyotp, which refuses seeds under 112 bits; platforms hand out shorter ones, so they are taken, and
`Seed.is_weak` says so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.errors import CustodyError
from auditor.model.custody import LEAST_BITS
from auditor.vault.scrub import register

if TYPE_CHECKING:
    from pyotp import TOTP

ALGORITHMS: dict[str, Callable[[], Any]] = {
    "SHA1": hashlib.sha1,
    "SHA256": hashlib.sha256,
    "SHA512": hashlib.sha512,
}
DIGITS = (6, 7, 8)
SHORTEST_PERIOD, LONGEST_PERIOD = 10, 120
_FEWEST_BITS = 40
"""Below this it is a slip of the hand, not a weak seed."""
_MOST_LETTERS = 1024
_ALPHABET = re.compile(r"[A-Z2-7]+")
_AGAIN = "Copy it again from the platform's page for setting up an authenticator app."
_BROKEN = "Somebody altered it. Find out who, and rotate the seed."


@dataclass(frozen=True, slots=True)
class Seed:
    """One seed and how its codes are made."""

    secret: str = field(repr=False)
    """Base32 in capitals, without padding."""
    digits: int = 6
    period: int = 30
    algorithm: str = "SHA1"
    label: str = ""
    issuer: str = ""

    @property
    def bits(self) -> int:
        """Length of the key."""
        return len(_decoded(self.secret)) * 8

    @property
    def is_weak(self) -> bool:
        """Whether it is too short to withstand guessing from a code that was overseen."""
        return self.bits < LEAST_BITS

    def step(self, at: datetime) -> int:
        """Return the number of the period that ``at`` lies in."""
        return int(at.timestamp()) // self.period

    def code(self, step: int) -> str:
        """Return the code of one period."""
        return str(self._totp().generate_otp(step))

    def seconds_left(self, at: datetime) -> int:
        """Return how long the code of ``at`` still holds, from 1 to the whole period."""
        return self.period - int(at.timestamp()) % self.period

    def to_json(self) -> str:
        """Return all that makes its codes, for the vault alone."""
        return json.dumps([self.secret, self.digits, self.period, self.algorithm])

    @classmethod
    def from_json(cls, text: str) -> Seed:
        """Return the seed kept as ``text``; CustodyError where it is not one."""
        try:
            secret, digits, period, algorithm = json.loads(text)
        except (ValueError, TypeError):
            raise CustodyError("what the vault holds is not a seed.", remedy=_BROKEN) from None
        sound = (
            isinstance(secret, str) and _ALPHABET.fullmatch(secret),
            digits in DIGITS,
            isinstance(period, int) and SHORTEST_PERIOD <= period <= LONGEST_PERIOD,
            isinstance(algorithm, str) and algorithm in ALGORITHMS,
        )
        if not all(sound):
            raise CustodyError("what the vault holds is not a seed.", remedy=_BROKEN)
        register_seed(secret)
        return cls(secret, digits, period, algorithm)

    def _totp(self) -> TOTP:
        kind = _weak_totp() if self.is_weak else _totp_class()
        return kind(self.secret, digits=self.digits, digest=ALGORITHMS[self.algorithm], interval=self.period)


def typed_seed(text: str) -> Seed:
    """Return the seed of base32 letters as people copy them: spaces, hyphens, small letters, no padding.

    Raises:
        CustodyError: it is no base32, is cut short, or is far too short or long. It never says what was typed.

    """
    register(text)
    letters = re.sub(r"[\s-]+", "", text).rstrip("=").upper()
    if not letters:
        raise CustodyError("no seed was given.", remedy="Type it at the prompt, or pipe it in.")
    register_seed(letters)
    if len(letters) > _MOST_LETTERS:
        raise CustodyError("that is too long for a seed.", remedy=_AGAIN)
    if not _ALPHABET.fullmatch(letters):
        raise CustodyError(
            "that is no seed: it has characters other than the letters A to Z and the digits 2 to 7.",
            remedy=_AGAIN,
        )
    if len(letters) % 8 in (1, 3, 6):
        raise CustodyError("that is no whole seed: a letter is missing or one is too many.", remedy=_AGAIN)
    seed = Seed(letters)
    if seed.bits < _FEWEST_BITS:
        raise CustodyError(
            f"that has {seed.bits} bits, far too few for a seed: part of it is missing.", remedy=_AGAIN
        )
    return seed


def register_seed(secret: str) -> None:
    """Mask the seed from now on, as it is, in small letters, in groups of four, padded and as plain bytes."""
    for text in (secret, secret.lower(), _padded(secret)):
        register(text)
    for text in (secret, secret.lower()):
        register(" ".join(text[start : start + 4] for start in range(0, len(text), 4)))
    try:
        raw = base64.b32decode(_padded(secret))
    except (binascii.Error, ValueError):
        return
    for text in (raw.hex(), raw.hex().upper(), base64.b64encode(raw).decode(), repr(raw)[2:-1]):
        register(text)


def _decoded(secret: str) -> bytes:
    try:
        return base64.b32decode(_padded(secret))
    except (binascii.Error, ValueError):
        raise CustodyError("what the vault holds is not a seed.", remedy=_BROKEN) from None


def _padded(secret: str) -> str:
    return secret + "=" * (-len(secret) % 8)


def _totp_class() -> type[TOTP]:
    from pyotp import TOTP

    return TOTP


def _weak_totp() -> type[TOTP]:
    from pyotp import TOTP

    class WeakTOTP(TOTP):
        """Takes the short seeds that platforms still hand out."""

        min_secret_length_bits = _FEWEST_BITS

    return WeakTOTP
