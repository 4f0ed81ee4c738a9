"""Alerts and digests as mails: the subject says the fact, the first line what to do; text and HTML each whole.

Sent elsewhere. A mail is a pure function of its page and envelope.
"""

from __future__ import annotations

from email.message import EmailMessage
from functools import cache

from jinja2 import Environment

from reports.alert import AlertPage, DigestPage
from reports.envelope import Envelope, assembled
from reports.environment import plain_environment
from reports.removal import Phase
from reports.say import PlainSay

LIST = "access-alerts"
SHOWN = 10
"""Findings, and changes, listed in one mail; the rest is counted."""
STEPS = 20
_PHASES = {Phase.BEFORE: "First make safe", Phase.REMOVE: "Take away", Phase.AFTER: "Afterwards"}


def compose_alert_mail(page: AlertPage, envelope: Envelope) -> EmailMessage:
    """Compose the mail of one alert to one receiver."""
    return _composed("alert", page, envelope)


def compose_digest_mail(page: DigestPage, envelope: Envelope) -> EmailMessage:
    """Compose the mail of several alerts to one receiver."""
    return _composed("digest", page, envelope)


def _composed(kind: str, page: AlertPage | DigestPage, envelope: Envelope) -> EmailMessage:
    known = {
        # The frame of all mails calls what it is about a review: organisation, snapshot and time.
        "review": page,
        "page": page,
        "say": PlainSay(page.timezone),
        "subject": page.subject,
        "shown": SHOWN,
        "steps": STEPS,
        "phases": _PHASES,
    }
    text = _environment().get_template(f"alert/{kind}.txt").render(known)
    html = _environment().get_template(f"alert/{kind}.html").render(known)
    return assembled(page.subject, text, html, envelope, list_name=LIST)


@cache
def _environment() -> Environment:
    return plain_environment()
