"""The server's address as written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.delivery.address import Security, SmtpAddress, parse_address
from auditor.errors import DeliveryError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "smtp+starttls://mailer@mail.example:2587",
            SmtpAddress(Security.STARTTLS, "mail.example", 2587, "mailer"),
        ),
        ("smtp+starttls://mail.example", SmtpAddress(Security.STARTTLS, "mail.example", 587)),
        ("smtps://mail.example/", SmtpAddress(Security.TLS, "mail.example", 465)),
        ("smtp://localhost", SmtpAddress(Security.PLAIN, "localhost", 25)),
        ("smtps://a%40b.example@mail.example", SmtpAddress(Security.TLS, "mail.example", 465, "a@b.example")),
        ("smtp://[::1]:1025", SmtpAddress(Security.PLAIN, "::1", 1025)),
    ],
)
def test_addresses_are_read(text: str, address: SmtpAddress) -> None:
    """Scheme, user, host and port are read; each scheme has its own port."""
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "mail.example:587", "http://mail.example", "smtp://", "smtps://mail.example:0", "smtps://mail.example:99999",
     "smtps://mail.example/path", "smtps://mail.example?x=1", "smtps://[broken"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_an_example(text: str) -> None:
    """A wrong address is a lasting failure whose remedy shows a right one."""
    with pytest.raises(DeliveryError, match="smtp\\+starttls://user@host:587") as caught:
        parse_address(text)
    assert not caught.value.temporary


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    """The password must not stand there, and the error does not show it."""
    with pytest.raises(DeliveryError, match="holds a password") as caught:
        parse_address("smtps://mailer:hunter2hunter2@mail.example")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.1", True), ("127.8.8.8", True), ("[::1]", True),
     ("mail.example", False), ("10.0.0.1", False), ("localhost.evil.example", False), ("127.0.0.1.evil.example", False)],
)  # fmt: skip
def test_only_loopback_by_its_name_is_this_machine(host: str, here: bool) -> None:
    """A name that merely looks like loopback is not."""
    assert parse_address(f"smtp://{host}").is_this_machine is here


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but our error comes out, whatever is written."""
    try:
        address = parse_address(text)
    except DeliveryError:
        return
    assert address.host
    assert 0 < address.port < 65536
