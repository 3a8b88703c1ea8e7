"""The widths of the pieces of time that a long series is shown in."""

from datetime import UTC, datetime, timedelta

ORIGIN = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday: buckets of days and weeks begin where people begin them
_SECONDS = (1, 2, 5, 10, 15, 30)
_HOURS = (1, 2, 3, 6, 12, 24, 48, 168)
_WIDTHS = (
    *(timedelta(seconds=count) for count in _SECONDS),
    *(timedelta(minutes=count) for count in _SECONDS),
    *(timedelta(hours=count) for count in _HOURS),
)


def bucket_width(span: timedelta, buckets: int) -> timedelta:
    """The smallest width that people count in, such that `buckets` of them cover a span wherever it begins.

    Widths come from a short ladder, and buckets from a fixed origin: a range that moves on a little has the same ones.
    """
    widest = _WIDTHS[-1]
    for width in _WIDTHS:
        if span // width + 2 <= buckets:
            return width
    return widest * (span // (widest * (buckets - 1)) + 1)
