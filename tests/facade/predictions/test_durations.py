"""Durations as ISO 8601 text."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.facade.domain.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT15M", timedelta(minutes=15)),
        ("PT0S", timedelta(0)),
        ("P1DT2H30M", timedelta(days=1, hours=2, minutes=30)),
        ("P2W", timedelta(weeks=2)),
        ("PT90S", timedelta(seconds=90)),
        ("PT0.25S", timedelta(milliseconds=250)),
        ("PT1.5H", timedelta(minutes=90)),
    ],
)
def test_a_duration_is_read(text, duration):
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "P", "PT", "15M", "P1Y", "P1M", "PT1D", "PT-5M", "P1DT", "pt5m", "P999999999W"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError):
        parse_duration(text)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=999)))
def test_what_is_written_is_read_as_the_same(duration):
    assert parse_duration(format_duration(duration)) == duration
