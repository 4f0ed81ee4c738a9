"""Which addresses a configured URL may lead to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.delivery.address_guard import allowed_addresses, refusal
from auditor.errors import DeliveryError

PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
OWN = ["127.0.0.1", "127.9.9.9", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fc00::1", "fd12::9",
       "fec0::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "192.0.2.1", "2001:db8::1"]  # fmt: skip
NEVER = ["169.254.169.254", "fe80::1", "fe80::1%eth0", "224.0.0.1", "ff02::1", "0.0.0.0", "::", "240.0.0.1",
         "255.255.255.255", "::127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "2002:808:808::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "64:ff9b::a9fe:a9fe", "no address", ""]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_open(address: str) -> None:
    """An address anybody can reach needs no leave."""
    assert refusal(address, allow_private=False) == ""


@pytest.mark.parametrize("address", OWN)
def test_ones_own_network_needs_leave(address: str) -> None:
    """Loopback, private and shared addresses are refused until they are allowed, also inside IPv6 ones."""
    assert refusal(address, allow_private=False)
    assert refusal(address, allow_private=True) == ""


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_a_receiver(address: str) -> None:
    """Link-local (a cloud's metadata), multicast, reserved and unspecified ones stay refused."""
    assert refusal(address, allow_private=False)
    assert refusal(address, allow_private=True)


@given(st.ip_addresses(v=4))
def test_hiding_an_address_inside_another_changes_nothing(address: ipaddress.IPv4Address) -> None:
    """Mapped into IPv6, or behind NAT64, an IPv4 address is judged as the one it is."""
    plain = refusal(str(address), allow_private=False)
    assert refusal(f"::ffff:{address}", allow_private=False) == plain
    assert refusal(str(ipaddress.ip_address("64:ff9b::") + int(address)), allow_private=False) == plain


@given(st.ip_addresses())
def test_what_is_open_is_routed_by_everybody(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """Without leave nothing passes that the registries do not call global."""
    if not refusal(str(address), allow_private=False) and address not in ipaddress.ip_network("64::/16"):
        assert address.is_global
        assert not address.is_multicast


def test_one_bad_address_spoils_the_name() -> None:
    """A name with a good and a bad address is refused whole, and is asked once."""
    asked = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["8.8.8.8", "169.254.169.254"]

    with pytest.raises(DeliveryError, match=r"hooks\.example is a link-local address") as caught:
        allowed_addresses("hooks.example", 443, allow_private=True, resolver=resolver)
    assert not caught.value.temporary
    assert asked == [("hooks.example", 443)]


def test_a_name_nobody_knows_is_tried_again() -> None:
    """No answer from the name service is a failure that time may mend."""

    def resolver(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(DeliveryError, match="cannot be resolved") as caught:
        allowed_addresses("hooks.example", 443, allow_private=False, resolver=resolver)
    assert caught.value.temporary


def test_a_number_in_disguise_is_seen_through() -> None:
    """A host written as one decimal number resolves to loopback, and is refused as that."""
    with pytest.raises(DeliveryError, match="this machine"):
        allowed_addresses("2130706433", 443, allow_private=False)
