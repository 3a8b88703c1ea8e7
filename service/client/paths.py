"""Paths of the REST API."""

from urllib.parse import quote


def scheduler_path(name: str, *more: str) -> str:
    """`/v1/schedulers/NAME`, and what follows. A name that is none is refused by the service, not here."""
    return "/".join(["/v1/schedulers", quote(name, safe=""), *more])
