"""One page of a list, and the opaque cursor that leads to the next."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from service.facade.problems import BadCursor, at_parameter

Item = TypeVar("Item")
_MOST_ROWS = 2**63


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`next_position` is where the list goes on, in the words of whoever made the page; None on the last one."""

    items: list[Item]
    next_position: Any = None


def encode_cursor(query: dict[str, Any], position: Any) -> str:
    """A cursor that remembers where it leads and to which query it belongs. Both must be JSON."""
    text = json.dumps([query, position], separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, query: dict[str, Any], kind: type | None = None) -> Any:
    """The position in `cursor`, if it was made for this `query`.

    Args:
        kind: what a position of this list is: `str` for an upstream's token, `int` for the number of a row. None leaves
            that to the caller.

    Raises:
        BadCursor: when it was not made by `encode_cursor`, or for another query.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        made_for, position = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeError, binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise _bad(f"{_shown(cursor)} is not a cursor of this service. Take it from the `next` of a page.") from error
    if made_for != query:
        raise _bad("This cursor belongs to another query. Leave the other parameters as they were, or start anew.")
    if kind and (type(position) is not kind or (kind is int and not 0 <= position < _MOST_ROWS)):
        raise leads_nowhere()
    return position


def leads_nowhere() -> BadCursor:
    """For a position that is none of the list that it was made for."""
    return _bad("This cursor leads nowhere. Take it from the `next` of a page, as it is.")


def _bad(detail: str) -> BadCursor:
    return BadCursor(detail, errors=[at_parameter("cursor", detail)])


def _shown(cursor: str) -> str:
    return repr(cursor if len(cursor) <= 40 else cursor[:37] + "...")
