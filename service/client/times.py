"""Moments on the command line, and in what it shows."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

_SPAN = re.compile(r"(\+?)(\d{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Moment(click.ParamType):
    """`2026-03-01T12:00:00Z`, `24h` before now or `+4h` after it, as the API takes it: ISO 8601 in UTC.

    A time without a zone is UTC, as everywhere in this service.
    """

    name = "TIME"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> str:
        try:
            return iso(_moment(str(value), datetime.now(UTC)))
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is neither a time such as 2026-03-01T12:00:00Z nor a span such as 90m, 24h or 7d.")


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def shown(text: str | None) -> str:
    """`2026-03-01 12:05`: a time of the API as a table has it, in UTC; seconds only where there are some."""
    if not text:
        return "-"
    moment = datetime.fromisoformat(text)
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"


def _moment(text: str, now: datetime) -> datetime:
    if text == "now":
        return now
    if span := _SPAN.fullmatch(text):
        length = timedelta(**{_UNITS[span[3]]: int(span[2])})
        return now + length if span[1] else now - length
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
