"""Where syslog messages are handed over: the address as written in auditor.yaml."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.errors import DeliveryError

_REMEDY = "Write tls://host:6514 or, on this machine only, tcp://127.0.0.1:601."
_PORTS = {"tls": 6514, "tcp": 601}
"""RFC 5425 gives 6514 to syslog over TLS; 601 is syslog's own port for TCP."""


@dataclass(frozen=True, slots=True)
class SyslogAddress:
    """A syslog receiver."""

    host: str
    port: int
    is_tls: bool

    @property
    def is_this_machine(self) -> bool:
        """Whether the host is loopback by its very name."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse_syslog_address(text: str) -> SyslogAddress:
    """Read ``tls://host:port`` or ``tcp://host:port``; the port may be left out.

    Raises:
        DeliveryError: it is neither.

    """
    try:
        parts = urlsplit(text.strip())
        port, host = parts.port, (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise _unusable("is no address") from None
    if parts.scheme not in _PORTS:
        raise _unusable("names no known way to send")
    if parts.username is not None or parts.password is not None:
        raise _unusable("holds a user or a password, which syslog has none of")
    if not host or port == 0 or parts.path.strip("/") or parts.query or parts.fragment:
        raise _unusable("is not scheme://host:port")
    return SyslogAddress(host, port or _PORTS[parts.scheme], parts.scheme == "tls")


def _unusable(why: str) -> DeliveryError:
    return DeliveryError(f"the syslog address {why}.", temporary=False, remedy=_REMEDY)
