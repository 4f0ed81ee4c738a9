"""Is this code of this seed? And where it is not: is it the seed that is wrong, or a clock?"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from auditor.errors import CustodyError
from auditor.vault.seeds import Seed

_ACCEPTED = 1
_RECOGNISED = 10
"""Periods away at which a code is still known for one of this seed, though it is not accepted."""


@dataclass(frozen=True, slots=True)
class Match:
    """A code that was right."""

    periods_off: int
    """How many periods the other clock is ahead of ours; below 0: behind, or the code was typed late."""


def check_code(seed: Seed, code: str, at: datetime) -> Match:
    """Return how a code shown by another authenticator at ``at`` fits ``seed``.

    Raises:
        CustodyError: it is none of its codes, or one of a time so far off that a clock must be wrong.

    """
    typed = re.sub(r"[\s-]", "", code)
    if not (typed.isascii() and typed.isdigit() and len(typed) == seed.digits):
        raise CustodyError(
            f"a code of this seed has {seed.digits} digits.",
            remedy="Type the code the authenticator shows now.",
        )
    now = seed.step(at)
    found = [
        away
        for away in sorted(range(-_RECOGNISED, _RECOGNISED + 1), key=abs)
        if now + away >= 0 and hmac.compare_digest(seed.code(now + away), typed)
    ]
    if not found:
        raise CustodyError(
            "that is no code of this seed.",
            remedy="Type the code shown now; where it is wrong again, the seed is not the one the platform has.",
        )
    if abs(found[0]) > _ACCEPTED:
        seconds = abs(found[0]) * seed.period
        which = "behind" if found[0] > 0 else "ahead"
        raise CustodyError(
            f"that is a code of this seed, but of about {seconds} seconds {'later' if found[0] > 0 else 'ago'}: "
            f"the clock of this machine seems to be {which}, or the other device's is wrong.",
            remedy="Set both clocks by a time server (NTP); platforms refuse codes of a wrong clock.",
        )
    return Match(found[0])
