"""Secrets are taken out of text by value, by name and by shape."""

from __future__ import annotations

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
