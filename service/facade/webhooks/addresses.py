"""Which addresses of the network a webhook may go to: those of the public internet, and those a setting allows."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from service.networks import Network

Address = IPv4Address | IPv6Address

# IANA's registries of special-purpose addresses (RFC 6890), written out because Python's `is_global` changes between
# versions; and one that only looks public.
_SPECIAL_4 = tuple(ip_network(text) for text in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
    "168.63.129.16/32",  # Azure's platform, as its virtual machines see it
))  # fmt: skip
_GIVEN_OUT_6 = IPv6Network("2000::/3")  # loopback, link-local, unique local, multicast and mapped ones are elsewhere
_SPECIAL_6 = tuple(ip_network(text) for text in (
    "2001::/23",  # protocols of the IETF; among them Teredo, which wraps an IPv4 address
    "2001:db8::/32", "3fff::/20",  # documentation
    "2002::/16",  # 6to4, which wraps an IPv4 address
))  # fmt: skip
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how a network without IPv4 reaches public IPv4 addresses


def address_of(text: str) -> Address:
    """An address as a resolver says it; one of IPv4 that is written as IPv6 (::ffff:10.0.0.1) is one of IPv4.

    Raises:
        ValueError
    """
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def is_allowed(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether a webhook may go there: to a public address, or into a network that is allowed."""
    return is_within(address, allowed) or _is_public(_led_to(address))


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Whether an address, or the one that NAT64 makes of it, is in one of these networks."""
    return any(_led_to(address) in network for network in networks)


def _is_public(address: Address) -> bool:
    if address.version == 4:
        return not any(address in network for network in _SPECIAL_4)
    return address in _GIVEN_OUT_6 and not any(address in network for network in _SPECIAL_6)


def _led_to(address: Address) -> Address:
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address
