"""File-name stamps: an instant as one of the three formats of InferenceInputNameConfiguration, and back."""

import re
from datetime import UTC, datetime, timedelta, timezone

EPOCH = "EPOCH"
_CALENDAR = {
    "yyyy-MM-dd-HH-mm-ss": (re.compile(r"\d{4}(-\d{2}){5}", re.ASCII), "%Y-%m-%d-%H-%M-%S"),
    "yyyyMMddHHmmss": (re.compile(r"\d{14}", re.ASCII), "%Y%m%d%H%M%S"),
}
TIMESTAMP_FORMATS = (EPOCH, *_CALENDAR)

_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})", re.ASCII)
# Ten digits are the years 2001 to 2286; inside them the order of the texts is the order of the instants.
_EPOCH_STAMP = re.compile(r"\d{10}", re.ASCII)


def parse_offset(text: str) -> timedelta:
    """InputTimeZoneOffset (`+05:30`) as a fixed offset from UTC; there is no daylight-saving rule.

    Raises:
        ValueError: not of the form +HH:MM or -HH:MM.
    """
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a time zone offset such as +05:30.")
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -size if match[1] == "-" else size


def format_stamp(moment: datetime, timestamp_format: str, offset: timedelta) -> str:
    """The stamp of an instant. The two calendar formats show local time at `offset`; EPOCH is never shifted."""
    if timestamp_format == EPOCH:
        return f"{int(moment.timestamp()):010d}"
    return moment.astimezone(timezone(offset)).strftime(_CALENDAR[timestamp_format][1])


def parse_stamp(text: str, timestamp_format: str, offset: timedelta) -> datetime | None:
    """The instant (UTC) that a stamp stands for; None when the text is not a stamp of this format."""
    if timestamp_format == EPOCH:
        return datetime.fromtimestamp(int(text), UTC) if _EPOCH_STAMP.fullmatch(text) else None
    shape, layout = _CALENDAR[timestamp_format]
    if not shape.fullmatch(text):
        return None
    try:
        local = datetime.strptime(text, layout).replace(tzinfo=UTC)
        return local - offset
    except (ValueError, OverflowError):
        return None
