"""Profile pictures, fetched from the platforms' own media hosts and from nowhere else.

An account's picture is at an address that its platform told us, or a list somebody gave us did. It is only
followed where it is https on the standard port of a host on the platform's list, which resolves to public
addresses alone; the connection goes to an address that was looked at. Redirects are followed within the list.
No credential, cookie or referrer is sent, and what comes is bytes: they are opened in a guarded way elsewhere.

Hosts are those that addresses in the platforms' answers point to; Mastodon's servers name their own, so they
are configured.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from auditor.errors import ConnectorError, FailureKind
from connectors.http import USER_AGENT, checked_base_url

MEDIA_HOSTS: Mapping[str, tuple[str, ...]] = {
    "x": ("pbs.twimg.com",),
    "facebook": (".fbcdn.net", "platform-lookaside.fbsbx.com"),
    "instagram": (".cdninstagram.com", ".fbcdn.net"),
    "bluesky": ("cdn.bsky.app",),
    "linkedin": ("media.licdn.com",),
    "youtube": ("yt3.ggpht.com", "yt3.googleusercontent.com"),
    "tiktok": (".tiktokcdn.com", ".tiktokcdn-us.com", ".tiktokcdn-eu.com"),
}
"""Platform to its hosts; one that begins with a dot stands for every host below it."""
MOST_BYTES = 5 * 1024 * 1024
_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 64 * 1024
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Stands for IPv4 addresses, private ones among them (RFC 6052)."""
_KINDS = "image/png, image/jpeg, image/webp, image/gif"

Resolver = Callable[[str], Sequence[tuple[str, int]]]
"""Host to the addresses and ports its https is at; raises OSError."""


def _resolve(host: str) -> Sequence[tuple[str, int]]:
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys((str(entry[4][0]), 443) for entry in found))


@dataclass(frozen=True, slots=True)
class PictureHosts:
    """Fetches pictures.

    Args:
        more: platform to further hosts, such as the media host of a Mastodon server.
        loopback: base URL of a sandbox on this machine that stands in for every media host: what would be asked
            of ``https://host/path`` is asked there, at ``/host/path``, and nothing of another machine. Which
            addresses may be fetched at all is as ever; its own are as well.
        timeout: seconds for one whole exchange.
        allow_private: also addresses of one's own network.

    """

    more: Mapping[str, tuple[str, ...]] | None = None
    loopback: str = ""
    timeout: float = 15.0
    allow_private: bool = False
    resolver: Resolver = _resolve
    tls: ssl.SSLContext | None = None

    def fetch(self, platform: str, url: str) -> bytes:
        """Return the bytes at ``url``, at most `MOST_BYTES`.

        Raises:
            ConnectorError: the address is none of the platform's pictures, or does not give one.

        """
        for wanted in _larger_first(platform, url):
            try:
                return self._follow(platform, wanted)
            except ConnectorError as error:
                if wanted == url or error.kind is not FailureKind.NOT_FOUND:
                    raise
        raise AssertionError("unreachable: the last address returns or raises")

    def _follow(self, platform: str, url: str) -> bytes:
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._get(self._checked(platform, url))
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer)
        raise _failed("its address leads from one redirect to the next")

    def _checked(self, platform: str, url: str) -> SplitResult:
        """Return ``url`` in parts if it may be fetched for ``platform``."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            raise _refused("its address is none") from None
        if self.loopback:
            base = urlsplit(checked_base_url(self.loopback))
            if (parts.scheme, parts.netloc) == (base.scheme, base.netloc):
                return parts
        if parts.scheme != "https" or port not in (None, 443) or "@" in parts.netloc:
            raise _refused("its address is not plain https")
        allowed = (*MEDIA_HOSTS.get(platform, ()), *(self.more or {}).get(platform, ()))
        if not any(host.endswith(each) if each.startswith(".") else host == each for each in allowed):
            raise _refused(f"its host is none of the media hosts of {platform[:40]!r}")
        if any(not "!" <= char <= "~" for char in url):
            raise _refused("its address holds characters that no address has")
        return parts

    def _get(self, parts: SplitResult) -> bytes | str:
        """Return the body at ``parts``, or the address it redirects to."""
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if self.loopback and parts.scheme == "https":
            target, parts = f"/{parts.hostname}{target}", urlsplit(checked_base_url(self.loopback))
        deadline = time.monotonic() + self.timeout
        try:
            with closing(self._connection(parts)) as connection:
                connection.request(
                    "GET",
                    target,
                    headers={"User-Agent": USER_AGENT, "Accept": _KINDS, "Connection": "close"},
                )
                with connection.getresponse() as response:
                    if response.status in _REDIRECTS:
                        return response.getheader("Location") or ""
                    if response.status != http.client.OK:
                        raise _answered(response.status)
                    return b"".join(_pieces(response, deadline))
        except ssl.SSLError:
            raise _failed(f"the certificate of {parts.hostname} is not to be trusted") from None
        except (OSError, http.client.HTTPException) as error:
            raise _failed(f"{parts.hostname} did not answer ({type(error).__name__})") from None

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        host = parts.hostname or ""
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=self.timeout)
        addresses = self._looked_at(host)
        return _Pinned(host, addresses, self.timeout, self.tls or ssl.create_default_context())

    def _looked_at(self, host: str) -> Sequence[tuple[str, int]]:
        addresses = self.resolver(host)
        for address, _port in addresses:
            if not self.allow_private and not _is_public(address):
                # One bad address among good ones is how a guard that takes the first is got round.
                raise _refused(f"{host} is at an address of a private network")
        return addresses


class _Pinned(http.client.HTTPSConnection):
    """Connects to addresses that were looked at, and checks the certificate for the host's name."""

    def __init__(
        self, host: str, addresses: Sequence[tuple[str, int]], timeout: float, tls: ssl.SSLContext
    ) -> None:
        super().__init__(host, timeout=timeout, context=tls)
        self._addresses = addresses
        self._tls = tls

    def connect(self) -> None:
        """Connect to the first address that answers."""
        error: OSError = OSError("no address")
        for address in self._addresses:
            try:
                plain = socket.create_connection(address, self.timeout)
            except OSError as refused:
                error = refused
                continue
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
            return
        raise error


