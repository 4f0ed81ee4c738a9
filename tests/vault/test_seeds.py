"""Seeds: read in every form platforms give them, codes as the RFC has them, and never told again."""

from __future__ import annotations

import base64
import hashlib
import traceback
from datetime import UTC, datetime
from urllib.parse import quote

import pyotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import CustodyError
from auditor.vault import redact
from auditor.vault.seed_check import check_code
from auditor.vault.seed_uri import read_seed
from auditor.vault.seeds import ALGORITHMS, Seed
from tests.vault.support_seeds import STRONG, WEAK, forgetting, reference_code

keys = st.binary(min_size=5, max_size=64)
RFC_KEYS = {"SHA1": 20, "SHA256": 32, "SHA512": 64}


def base32(key: bytes) -> str:
    """Return a key as platforms write it."""
    return base64.b32encode(key).decode().rstrip("=")


def at(seconds: int) -> datetime:
    """Return the instant so many seconds after 1970."""
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    ("algorithm", "seconds", "code"),
    [
        ("SHA1", 59, "94287082"),
        ("SHA256", 59, "46119246"),
        ("SHA512", 59, "90693936"),
        ("SHA1", 1111111111, "14050471"),
        ("SHA256", 20000000000, "77737706"),
        ("SHA512", 2000000000, "38618901"),
    ],
)
def test_codes_are_those_of_the_rfc(algorithm: str, seconds: int, code: str) -> None:
    """RFC 6238, appendix B."""
    key = (b"1234567890" * 7)[: RFC_KEYS[algorithm]]
    seed = Seed(base32(key), digits=8, algorithm=algorithm)
    assert seed.code(seed.step(at(seconds))) == code


@given(keys, st.integers(0, 2**33), st.sampled_from([6, 7, 8]), st.sampled_from(sorted(ALGORITHMS)))
def test_weak_and_strong_seeds_give_the_codes_the_rfc_says(
    key: bytes, step: int, digits: int, algorithm: str
) -> None:
    """A seed too short for pyotp gives its codes all the same, and is called weak."""
    seed = Seed(base32(key), digits=digits, algorithm=algorithm)
    assert seed.code(step) == reference_code(seed.secret, step, digits, algorithm.lower())
    assert seed.bits == len(key) * 8
    assert seed.is_weak == (len(key) * 8 < 112)


@settings(max_examples=40)
@given(
    keys.filter(lambda key: len(key) >= 14),
    st.sampled_from([6, 7, 8]),
    st.integers(10, 120),
    st.sampled_from([hashlib.sha1, hashlib.sha256, hashlib.sha512]),
    st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20),
    st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=20),
)
@forgetting
def test_an_address_is_read_as_pyotp_reads_it(
    key: bytes, digits: int, period: int, digest: object, name: str, issuer: str
) -> None:
    """What pyotp writes is read back whole, and as pyotp itself reads it."""
    written = pyotp.TOTP(base32(key), digits=digits, interval=period, digest=digest)
    address = written.provisioning_uri(name=name, issuer_name=issuer)
    theirs = pyotp.parse_uri(address)
    ours = read_seed(address)
    assert isinstance(theirs, pyotp.TOTP)
    assert (ours.secret, ours.digits, ours.period) == (theirs.secret, theirs.digits, theirs.interval)
    assert ours.algorithm.lower() == theirs.digest().name
    assert ours.issuer == (theirs.issuer or "").strip()
    assert ours.label == theirs.name


