"""Chat and paging services through the library apprise: Slack, Teams, PagerDuty and some two hundred more.

A target is one URL of apprise's, and that URL is a secret: it holds tokens. The library writes URLs into
its log, at several levels, so its log is silenced here, and what came of a message is said in our own
words. Needs the extra ``notify``; nothing of it is imported before the first target is made.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import ConfigError, DeliveryError
from auditor.logs import quiet_wire_loggers

if TYPE_CHECKING:
    from apprise import Apprise

LONGEST_TEXT = 6_000
"""Characters of one message; services cut or refuse longer ones each in their own way."""
_CALLS = re.compile(r"@(?=(?:everyone|here|channel|all)\b)", re.IGNORECASE)
_TYPES = {"critical": "failure", "high": "failure", "medium": "warning"}


class AppriseChannel:
    """Sends short texts to one service."""

    def __init__(self, url: str, *, place: Path | str = "auditor.yaml") -> None:
        """Check the URL at once; nothing is connected yet.

        Args:
            url: one URL as apprise writes them, such as ``slack://...``; never shown.
            place: the file the target stands in, for errors.

        Raises:
            ConfigError: apprise is not installed, or makes nothing of the URL.

        """
        self._target = _target(url.strip(), place)

    def send(self, payload: bytes, *, key: str, content_type: str = "text/plain") -> None:
        """Hand a message over.

        Args:
            payload: as JSON an object with ``subject``, ``text`` and perhaps ``severity``; as text the
                subject on its first line, then the rest.
            key: services know none, so a crash between their taking it and our note of it tells it twice.
            content_type: which of the two it is.

        Raises:
            DeliveryError: the service has not taken it; always worth another try, since apprise does not
                say why.

        """
        subject, text, severity = read_message(payload, content_type)
        taken = self._target.notify(
            # Some services refuse a message without a body.
            body=plain(text or subject),
            title=plain(subject),
            notify_type=_TYPES.get(severity, "info"),
            body_format="text",
        )
        if not taken:
            raise DeliveryError(
                "the service behind an apprise target has not taken the message.",
                temporary=True,
                remedy="It waits in the outbox and is tried again; check the target's URL over there.",
            )


def read_message(payload: bytes, content_type: str) -> tuple[str, str, str]:
    """Return subject, text and severity of a payload as `AppriseChannel.send` takes it.

    Raises:
        DeliveryError: it is neither; it will never be.

    """
    try:
        if content_type.partition(";")[0].strip() != "application/json":
            subject, _, text = payload.decode("utf-8").partition("\n")
            return subject.strip(), text.strip(), ""
        told = json.loads(payload)
        return str(told["subject"]), str(told.get("text", "")), str(told.get("severity", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DeliveryError(
            "a message for a chat service is neither text nor JSON with a subject.", temporary=False
        ) from None


def plain(text: str) -> str:
    """Return ``text`` so that no name in it calls a whole channel together or poses as a link."""
    shown = _CALLS.sub("(at)", text).replace("](", "] (")
    return shown if len(shown) <= LONGEST_TEXT else shown[: LONGEST_TEXT - 1] + "…"


def _target(url: str, place: Path | str) -> Apprise:
    try:
        import apprise
    except ImportError:
        raise ConfigError(
            "an apprise target is configured, but apprise is not installed.",
            path=place,
            remedy="Install the extra 'notify': pip install 'brand-account-auditor[notify]'",
        ) from None
    # Its log repeats URLs, tokens and all; urllib3's repeats their paths.
    logging.getLogger("apprise").disabled = True
    quiet_wire_loggers()
    asset = apprise.AppriseAsset(
        app_id="Auditor",
        app_desc="Auditor",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
    )
    with warnings.catch_warnings():
        # It loads all its services, some of which use modules that Python will drop: no concern of ours.
        warnings.simplefilter("ignore", DeprecationWarning)
        service = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        raise ConfigError(
            "the URL of an apprise target is none that apprise knows.",
            path=place,
            remedy="See apprise's list of services for how its URL is written; keep it as a secret.",
        )
    target = apprise.Apprise(asset=asset)
    target.add(service)
    return target