def is_default(platform: str, url: str) -> bool:
    """Whether ``url`` is the picture a platform gives to accounts that have none of their own."""
    return platform == "x" and "/default_profile_images/" in url


def _larger_first(platform: str, url: str) -> Iterator[str]:
    """Yield the addresses to try: X tells of 48 pixels a side, and has 400 beside them."""
    stem, mark, ending = url.rpartition("_normal.")
    if platform == "x" and mark and "/" not in ending:
        yield f"{stem}_400x400.{ending}"
    yield url


def _pieces(response: http.client.HTTPResponse, deadline: float) -> Iterator[bytes]:
    size = 0
    while piece := response.read1(_CHUNK):
        size += len(piece)
        if size > MOST_BYTES:
            raise _failed(f"it is larger than {MOST_BYTES // 1024 // 1024} MiB")
        if time.monotonic() > deadline:
            raise _failed("it came too slowly")
        yield piece
    if response.length:
        raise _failed("it broke off")


def _is_public(address: str) -> bool:
    number = ipaddress.ip_address(address)
    inner = getattr(number, "ipv4_mapped", None) or getattr(number, "sixtofour", None)
    if isinstance(number, ipaddress.IPv6Address) and number in _NAT64:
        inner = ipaddress.IPv4Address(int(number) & 0xFFFF_FFFF)
    number = inner or number
    return number.is_global and not number.is_multicast


def _refused(why: str) -> ConnectorError:
    return ConnectorError(f"The picture was not fetched: {why}.", kind=FailureKind.BAD_INPUT)


def _failed(why: str) -> ConnectorError:
    return ConnectorError(
        f"The picture was not fetched: {why}.",
        kind=FailureKind.TRANSIENT,
        remedy="It is tried again next time.",
    )


def _answered(status: int) -> ConnectorError:
    gone = status in (404, 410)
    return ConnectorError(
        f"The picture was not fetched: its host answered {status}.",
        kind=FailureKind.NOT_FOUND if gone else FailureKind.TRANSIENT,
        remedy="The account may have changed its picture." if gone else "It is tried again next time.",
    )
