"""A webhook's URL, taken apart and checked before anything is connected."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.errors import DeliveryError

_REMEDY = "Write https://host/path, without a user, a password or a fragment."
_TARGET = re.compile(r"[!-~]*")
"""Of a URL what goes into the request line: visible ASCII, so nothing can end the line."""


@dataclass(frozen=True, slots=True)
class WebhookUrl:
    """Where to connect, and what to ask for there."""

    host: str
    """In ASCII; of an IPv6 address without its brackets."""
    port: int
    target: str
    """Path and query. May hold a secret: never shown."""
    is_https: bool


def parse_url(text: str, *, allow_private: bool) -> WebhookUrl:
    """Read a URL; plain http is for this machine alone, and only with ``allow_private``.

    Raises:
        DeliveryError: it cannot be used; the message repeats nothing of it but the host.

    """
    try:
        parts = urlsplit(text.strip())
        port, host = parts.port, (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise _unusable("is no URL") from None
    if parts.scheme not in ("https", "http") or not host or port == 0:
        raise _unusable("is not of the form https://host/path")
    if parts.username is not None or parts.password is not None:
        raise _unusable("holds a user or a password")
    if parts.fragment:
        raise _unusable("has a fragment, which is never sent")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _TARGET.fullmatch(target) or not _TARGET.fullmatch(host):
        raise _unusable("holds spaces or letters beyond ASCII, which must be percent-encoded")
    if parts.scheme == "http" and not (allow_private and _is_this_machine(host)):
        raise DeliveryError(
            f"the webhook to {host} would travel in the open.",
            temporary=False,
            remedy="Use https://; http:// is only for this machine, with allow_private: true.",
        )
    is_https = parts.scheme == "https"
    return WebhookUrl(host, port or (443 if is_https else 80), target, is_https)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(why: str) -> DeliveryError:
    return DeliveryError(f"the webhook's url {why}.", temporary=False, remedy=_REMEDY)
