"""Pages of a list: how long, from where, and the token of the next one.

A token is opaque to callers. It holds the key of the last row shown, bound to the operation, the scope and the
filters that it was given out for; MaxResults may change between pages. The last page has none, as clients loop for as
long as there is one. An empty token means "from the start".
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

import orjson

from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ValidationException

PAGE = 50  # entries of a page when the caller does not say
_NOT_FILTERS = ("NextToken", "MaxResults")

Row = TypeVar("Row")
Key = str | int | datetime


@dataclass(frozen=True)
class Page:
    """One page that is asked for."""

    size: int
    after: list[Key] | None
    """Key of the row before it; None for the first page."""
    binding: str
    """What the tokens of this list are bound to."""

    @property
    def limit(self) -> int:
        """Rows to read: one more than shown tells whether there is another page."""
        return self.size + 1


def asked_page(call: Call, *key: type) -> Page:
    """The page that a call asks for.

    Args:
        key: types of the columns that the list is ordered by, `str`, `int` or `datetime`.

    Raises:
        ValidationException: the token is none of this list with these filters.
    """
    binding, token = _binding(call), call.params.get("NextToken")
    after = _read_token(token, binding, key) if token else None
    return Page(size=call.params.get("MaxResults", PAGE), after=after, binding=binding)


def show_page(
    page: Page,
    rows: Sequence[Row],
    member: str,
    *,
    key: Callable[[Row], list[Key]],
    show: Callable[[Row], dict[str, Any]],
) -> dict[str, Any]:
    """The answer of a list.

    Args:
        rows: up to ``page.limit`` rows beyond ``page.after``.
        member: name of the list in the answer.
        key: what the list is ordered by.
        show: one row as the wire shows it.
    """
    shown = rows[: page.size]
    more = len(rows) > page.size
    token = _write_token(page.binding, key(shown[-1])) if more else None
    return {"NextToken": token, member: [show(row) for row in shown]}


def _binding(call: Call) -> str:
    filters = {name: value for name, value in call.params.items() if name not in _NOT_FILTERS}
    about = [call.operation, call.account_id, call.region, filters]
    return sha256(orjson.dumps(about, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _write_token(binding: str, key: list[Key]) -> str:
    return urlsafe_b64encode(orjson.dumps([binding, *key])).decode()


def _read_token(token: str, binding: str, key: Sequence[type]) -> list[Key]:
    try:
        bound_to, *values = orjson.loads(urlsafe_b64decode(token))
        after = [_READ[kind](value) for kind, value in zip(key, values, strict=True)]
    except (ValueError, TypeError, AttributeError):
        raise ValidationException("NextToken is not a token that this operation has answered.") from None
    if bound_to != binding:
        raise ValidationException("NextToken belongs to a list with other filters; start again without it.")
    return after


def _read_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _read_number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


_READ: dict[type, Callable[[Any], Key]] = {str: _read_text, int: _read_number, datetime: datetime.fromisoformat}