@given(keys, st.integers(1, 9), st.booleans(), st.booleans(), st.sampled_from([" ", "-", "  "]))
@forgetting
def test_letters_are_taken_as_people_copy_them(
    key: bytes, group: int, small: bool, padded: bool, gap: str
) -> None:
    """Groups, small letters, padding or none: it is the same seed."""
    letters = base64.b32encode(key).decode()
    typed = letters if padded else letters.rstrip("=")
    typed = gap.join(typed[start : start + group] for start in range(0, len(typed), group))
    assert read_seed(f" {typed.lower() if small else typed}\n") == Seed(base32(key))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "no seed was given"),
        ("JBSWY3DPEHPK3PX1", "other than the letters"),
        ("JBSWY3DPEHPK3PXPA", "a letter is missing"),
        ("JBSWY3", "a letter is missing"),
        ("JBSW", "far too few"),
        ("".join(chr(ord(letter) + 0xFEE0) for letter in WEAK), "other than the letters"),
        ("A" * 1032, "too long"),
        ("https://evil.example/JBSWY3DPEHPK3PXP", "no otpauth"),
        ("otpauth-migration://offline?data=JBSWY3DPEHPK3PXP", "export of many seeds"),
        ("otpauth://hotp/a?secret=JBSWY3DPEHPK3PXP&counter=1", "HOTP"),
        ("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&encoder=steam", "no codes are made"),
        ("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&secret=JBSWY3DPEHPK3PXQ", "secret twice"),
        ("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&digits=JBSWY3DPEHPK3PXP", "not a number from 6 to 8"),
        ("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&digits=5", "not a number from 6 to 8"),
        ("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&period=0", "not a number from 10 to 120"),
        ("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&period=²0", "not a number from 10 to 120"),
        ("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&algorithm=MD5", "algorithm other than"),
        ("otpauth://totp/One:a?secret=JBSWY3DPEHPK3PXP&issuer=Two", "two issuers"),
        ("otpauth://totp/a", "no seed was given"),
        ("otpauth://[JBSWY3DPEHPK3PXP", "cannot be taken apart"),
    ],
)
@forgetting
def test_what_is_no_seed_is_refused_without_a_word_of_it(given: str, says: str) -> None:
    """The error says what is wrong and what to do; neither it nor its traceback holds what was typed."""
    with pytest.raises(CustodyError, match=says) as caught:
        read_seed(given)
    told = "".join(traceback.format_exception(caught.value)) + caught.value.remedy
    assert "JBSWY3DPEHPK3PX" not in told
    assert caught.value.remedy


@given(st.text(min_size=6, max_size=300))
@forgetting
def test_no_error_repeats_what_was_typed(text: str) -> None:
    """Whatever is typed, it is a seed or an error that does not quote it."""
    try:
        assert read_seed(text).bits >= 40
    except CustodyError as error:
        told = f"{error.message} {error.remedy}"
        if len(text.strip()) >= 12:
            assert text.strip() not in told


@pytest.mark.parametrize("secret", [STRONG, WEAK])
@forgetting
def test_a_seed_is_masked_in_every_form(secret: str) -> None:
    """Once read, it is found by the scrubber in capitals, small letters, groups, and as plain bytes."""
    seed = read_seed(f"otpauth://totp/X:riverside?secret={secret}&issuer=X")
    raw = base64.b32decode(secret)
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    for form in (secret, secret.lower(), grouped, quote(grouped), raw.hex(), base64.b64encode(raw).decode()):
        assert form not in redact(f"oops: {form}!")
    assert secret not in repr(seed)
    assert secret not in str(seed)


@pytest.mark.parametrize(
    "kept",
    ["", "{}", "[]", '["A"]', '["JBSWY3DPEHPK3PXP", 6, 30, "MD5"]', '["JBSWY3DPEHPK3PXP", 6, 0, "SHA1"]',
     '["jbsw", 6, 30, "SHA1"]', '["JBSWY3DPEHPK3PXP", 40, 30, "SHA1"]', "[1, 6, 30, [1]]"],
)  # fmt: skip
def test_what_a_vault_gives_back_is_checked(kept: str) -> None:
    """An entry that was altered makes no codes."""
    with pytest.raises(CustodyError, match="not a seed"):
        Seed.from_json(kept)


@given(keys, st.integers(0, 2**31), st.sampled_from([15, 30, 60]))
def test_a_code_counts_down(key: bytes, seconds: int, period: int) -> None:
    """A code holds from its whole period down to its last second, then it is another."""
    seed = Seed(base32(key), period=period)
    left = seed.seconds_left(at(seconds))
    assert 1 <= left <= period
    assert seed.step(at(seconds + left)) == seed.step(at(seconds)) + 1
    assert seed.step(at(seconds + left - 1)) == seed.step(at(seconds))


@pytest.mark.parametrize("off", range(-12, 13))
def test_a_code_of_another_time_tells_of_a_wrong_clock(off: int) -> None:
    """One period off is accepted and told; up to ten are a clock that is wrong; beyond, no code of this seed."""
    seed = Seed(STRONG)
    now = at(1_795_000_000)
    code = reference_code(STRONG, seed.step(now) + off)
    if abs(off) <= 1:
        assert check_code(seed, f"{code[:3]} {code[3:]}", now).periods_off == off
        return
    expected = "no code of this seed" if abs(off) > 10 else "behind" if off > 0 else "ahead"
    with pytest.raises(CustodyError, match=expected) as caught:
        check_code(seed, code, now)
    assert code not in str(caught.value)


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "12345\u0666"]
)
def test_what_is_no_code_is_told_apart_from_a_wrong_one(code: str) -> None:
    """A code is so many digits, and those of ASCII."""
    with pytest.raises(CustodyError, match="has 6 digits"):
        check_code(Seed(STRONG), code, at(0))
