"""Handing mail to a real SMTP server."""

from __future__ import annotations

import base64
import logging
import socket
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from auditor.config import MailSection
from auditor.delivery.smtp import SmtpTransport
from auditor.errors import DeliveryError
from tests.delivery.support_smtp import PASSWORD, USER, Mood, Running, smtp_server

TO = "privacy@riverside.example"


def _settings(
    server: Running, scheme: str = "smtp+starttls", *, user: str | None = USER, **more: Any
) -> MailSection:
    at = f"{user}@" if user else ""
    return MailSection(
        smtp=f"{scheme}://{at}localhost:{server.port}",
        sender="auditor@riverside.example",
        **{"ca_file": str(server.authority), "timeout": 20, **more},
    )


def _message(subject: str = "Access review") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message["From"] = "auditor@riverside.example"
    message["To"] = TO
    message["Message-ID"] = "<fixed@riverside.example>"
    message.set_content("Do today: nothing.\n.\nA line that starts with a dot stood above.\n")
    return message


def _refusal(transport: SmtpTransport, *recipients: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        transport.send(_message(), recipients or (TO,))
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


def test_starttls_with_sign_in_delivers_the_mail_as_it_is(tmp_path: Path) -> None:
    """Over STARTTLS, signed in, the mail arrives byte for byte, dots and letters of all scripts too."""
    with smtp_server(tmp_path) as server:
        transport = SmtpTransport(_settings(server), PASSWORD, tmp_path)
        transport.send(_message("Prüfung سلمى"), [TO])
    (mail,) = server.desk.mails
    assert (mail.protected, mail.signed_in, mail.recipients) == (True, True, [TO])
    received = message_from_bytes(mail.raw, policy=SMTP)
    assert received["Subject"] == "Prüfung سلمى"
    assert received.get_content().splitlines()[1] == "."


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_implicit_tls_delivers(tmp_path: Path) -> None:
    """TLS from the first byte works with sign-in as well."""
    with smtp_server(tmp_path, tls="implicit") as server:
        SmtpTransport(_settings(server, "smtps"), PASSWORD, tmp_path).send(_message(), [TO])
    assert server.desk.mails[0].signed_in


def test_loopback_may_be_plain_and_without_sign_in(tmp_path: Path) -> None:
    """A relay on this machine needs neither TLS nor sign-in."""
    with smtp_server(tmp_path, tls="none", sign_in=False) as server:
        settings = _settings(server, "smtp", user=None, ca_file=None)
        SmtpTransport(settings, None, tmp_path).send(_message(), [TO])
    assert not server.desk.mails[0].protected


def test_the_authority_is_found_beside_the_configuration(tmp_path: Path) -> None:
    """A relative ca_file starts from the configuration's folder."""
    with smtp_server(tmp_path) as server:
        settings = _settings(server, ca_file=server.authority.name)
        SmtpTransport(settings, PASSWORD, tmp_path).send(_message(), [TO])
    assert server.desk.mails


@pytest.mark.parametrize(("tls", "scheme"), [("starttls", "smtp+starttls"), ("implicit", "smtps")])
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_an_untrusted_certificate_gets_nothing(tmp_path: Path, tls: str, scheme: str) -> None:
    """Without its authority the server gets neither password nor mail, and the failure lasts."""
    with smtp_server(tmp_path, tls=tls) as server:
        error = _refusal(SmtpTransport(_settings(server, scheme, ca_file=None), PASSWORD, tmp_path))
    assert not error.temporary
    assert "certificate of localhost is not to be trusted" in str(error)
    assert server.desk.mails == []


def test_a_certificate_for_another_host_gets_nothing(tmp_path: Path) -> None:
    """A good certificate with the wrong name in it is refused."""
    with smtp_server(tmp_path, host="other.example") as server:
        error = _refusal(SmtpTransport(_settings(server), PASSWORD, tmp_path))
    assert not error.temporary
    assert "not to be trusted" in str(error)


def test_a_server_without_starttls_gets_nothing(tmp_path: Path) -> None:
    """Somebody on the way may hide STARTTLS; then nothing is sent in the open."""
    with smtp_server(tmp_path, tls="none", sign_in=False) as server:
        error = _refusal(SmtpTransport(_settings(server), PASSWORD, tmp_path))
    assert not error.temporary
    assert "offers no STARTTLS" in str(error)
    assert server.desk.mails == []


def test_tls_from_the_start_with_a_server_that_speaks_plain_first(tmp_path: Path) -> None:
    """A wrong scheme for the port is told as such, with the right pairs."""
    with smtp_server(tmp_path) as server:
        error = _refusal(SmtpTransport(_settings(server, "smtps"), PASSWORD, tmp_path))
    assert "587 with smtp+starttls" in str(error)


def test_a_wrong_password_is_lasting_and_shown_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A refused sign-in names host and code, and the password is in no error and no log of ours."""
    caplog.set_level(logging.DEBUG, logger="auditor")
    with smtp_server(tmp_path) as server:
        error = _refusal(SmtpTransport(_settings(server), "wrong-" + PASSWORD, tmp_path))
    assert not error.temporary
    assert "did not accept the sign-in (code 535)" in str(error)
    assert PASSWORD not in caplog.text


def test_a_sign_in_that_cannot_be_checked_now_is_tried_again(tmp_path: Path) -> None:
    """Code 454 is the server's trouble, not ours."""
    with smtp_server(tmp_path, mood=Mood(sign_in="454 4.7.0 Temporary authentication failure")) as server:
        assert _refusal(SmtpTransport(_settings(server), PASSWORD, tmp_path)).temporary


def test_a_password_beyond_ascii_is_told_without_showing_it(tmp_path: Path) -> None:
    """SMTP sign-in takes ASCII; other letters give a clear sentence, not a traceback with the password."""
    with smtp_server(tmp_path) as server:
        error = _refusal(SmtpTransport(_settings(server), "pässwörd-geheim", tmp_path))
    assert "ASCII" in str(error)
    assert "geheim" not in str(error)


@pytest.mark.parametrize(
    ("answer", "temporary"),
    [("451 4.3.0 try later", True), ("452 4.2.2 disk full", True), ("554 5.7.1 looks like spam", False)],
)
def test_the_servers_code_decides_whether_to_try_again(tmp_path: Path, answer: str, temporary: bool) -> None:
    """Codes from 400 are for now, codes from 500 for good; the server's words are passed on."""
    with smtp_server(tmp_path, mood=Mood(data=answer)) as server:
        error = _refusal(SmtpTransport(_settings(server), PASSWORD, tmp_path))
    assert error.temporary is temporary
    assert answer in str(error)


def test_a_server_that_repeats_the_password_is_masked(tmp_path: Path) -> None:
    """Whatever a server says back, the password does not come through it, plain or encoded."""
    encoded = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    with smtp_server(tmp_path, mood=Mood(data=f"554 you said {PASSWORD} {encoded}\x1b[31m")) as server:
        error = _refusal(SmtpTransport(_settings(server), PASSWORD, tmp_path))
    assert encoded not in str(error)
    assert "\x1b" not in str(error)
    assert "you said *** ***" in str(error)


def test_a_recipient_refused_for_good_does_not_cost_the_others_theirs(tmp_path: Path) -> None:
    """The rest get the mail; the error tells who was refused, who has it, and that waiting is no use."""
    mood = Mood(recipients={"gone@riverside.example": "550 5.1.1 no such user"})
    with smtp_server(tmp_path, mood=mood) as server:
        error = _refusal(SmtpTransport(_settings(server), PASSWORD, tmp_path), TO, "gone@riverside.example")
    assert (error.temporary, error.delivered, error.retry) == (False, (TO,), ())
    assert "gone@riverside.example (550 5.1.1 no such user)" in str(error)
    assert server.desk.mails[0].recipients == [TO]


def test_a_recipient_refused_for_now_is_the_only_one_to_retry(tmp_path: Path) -> None:
    """Of three, one has it, one is refused for good, and only the third is worth another try."""
    mood = Mood(recipients={"gone@x.example": "550 no", "slow@x.example": "450 4.2.0 greylisted"})
    with smtp_server(tmp_path, mood=mood) as server:
        error = _refusal(
            SmtpTransport(_settings(server), PASSWORD, tmp_path), "gone@x.example", TO, "slow@x.example"
        )
    assert (error.temporary, error.delivered, error.retry) == (True, (TO,), ("slow@x.example",))


def test_all_recipients_refused_delivers_nothing(tmp_path: Path) -> None:
    """Where nobody is taken, nothing counts as delivered."""
    with smtp_server(tmp_path, mood=Mood(recipients={TO: "450 later"})) as server:
        error = _refusal(SmtpTransport(_settings(server), PASSWORD, tmp_path))
    assert (error.temporary, error.delivered, error.retry) == (True, (), (TO,))
    assert server.desk.mails == []


def test_a_bad_farewell_after_delivery_is_no_failure(tmp_path: Path) -> None:
    """Once taken, a mail is not sent again because the goodbye went wrong."""
    with smtp_server(tmp_path, mood=Mood(farewell="451 in a bad mood")) as server:
        SmtpTransport(_settings(server), PASSWORD, tmp_path).send(_message(), [TO])
    assert len(server.desk.mails) == 1


def test_the_same_mail_twice_has_the_same_message_id(tmp_path: Path) -> None:
    """After a crash a mail goes out again from its stored bytes, and can be told as the same one."""
    stored = _message().as_bytes()
    with smtp_server(tmp_path) as server:
        transport = SmtpTransport(_settings(server), PASSWORD, tmp_path)
        for _again in range(2):
            again = message_from_bytes(stored, policy=SMTP)
            assert isinstance(again, EmailMessage)
            transport.send(again, [TO])
    first, second = (message_from_bytes(mail.raw, policy=SMTP) for mail in server.desk.mails)
    assert first["Message-ID"] == second["Message-ID"] == "<fixed@riverside.example>"
    assert first.as_bytes() == second.as_bytes()


def test_nobody_answers(tmp_path: Path) -> None:
    """A closed port is a passing failure that names host and port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = MailSection(smtp=f"smtp://127.0.0.1:{port}", sender="a@riverside.example", timeout=5)
    error = _refusal(SmtpTransport(settings, None, tmp_path))
    assert error.temporary
    assert f"127.0.0.1:{port} cannot be reached" in str(error)


def test_a_server_that_says_nothing_is_given_up_in_time(tmp_path: Path) -> None:
    """A silent server costs the timeout, no more, and the mail is tried again."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        settings = MailSection(smtp=address, sender="a@riverside.example", timeout=0.3)
        assert _refusal(SmtpTransport(settings, None, tmp_path)).temporary


def test_plain_to_another_machine_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    """The report must not travel in the open unless somebody said so."""
    settings = MailSection(smtp="smtp://mail.riverside.example", sender="a@riverside.example")
    with pytest.raises(DeliveryError, match="over the network in the open"):
        SmtpTransport(settings, None, tmp_path)
    allowed = settings.model_copy(update={"allow_plain": True})
    assert SmtpTransport(allowed, None, tmp_path)


def test_a_password_never_goes_plain_to_another_machine(tmp_path: Path) -> None:
    """Even where plain is allowed, the password is not sent in the open."""
    settings = MailSection(
        smtp="smtp://mailer@mail.riverside.example", sender="a@riverside.example", allow_plain=True
    )
    with pytest.raises(DeliveryError, match="the password over the network in the open"):
        SmtpTransport(settings, PASSWORD, tmp_path)


@pytest.mark.parametrize(("user", "password"), [("mailer@", None), ("", PASSWORD)])
def test_half_a_sign_in_is_refused(tmp_path: Path, user: str, password: str | None) -> None:
    """A user without password, or a password without user, is a mistake worth saying at once."""
    settings = MailSection(smtp=f"smtps://{user}mail.riverside.example", sender="a@riverside.example")
    with pytest.raises(DeliveryError, match="Give both"):
        SmtpTransport(settings, password, tmp_path)


def test_an_unreadable_authority_is_named(tmp_path: Path) -> None:
    """A ca_file that is missing or no certificate is told with its path, as a lasting failure."""
    (tmp_path / "empty.pem").write_text("nothing")
    with smtp_server(tmp_path) as server:
        for name in ("missing.pem", "empty.pem"):
            error = _refusal(SmtpTransport(_settings(server, ca_file=name), PASSWORD, tmp_path))
            assert not error.temporary
            assert f"{name} is no readable certificate authority" in str(error)


def test_no_recipient_is_an_error(tmp_path: Path) -> None:
    """A mail for nobody is not quietly lost."""
    settings = MailSection(smtp="smtp://localhost", sender="a@riverside.example")
    with pytest.raises(DeliveryError, match="no recipient"):
        SmtpTransport(settings, None, tmp_path).send(_message(), [])


def test_the_way_can_be_tried_without_sending(tmp_path: Path) -> None:
    """A check signs in and sends nothing; with a wrong password it fails as sending would."""
    with smtp_server(tmp_path) as server:
        SmtpTransport(_settings(server), PASSWORD, tmp_path).check()
        with pytest.raises(DeliveryError, match="did not accept the sign-in"):
            SmtpTransport(_settings(server), "wrong", tmp_path).check()
    assert server.desk.mails == []
