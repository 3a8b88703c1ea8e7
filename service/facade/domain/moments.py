"""Moments as the answers write them."""

from datetime import UTC, datetime


def iso(moment: datetime) -> str:
    """``2026-03-01T12:05:00Z``, with milliseconds only where there are some."""
    moment = moment.astimezone(UTC)
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"
