"""Rates as a setting names them: `6000/minute`, `5 per 2 seconds`, several with semicolons or commas between."""

import re
from dataclasses import dataclass

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_RATE = re.compile(rf"\s*(\d{{1,9}})\s*(?:/|\s+per\s+)\s*(\d{{1,4}})?\s*({'|'.join(_SECONDS)})s?\s*")


@dataclass(frozen=True)
class Rate:
    """So many requests (at least 1) in so many seconds."""

    amount: int
    seconds: int


def parse_rates(text: str) -> tuple[Rate, ...]:
    """The rates in a text; none in an empty one.

    Raises:
        ValueError: a part of it is no rate.
    """
    return tuple(_rate(part) for part in re.split("[;,]", text)) if text.strip() else ()


def _rate(text: str) -> Rate:
    found = _RATE.fullmatch(text)
    rate = Rate(int(found[1]), int(found[2] or 1) * _SECONDS[found[3]]) if found else Rate(0, 0)
    if not rate.amount or not rate.seconds:
        raise ValueError(f"{text.strip()!r} is no rate such as 6000/minute")
    return rate
