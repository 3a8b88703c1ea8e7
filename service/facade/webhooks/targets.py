"""The URL of a webhook, read once: what is checked and what is connected to are the same parts."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_URL = 2048
_PORTS = {"https": 443, "http": 80}
_CHARACTERS = re.compile(r"[A-Za-z0-9:/?#\[\]@!$&'()*+,;=%._~-]+")  # RFC 3986
_NAME = re.compile(r"(?=.{1,253}\.?$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\.?")
_LITERAL_6 = re.compile(r"[0-9A-Fa-f:.]{2,45}")


class Refused(ValueError):
    """A webhook may not go there; the text says why, and what to do."""


@dataclass(frozen=True)
class Target:
    """`host` is a name or an address without brackets, `path` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """The parts of a URL.

    Raises:
        Refused: it is none, or one with parts that a webhook cannot have.
    """
    if len(url) > LONGEST_URL or not _CHARACTERS.fullmatch(url):
        raise Refused(
            f"A URL has at most {LONGEST_URL} of the characters in RFC 3986: write others as %XX, and names as xn--…."
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused(f"This is no URL: {error}.") from error
    if parts.scheme not in _PORTS:
        raise Refused("A webhook's URL begins with https://.")
    if "@" in parts.netloc:
        raise Refused("A webhook's URL has no user and no password: the signature says who calls.")
    if "#" in url:
        raise Refused("A fragment (#…) is never sent; leave it out.")
    if port == 0 or parts.netloc.endswith(":"):
        raise Refused("A port is a number from 1 to 65535.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, _host(parts.hostname or ""), port or _PORTS[parts.scheme], path)


def _host(host: str) -> str:
    literal = ":" in host
    if not (_LITERAL_6 if literal else _NAME).fullmatch(host):
        raise Refused(f"{host!r} is no name and no address of a host.")
    return host
