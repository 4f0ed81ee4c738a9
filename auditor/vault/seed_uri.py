"""Reads what a platform's QR code says: an ``otpauth://`` address.

The form is Google Authenticator's Key URI Format. pyotp's own reader refuses weak seeds and quotes
what it does not understand, so the address is taken apart here; the tests hold both against each other.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from auditor.errors import CustodyError
from auditor.vault.scrub import register
from auditor.vault.seeds import ALGORITHMS, DIGITS, LONGEST_PERIOD, SHORTEST_PERIOD, Seed, typed_seed

_LONGEST = 4096
_LONGEST_NAME = 200
_ONCE = frozenset({"secret", "issuer", "algorithm", "digits", "period", "encoder", "counter"})
_AGAIN = "Copy it again from the platform's page, or type the seed's letters instead."


def read_seed(text: str) -> Seed:
    """Return the seed that was typed, piped or scanned: an ``otpauth://`` address, or base32 letters.

    Raises:
        CustodyError: it is neither, or of a kind that no codes can be made from. It never says what was given.

    """
    text = text.strip()
    register(text)
    if len(text) > _LONGEST:
        raise CustodyError("that is too long for a seed.", remedy=_AGAIN)
    scheme = text.partition(":")[0].casefold()
    if scheme == "otpauth-migration":
        raise CustodyError(
            "that is an export of many seeds out of an authenticator app, which is not read.",
            remedy="Set the account up anew at the platform ('auditor mfa rotate'): what was exported has been copied.",
        )
    if scheme == "otpauth":
        return _from_address(text)
    if "://" in text:
        raise CustodyError("that is an address, but no otpauth:// address.", remedy=_AGAIN)
    return typed_seed(text)


def _from_address(text: str) -> Seed:
    try:
        parts = urlsplit(text)
        given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True, max_num_fields=30)
    except ValueError:
        raise CustodyError("the otpauth address cannot be taken apart.", remedy=_AGAIN) from None
    values: dict[str, str] = {}
    for key, value in given:
        if key in _ONCE and key in values:
            raise CustodyError(f"the otpauth address says {key} twice.", remedy=_AGAIN)
        values[key] = value
    register(values.get("secret", ""))
    _check_kind(parts, values)
    seed = typed_seed(values.get("secret", ""))
    label, issuer = _names(parts, values)
    return replace(
        seed,
        digits=_number(values, "digits", 6, DIGITS[0], DIGITS[-1]),
        period=_number(values, "period", 30, SHORTEST_PERIOD, LONGEST_PERIOD),
        algorithm=_algorithm(values),
        label=label,
        issuer=issuer,
    )


def _check_kind(parts: SplitResult, values: dict[str, str]) -> None:
    kind = parts.netloc.casefold()
    if kind == "hotp":
        raise CustodyError(
            "that seed counts its codes (HOTP) instead of timing them; two who use it would part ways.",
            remedy="Choose an authenticator app with time-based codes at the platform.",
        )
    if kind != "totp" or values.get("encoder"):
        raise CustodyError("that otpauth address is of a kind no codes are made from here.", remedy=_AGAIN)


def _names(parts: SplitResult, values: dict[str, str]) -> tuple[str, str]:
    """Return label and issuer. A colon written plainly parts them; one that is encoded belongs to a name."""
    before, colon, after = parts.path.removeprefix("/").partition(":")
    issuer, label = (before, after) if colon else ("", before)
    issuer, label = unquote(issuer).strip(), unquote(label).strip()
    told = values.get("issuer", "").strip()
    if issuer and told and issuer != told:
        raise CustodyError("the otpauth address names two issuers that differ.", remedy=_AGAIN)
    return label[:_LONGEST_NAME], (told or issuer)[:_LONGEST_NAME]


def _number(values: dict[str, str], key: str, default: int, least: int, most: int) -> int:
    text = values.get(key, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and least <= int(text) <= most):
        raise CustodyError(
            f"the otpauth address gives {key} that is not a number from {least} to {most}.", remedy=_AGAIN
        )
    return int(text)


def _algorithm(values: dict[str, str]) -> str:
    name = (values.get("algorithm") or "SHA1").upper().replace("-", "")
    if name not in ALGORITHMS:
        raise CustodyError(
            f"the otpauth address asks for an algorithm other than {', '.join(ALGORITHMS)}.", remedy=_AGAIN
        )
    return name
