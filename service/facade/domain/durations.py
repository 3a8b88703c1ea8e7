"""Durations as ISO 8601 writes them: `PT15M`, `P1DT2H30M`, `PT0S`. Years and months have no fixed length: refused."""

import re
from datetime import timedelta

_NUMBER = r"(\d{1,9}(?:\.\d{1,6})?)"
_DURATION = re.compile(
    rf"P(?=[\dT])(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_UNITS = ("weeks", "days", "hours", "minutes", "seconds")


def parse_duration(text: str) -> timedelta:
    """`PT1H30M` as a timedelta.

    Raises:
        ValueError: the text is no duration in weeks, days, hours, minutes and seconds, or one too long to count with.
    """
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not an ISO 8601 duration such as PT15M")
    numbers = zip(_UNITS, found.groups(), strict=True)
    try:
        return timedelta(**{unit: float(number) for unit, number in numbers if number})
    except OverflowError as error:
        raise ValueError(f"{text!r} is too long") from error


def format_duration(duration: timedelta) -> str:
    """The shortest text for it, without weeks: `PT15M`, `P1DT2H`, `PT0.25S`."""
    minutes, seconds = divmod(duration.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    exact = f"{seconds}.{duration.microseconds:06}".rstrip("0").rstrip(".")
    counted = ((str(hours), "H"), (str(minutes), "M"), (exact, "S"))
    time = "".join(number + unit for number, unit in counted if number != "0")
    days = f"{duration.days}D" if duration.days else ""
    return f"P{days}{'T' if time else ''}{time}" if days or time else "PT0S"
