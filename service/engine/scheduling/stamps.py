"""File-name stamps: an instant as one of the three formats of InferenceInputNameConfiguration, and back."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

EPOCH = "EPOCH"
_CALENDAR = {
    "yyyy-MM-dd-HH-mm-ss": (re.compile(r"\d{4}(-\d{2}){5}", re.ASCII), "%Y-%m-%d-%H-%M-%S"),
    "yyyyMMddHHmmss": (re.compile(r"\d{14}", re.ASCII), "%Y%m%d%H%M%S"),
}
TIMESTAMP_FORMATS = (EPOCH, *_CALENDAR)

_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})", re.ASCII)
# Ten digits are the years 2001 to 2286; inside them the order of the texts is the order of the instants.
_EPOCH_STAMP = re.compile(r"\d{10}", re.ASCII)
_DAY = timedelta(days=1)


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


def named_zone(name: str) -> ZoneInfo:
    """A zone of the IANA database (`Europe/Berlin`), with its daylight-saving rules.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in _zone_names():
        raise ValueError(f"{name!r} is not a time zone of the IANA database, such as Europe/Berlin.")
    return ZoneInfo(name)


@cache
def _zone_names() -> set[str]:
    return available_timezones()


def offset_text(zone: tzinfo, moment: datetime) -> str:
    """What the clocks of a zone are ahead of UTC at that moment, as InputTimeZoneOffset has it: `+02:00`."""
    minutes = zone.utcoffset(moment.astimezone(zone)) // timedelta(minutes=1)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def format_stamp(moment: datetime, timestamp_format: str, zone: tzinfo) -> str:
    """The stamp of an instant. The two calendar formats show local time of the zone; EPOCH is never shifted."""
    if timestamp_format == EPOCH:
        return f"{int(moment.timestamp()):010d}"
    return moment.astimezone(zone).strftime(_CALENDAR[timestamp_format][1])


def parse_stamp(text: str, timestamp_format: str, zone: tzinfo) -> tuple[datetime, ...]:
    """The instants (UTC, ascending) that a stamp may stand for; none when the text is not a stamp of this format.

    There are two where the clocks are changed: an hour that comes twice means either, and so does one that is left
    out, for a producer may have come to it from before or, counting back, from after.
    """
    if timestamp_format == EPOCH:
        return (datetime.fromtimestamp(int(text), UTC),) if _EPOCH_STAMP.fullmatch(text) else ()
    if not _CALENDAR[timestamp_format][0].fullmatch(text):
        return ()
    digits = text.replace("-", "")
    try:
        local = datetime(int(digits[:4]), *(int(digits[at : at + 2]) for at in range(4, 14, 2)), tzinfo=zone)
        if isinstance(zone, timezone):
            return (local.astimezone(UTC),)
        return tuple(sorted({local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)}))
    except (ValueError, OverflowError):
        return ()


def offsets_around(zone: tzinfo, earliest: datetime, latest: datetime) -> set[timedelta]:
    """Every offset from UTC that a stamp may have been written by which stands for an instant between the two."""
    if isinstance(zone, timezone):
        return {zone.utcoffset(None)}
    days = range(-1, (latest - earliest) // _DAY + 3)
    return {zone.utcoffset((earliest + day * _DAY).astimezone(zone)) for day in days}
