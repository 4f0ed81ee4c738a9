"""Which network addresses a configured URL may lead to.

A webhook's URL stands in a file, and what its host resolves to is decided by whoever runs its DNS. So a
host is resolved once, every address it has is looked at, and the connection goes to an address that was
looked at: a name that answers differently a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address

from auditor.errors import DeliveryError

Resolver = Callable[[str, int], Sequence[str]]
"""Host and port to its addresses, in the order they should be tried; raises OSError."""

_SHARED = ipaddress.ip_network("100.64.0.0/10")
"""Between a carrier and its customers (RFC 6598)."""
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""IPv6 that a gateway turns into the IPv4 address in its last 32 bits (RFC 6052, RFC 8215)."""
_PUBLIC_REMEDY = "Use a receiver on the public internet"
_REMEDY = f"{_PUBLIC_REMEDY}; only if it stands in your own network, allow that with allow_private: true."
_NEVER_REMEDY = (
    f"{_PUBLIC_REMEDY} or in your own network; such an address is refused even with allow_private."
)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return every address of ``host`` as the system resolves it; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def allowed_addresses(
    host: str, port: int, *, allow_private: bool, resolver: Resolver = resolve
) -> tuple[str, ...]:
    """Return the addresses to connect to; all of them are allowed, or none is returned.

    Args:
        allow_private: also this machine and addresses of one's own network.
        resolver: asked exactly once.

    Raises:
        DeliveryError: the name cannot be resolved (temporary), or one of its addresses is refused.

    """
    try:
        addresses = tuple(resolver(host, port))
    except (OSError, UnicodeError):
        addresses = ()
    if not addresses:
        raise DeliveryError(
            f"the name {host} cannot be resolved.",
            temporary=True,
            remedy="Check the name; it is tried again.",
        )
    for address in addresses:
        why = refusal(address, allow_private=allow_private)
        if why:
            # One bad address among good ones is how a guard that takes the first is got round.
            remedy = _NEVER_REMEDY if refusal(address, allow_private=True) else _REMEDY
            raise DeliveryError(f"{host} is {why}, which is refused.", temporary=False, remedy=remedy)
    return addresses


def refusal(address: str, *, allow_private: bool) -> str:
    """Return what is wrong with connecting to ``address``, in words that follow "is"; empty: nothing.

    ``allow_private`` opens loopback, private and carrier-shared addresses. Link-local ones, where clouds
    keep the credentials of machines, multicast and reserved ones are never a receiver, nor are 6to4 and
    Teredo, which are of the past and hide an IPv4 address.
    """
    try:
        number = _reached(ipaddress.ip_address(address))
    except ValueError:
        return "no network address"
    if isinstance(number, IPv6Address) and (number.sixtofour or number.teredo):
        return "a tunnel's address"
    if number.is_multicast:
        return "a multicast address"
    if number.is_link_local:
        return "a link-local address"
    if number.is_unspecified:
        return "the unspecified address"
    if number.is_loopback:
        return "" if allow_private else "this machine (a loopback address)"
    if isinstance(number, IPv4Address) and number in _SHARED:
        return "" if allow_private else "an address shared behind a carrier"
    if number.is_reserved:
        return "a reserved address"
    if number.is_private or _is_site_local(number):
        return "" if allow_private else "an address of a private network"
    return ""


def _reached(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the address that is reached in the end: the IPv4 one inside an IPv6 one, if there is one."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped
    if inner is None and any(address in network for network in _NAT64):
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return address if inner is None else inner


def _is_site_local(address: IPv4Address | IPv6Address) -> bool:
    return isinstance(address, IPv6Address) and address.is_site_local
