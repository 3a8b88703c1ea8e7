"""Round moments on an axis of time, as people count it: no more than there is room for."""

from datetime import UTC, datetime, timedelta

_ORIGIN = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday
_DAY = timedelta(days=1)
_STEPS = (
    *(timedelta(seconds=count) for count in (1, 2, 5, 10, 15, 30)),
    *(timedelta(minutes=count) for count in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=count) for count in (1, 2, 3, 4, 6, 12)),
    *(timedelta(days=count) for count in (1, 2, 7, 14)),
)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
Tick = tuple[datetime, str]


def ticks(start: datetime, end: datetime, most: int) -> list[Tick]:
    """Moments from `start` to `end` with their labels, about `most` of them: `08:00`, `22 Nov` at midnight, `Nov`
    where they are months apart, `2027` where a year begins."""
    for step in _STEPS:
        if (end - start) / step <= most:
            return [(moment, _label(moment, step)) for moment in _every(step, start, end)]
    months = list(_months(start, end))
    step = next((one for one in _MONTHS if len(months) / one <= most), _MONTHS[-1])
    return [(one, f"{one:%Y}" if one.month == 1 else f"{one:%b}") for one in months if _number(one) % step == 0]


def _every(step: timedelta, start: datetime, end: datetime) -> list[datetime]:
    first = _ORIGIN - (_ORIGIN - start) // step * step
    return [first + number * step for number in range((end - first) // step + 1)]


def _label(moment: datetime, step: timedelta) -> str:
    if step >= _DAY or moment == moment.replace(hour=0, minute=0, second=0, microsecond=0):
        return f"{moment:%-d %b}"
    return f"{moment:%H:%M}" if step >= timedelta(minutes=1) else f"{moment:%H:%M:%S}"


def _months(start: datetime, end: datetime) -> list[datetime]:
    first, last = _number(start - timedelta(microseconds=1)) + 1, _number(end)
    return [datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC) for number in range(first, last + 1)]


def _number(moment: datetime) -> int:
    """Months since the year 0."""
    return 12 * moment.year + moment.month - 1
