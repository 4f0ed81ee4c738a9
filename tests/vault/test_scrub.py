"""Secrets are taken out of text by value, by name and by shape."""

from __future__ import annotations

import base64
import html
import json
import logging
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.logs import RedactingFormatter, configure
from auditor.vault import redact, redact_record, register


@given(
    st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc", "Zs"]), min_size=12, max_size=60),
    st.text(max_size=40),
    st.text(max_size=40),
)
def test_a_registered_value_is_masked_wherever_it_stands(value: str, before: str, after: str) -> None:
    """A value the vault handed out never survives, neither as it is nor percent-encoded."""
    register(value)
    masked = redact(f"{before} {value} {quote(value, safe='')} {after}")
    assert value not in masked.replace("***", "") or value in f"{before} {after}"


@pytest.mark.parametrize(
    "text",
    [
        "GET https://graph.facebook.com/v26.0/me?access_token=EAAB12345678secretpart&fields=id",
        "Authorization: Bearer AAAAAAAAAAAAAAAAsecretpart",
        '{"access_token": "EAABsecretpart"}',
        "postgresql+psycopg://auditor:secretpart@db/auditor",
        "otpauth://totp/x?secret=secretpart",
        "password=secretpart",
        "{'client_secret': 'secretpart'}",
    ],
)
def test_secrets_we_were_never_told_of_are_masked_by_name_and_shape(text: str) -> None:
    """Well-known shapes of secrets are masked without having been registered."""
    assert "secretpart" not in redact(text)


def test_records_lose_their_secrets_by_key() -> None:
    """A nested record loses values under secret names, and keeps the rest."""
    record = {"id": "1", "page": [{"access_token": "EAABxyz", "invite_link": "https://x"}], "tokens_seen": 3}
    assert redact_record(record) == {
        "id": "1",
        "page": [{"access_token": "***", "invite_link": "***"}],
        "tokens_seen": 3,
    }


def test_log_lines_hold_no_secret_and_no_control_character() -> None:
    """Message, arguments and traceback of a log record are redacted and made printable."""
    register("log-secret-value")
    try:
        raise ValueError("log-secret-value \x1b[31m")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "token %s", ("log-secret-value",), None)
        record.exc_info = (ValueError, error, error.__traceback__)
    for style in ("text", "json"):
        line = RedactingFormatter(style).format(record)
        assert "log-secret-value" not in line
        assert "\x1b" not in line
    assert json.loads(RedactingFormatter("json").format(record))["level"] == "error"


def test_the_sdks_wire_logs_stay_silent_at_debug(capsys: pytest.CaptureFixture[str]) -> None:
    """Asking for DEBUG does not turn on the loggers that print authorisation headers."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        configure("debug")
        logging.getLogger("tweepy.client").debug("Headers: {'Authorization': 'Bearer abc'}")
        logging.getLogger("auditor").debug("our own word")
    finally:
        root.handlers[:], root.level = handlers, level
    err = capsys.readouterr().err
    assert "Headers" not in err
    assert "our own word" in err


AWKWARD = 'pa/ss"w+ö&rd=<7>long'


@pytest.mark.parametrize(
    "spelt",
    [
        quote(AWKWARD),
        quote(AWKWARD, safe="").lower(),
        json.dumps(json.dumps({"x": AWKWARD})),
        json.dumps({"x": AWKWARD}, ensure_ascii=False),
        repr({"x": AWKWARD}),
        html.escape(AWKWARD),
        AWKWARD.encode().hex(),
        base64.b64encode(AWKWARD.encode()).decode(),
        base64.b64encode(f"user:{AWKWARD}".encode()).decode(),
        base64.urlsafe_b64encode(f"longer-user:{AWKWARD}:more".encode()).decode(),
        AWKWARD[:9] + "\n    " + AWKWARD[9:],
        AWKWARD[:9] + "=\r\n" + AWKWARD[9:],
    ],
)
def test_a_registered_value_is_masked_in_every_spelling(spelt: str) -> None:
    """Percent-encoded, escaped, in base64 within something longer, or wrapped: the value is found."""
    register(AWKWARD)
    assert "***" in redact(f"the server said {spelt} again")


def test_every_line_of_a_long_key_is_a_secret() -> None:
    """A library that quotes one line of a private key quotes nothing."""
    register("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----")
    assert redact("bad line: hkiG9w0BAQEFAASC") == "bad line: ***"


@pytest.mark.parametrize(
    "text",
    [
        '"{\\"access_token\\": \\"secretpart\\"}"',
        "next=https%3A%2F%2Fa.example%2F%3Faccess_token%3Dsecretpart",
        '{"password": "one, two; secretpart)"}',
        "apiKey: secretpart",
        "Cookie: auth_token=one; ct0=secretpart",
        "postgresql://auditor:p@secretpart@db/auditor",
    ],
)
def test_shapes_that_hide_a_secret_from_a_simple_search(text: str) -> None:
    """Escaped JSON, nested URLs, quoted values with commas, cookies and an at sign in a password."""
    assert "secretpart" not in redact(text)


def test_records_lose_their_secrets_whatever_their_type_or_spelling() -> None:
    """Numbers and lists under secret names go; so do names in camel case and secrets in keys."""
    register("value-in-a-key")
    record = {
        "otp": 123456,
        "backup_codes": ["a1", "b2"],
        "accessToken": "E",
        "value-in-a-key": 1,
    }
    assert redact_record(record) == {
        "otp": "***",
        "backup_codes": "***",
        "accessToken": "***",
        "***": 1,
    }
    assert redact_record({"token": {"is_valid": True}, "secret": None}) == {
        "token": {"is_valid": True},
        "secret": None,
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "there is nowhere safe to keep a secret: no keyring service answers.",
        "connections.1.bearer_token: a secret must not stand in this file",
        "the token: it has expired",
    ],
)
def test_a_sentence_that_goes_on_after_a_colon_stays(sentence: str) -> None:
    """Our own messages are not eaten where a word such as secret stands before a colon."""
    assert redact(sentence) == sentence
