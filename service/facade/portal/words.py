"""How pages say times, durations and shares: templates use these as filters."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from markupsafe import Markup

_TIME = Markup('<time datetime="{}" title="{}"{}>{}</time>')
_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))
_SHORT = ((timedelta(days=1), "%H:%M"), (timedelta(days=300), "%d %b, %H:%M"))


def moment(at: datetime | None, now: datetime | None = None) -> Markup:
    """A time in UTC to the minute; short where `now` is given and the time is near it. Scripts leave it as it is."""
    if at is None:
        return Markup("–")
    at = at.astimezone(UTC)
    return _TIME.format(_stamp(at), _title(at), "", at.strftime(_form(at, now)))


def since(at: datetime | None, now: datetime) -> Markup:
    """How long ago a time is, or how far ahead; scripts keep it up to date."""
    if at is None:
        return Markup("–")
    return _TIME.format(_stamp(at), _title(at.astimezone(UTC)), Markup(" data-since"), _distance(at - now))


def duration(span: timedelta) -> str:
    """Such as `5 min`, `1 h 48 min`, `3 d`: the two largest units, rounded down."""
    for (unit, name), (smaller, smaller_name) in pairwise(_UNITS):
        if span >= unit:
            rest = span % unit // smaller
            return f"{span // unit} {name}" + (f" {rest} {smaller_name}" if rest else "")
    return _in_one_unit(span)


def percentage(share: float | None) -> str:
    """A share of 0 to 1 with two digits that mean something; what is not nothing is never shown as nothing."""
    if share is None:
        return "–"
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{share * 100:.1f} %" if share < 0.1 else f"{share * 100:.0f} %"


def score(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _in_one_unit(span: timedelta) -> str:
    for unit, name in _UNITS:
        if span >= unit:
            return f"{span // unit} {name}"
    return f"{max(0, int(span.total_seconds()))} s"


def _distance(span: timedelta) -> str:
    said = _in_one_unit(abs(span))
    return f"in {said}" if span > timedelta(0) else f"{said} ago"


def _form(at: datetime, now: datetime | None) -> str:
    near = abs(now - at) if now else None
    return next((form for limit, form in _SHORT if near is not None and near < limit), "%Y-%m-%d %H:%M")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _title(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


FILTERS: dict[str, Callable[..., Any]] = {
    "moment": moment,
    "since": since,
    "duration": duration,
    "percentage": percentage,
    "score": score,
}
