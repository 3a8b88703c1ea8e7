from datetime import UTC, datetime, timedelta, timezone

import pytest

from service.engine.scheduling.retraining import Period, first_run, midnight, newest_run, parse_period


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "period", "days"),
    [
        ("P30D", Period(0, 30), 30),
        ("P1M", Period(1, 0), 30),
        ("P3M15D", Period(3, 15), 105),
        ("P2M", Period(2, 0), 60),
        ("P150D", Period(0, 150), 150),
        ("P1Y", Period(12, 0), 365),
        ("P12M", Period(12, 0), 365),
        ("P1Y1D", Period(12, 1), 366),
        ("P", Period(0, 0), 0),
    ],
)
def test_periods_count_months_and_days_beside_each_other(text: str, period: Period, days: int):
    assert parse_period(text) == period
    assert period.usual_days == days


@pytest.mark.parametrize("text", ["PT5M", "30D", "P1W", "P1D1M", "P٣M", ""])
def test_other_durations_are_no_periods(text: str):
    with pytest.raises(ValueError, match="not a period"):
        parse_period(text)


@pytest.mark.parametrize(
    ("start", "frequency", "earliest", "run"),
    [
        ("2026-01-01", "P30D", "2025-06-01", "2026-01-01"),
        ("2026-01-01", "P30D", "2026-01-01", "2026-01-01"),
        ("2026-01-01", "P30D", "2026-01-02", "2026-01-31"),
        ("2026-01-01", "P30D", "2026-12-31", "2027-01-26"),
        ("2026-01-31", "P1M", "2026-02-01", "2026-02-28"),
        ("2026-01-31", "P1M", "2026-03-01", "2026-03-31"),
        ("2024-02-29", "P1Y", "2025-01-01", "2025-02-28"),
        ("2024-02-29", "P1Y", "2027-03-01", "2028-02-29"),
        ("2026-01-01", "P3M15D", "2026-01-02", "2026-04-16"),
        ("0001-01-01", "P1M", "2026-03-02", "2026-04-01"),
        ("9999-12-31", "P1Y", "2026-01-01", "9999-12-31"),
    ],
)
def test_runs_lie_on_the_grid_of_the_start_date(start: str, frequency: str, earliest: str, run: str):
    assert first_run(day(start), parse_period(frequency), day(earliest)) == day(run)


@pytest.mark.parametrize(
    ("due", "now", "newest"),
    [
        ("2026-01-31", "2026-01-31T00:00:01", "2026-01-31"),
        ("2026-01-31", "2026-03-01T23:00:00", "2026-01-31"),
        ("2026-01-31", "2026-03-02T00:00:00", "2026-03-02"),
        ("2026-01-31", "2026-12-01T12:00:00", "2026-11-27"),
    ],
)
def test_of_several_missed_dates_the_newest_is_run(due: str, now: str, newest: str):
    assert newest_run(day("2026-01-01"), parse_period("P30D"), day(due), day(now)) == day(newest)


def test_a_day_begins_at_midnight_in_utc():
    evening_in_lima = datetime(2026, 3, 1, 20, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert midnight(evening_in_lima) == day("2026-03-02")
