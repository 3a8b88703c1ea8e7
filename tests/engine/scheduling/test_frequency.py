"""ISO durations of the protocol."""

from datetime import timedelta

import pytest

from service.engine.scheduling.frequency import (
    DATA_UPLOAD_FREQUENCIES,
    TARGET_SAMPLING_RATES,
    format_duration,
    parse_duration,
)


@pytest.mark.parametrize("text", [*TARGET_SAMPLING_RATES, *DATA_UPLOAD_FREQUENCIES])
def test_every_duration_of_the_service_reads_and_prints_as_itself(text):
    assert format_duration(parse_duration(text)) == text


def test_hours_minutes_and_seconds_may_stand_together():
    assert parse_duration("PT1H2M3S") == timedelta(hours=1, minutes=2, seconds=3)


@pytest.mark.parametrize("text", ["", "PT", "P1D", "5M", "PT5", "PT0M", "pt5m", "PT-5M", "PT1.5M"])
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="such as PT5M"):
        parse_duration(text)


@pytest.mark.parametrize("length", [timedelta(), timedelta(seconds=-5)])
def test_no_length_has_no_iso_form(length):
    with pytest.raises(ValueError, match="at least one second"):
        format_duration(length)
