"""Networks as a setting names them."""

from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network


def parse_networks(text: str) -> tuple[Network, ...]:
    """The networks in a text such as ``10.20.0.0/16, fd12::/64, 192.168.1.7``; none where it is empty.

    Raises:
        ValueError: with a sentence that names the part which is wrong.
    """
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ValueError(f"must be networks such as 10.20.0.0/16 with commas between; {text!r} is none") from error
