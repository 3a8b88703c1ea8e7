"""When a model is retrained: start date + n x frequency, at midnight in UTC, on so many days before."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SHORTEST_DAYS, LONGEST_DAYS = 30, 365  # of a frequency: P30D and P1Y
_PERIOD = re.compile(r"P(?:(?P<years>\d)Y)?(?:(?P<months>\d{1,2})M)?(?:(?P<days>\d{1,3})D)?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """Calendar months and days beside each other, as ISO 8601 has them (`P3M15D`)."""

    months: int
    days: int

    @property
    def usual_days(self) -> int:
        """Its length with months of 30 days and years of 365, as the bounds of the protocol count."""
        years, months = divmod(self.months, 12)
        return 365 * years + 30 * months + self.days


def parse_period(text: str) -> Period:
    """`P1M15D` -> one month and 15 days.

    Raises:
        ValueError: not a period of years, months and days.
    """
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a period such as P30D, P2M or P1Y.")
    years, months, days = (int(value) for value in match.groupdict("0").values())
    return Period(12 * years + months, days)


def midnight(moment: datetime) -> datetime:
    """The beginning of its day in UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def first_run(start: datetime, frequency: Period, earliest: datetime) -> datetime:
    """The first date of the grid that is not before `earliest`.

    Args:
        start: the first date there can be, a midnight.
        frequency: at least a day long.
    """
    number = max(0, (earliest - start).days // (31 * frequency.months + frequency.days))  # or a few less
    while (date := _date(start, frequency, number)) < earliest:
        number += 1
    return date


def newest_run(start: datetime, frequency: Period, due: datetime, now: datetime) -> datetime:
    """The last date of the grid from `due`, which has come, up to now: of several missed ones the newest is run."""
    while (following := first_run(start, frequency, due + timedelta(days=1))) <= now:
        due = following
    return due


def _date(start: datetime, frequency: Period, number: int) -> datetime:
    """Months are counted from the start, so that a 31st which February cut short is a 31st again in March."""
    year, month = divmod(start.year * 12 + start.month - 1 + number * frequency.months, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day) + timedelta(days=number * frequency.days)
