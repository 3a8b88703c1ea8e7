"""ISO 8601 durations of the protocol (`PT5M`, `PT1H`, `PT30S`) as timedeltas and back."""

import re
from datetime import timedelta

DATA_UPLOAD_FREQUENCIES = ("PT5M", "PT10M", "PT15M", "PT30M", "PT1H")
TARGET_SAMPLING_RATES = ("PT1S", "PT5S", "PT10S", "PT15S", "PT30S", "PT1M", *DATA_UPLOAD_FREQUENCIES)

_DURATION = re.compile(r"PT(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?")


def parse_duration(text: str) -> timedelta:
    """`PT5M` -> five minutes.

    Raises:
        ValueError: not a duration of hours, minutes and seconds, or one of no length.
    """
    match = _DURATION.fullmatch(text)
    length = timedelta(**{unit: int(value) for unit, value in match.groupdict("0").items()}) if match else timedelta()
    if not length:
        raise ValueError(f"{text!r} is not a duration such as PT5M, PT1H or PT30S.")
    return length


def format_duration(length: timedelta) -> str:
    """Five minutes -> `PT5M`; the shortest form that the service's enumerations use."""
    seconds = int(length.total_seconds())
    if seconds <= 0:
        raise ValueError(f"{length} has no ISO form here: a duration must be at least one second.")
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return "PT" + "".join(f"{value}{unit}" for value, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if value)
