"""Whose a resource is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """The account and the region that a request was signed for. Names are unique inside one scope."""

    account_id: str
    region: str
