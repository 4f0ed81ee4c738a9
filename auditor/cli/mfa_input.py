"""How a seed and its confirmation come in: from the terminal unseen, from a pipe, from a picture; never as an argument."""

from __future__ import annotations

import getpass
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.console import complain, say
from auditor.errors import CustodyError, UsageError

if TYPE_CHECKING:
    from auditor.app.custody_entry import Confirmation
    from auditor.vault.seeds import Seed

_TRIES = 3
_LONGEST_LINE = 8192
_LIKE_A_SEED = re.compile(r"(?i:otpauth)|^[A-Z2-7=\s-]{16,}$")


def no_seed_among(account: str, *words: str) -> None:
    """Refuse what may be a seed among the arguments; it is not repeated.

    Raises:
        UsageError: there are more arguments than the account, or the account is an otpauth address.

    """
    from auditor.vault import register

    for word in (*words, account):
        if word != account or _LIKE_A_SEED.search(word):
            register(word)
    if words or "otpauth" in account.casefold():
        raise UsageError(
            "a seed is never given as an argument: others on this machine can see it, and the shell keeps it.",
            remedy="Type it at the prompt, pipe it in, or use --qr. If it was real, have the platform make a new one.",
        )


def check_beforehand(code: str, unconfirmed: str) -> None:
    """Refuse, before any seed is read, what could not be confirmed afterwards; raises UsageError."""
    if not (code or unconfirmed.strip() or sys.stdin.isatty()):
        raise UsageError(
            "it would not be known whether the seed is the right one.",
            remedy="Give a current code of it with --code, or say with --unconfirmed why there is none.",
        )


def given_seed(account: str, qr: Path | None) -> Seed:
    """Return the seed that was typed, piped in or photographed.

    Raises:
        CustodyError: it is not one that codes can be made from.

    """
    from auditor.vault.seed_picture import read_picture
    from auditor.vault.seed_uri import read_seed

    if qr is not None:
        return read_seed(read_picture(qr))
    if sys.stdin.isatty():
        return read_seed(getpass.getpass(f"Seed of {account}, not shown (otpauth address or letters): "))
    return read_seed(sys.stdin.readline(_LONGEST_LINE))


def ask_confirmation(
    seed: Seed, code: str, unconfirmed: str, clock: Callable[[], datetime], *, may_wait: bool
) -> Confirmation | None:
    """Return how the seed is confirmed; None where ``may_wait`` and the person has no code yet.

    Raises:
        CustodyError: no right code came in three tries.
        UsageError: there is neither a code nor a reason.

    """
    from auditor.app.custody_entry import Confirmation
    from auditor.vault.seed_check import check_code

    if code or unconfirmed.strip():
        return Confirmation(code, unconfirmed)
    if not sys.stdin.isatty():
        return None
    for left in reversed(range(_TRIES)):
        typed = _ask("Code another authenticator shows for it now (Enter: there is none): ")
        if not typed:
            break
        try:
            check_code(seed, typed, clock())
        except CustodyError as error:
            if not left:
                raise
            complain(error.message, error.remedy)
            continue
        return Confirmation(typed)
    if may_wait:
        return None
    return Confirmation(reason=_ask("Why is it kept unconfirmed? "))


def sure(question: str) -> bool:
    """Ask a question that only 'yes' answers with yes; where nobody can be asked, the answer is no."""
    return sys.stdin.isatty() and _ask(f"{question} Type yes: ").casefold() == "yes"


def _ask(question: str) -> str:
    say(question)
    return sys.stdin.readline(_LONGEST_LINE).strip()
