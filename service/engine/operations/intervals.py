"""Ranges of time that a request names by two members."""

from typing import Any

from service.engine.protocol.faults import ValidationException


def check_order(params: dict[str, Any], start: str, end: str) -> None:
    """Refuse a range that ends before it starts, or where it does; both members are there.

    Raises:
        ValidationException: it names both members.
    """
    if params[start] >= params[end]:
        raise ValidationException(f"{start} must be before {end}.")
