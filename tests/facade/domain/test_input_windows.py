"""Which window an instant belongs to, and what its input file is called."""

from datetime import UTC, datetime, timedelta

import pytest

from service.facade.domain.windows import InputNaming, input_file_name, parse_offset, window_stamp, window_start


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "minutes", "start"),
    [
        ("2026-03-01T12:10:00", 5, "2026-03-01T12:05:00"),
        ("2026-03-01T12:10:00.000001", 5, "2026-03-01T12:10:00"),
        ("2026-03-01T12:14:59", 5, "2026-03-01T12:10:00"),
        ("2026-03-01T12:15:00", 5, "2026-03-01T12:10:00"),
        ("2026-03-02T00:00:00", 60, "2026-03-01T23:00:00"),
        ("2026-03-01T13:31:00", 30, "2026-03-01T13:30:00"),
        ("1969-12-31T23:59:00", 10, "1969-12-31T23:50:00"),
    ],
)
def test_a_window_is_open_at_its_start_and_closed_at_its_end(instant, minutes, start):
    assert window_start(at(instant), timedelta(minutes=minutes)) == at(start)


@pytest.mark.parametrize(
    ("naming", "name"),
    [
        (InputNaming(data_upload_frequency="PT5M"), "pump_20260301130000.csv"),
        (
            InputNaming(
                data_upload_frequency="PT15M",
                timestamp_format="yyyy-MM-dd-HH-mm-ss",
                component_timestamp_delimiter="-",
                input_time_zone_offset="+05:30",
            ),
            "pump-2026-03-01-18-30-00.csv",
        ),
        (
            InputNaming(
                data_upload_frequency="PT1H", component_timestamp_delimiter=" ", input_time_zone_offset="-08:00"
            ),
            "pump 20260301050000.csv",
        ),
        (
            InputNaming(
                data_upload_frequency="PT30M",
                timestamp_format="EPOCH",
                component_timestamp_delimiter="",
                input_time_zone_offset="-08:00",
            ),
            "pump1772370000.csv",
        ),
    ],
)
def test_the_stamp_is_the_start_shifted_by_the_offset_except_for_epoch(naming, name):
    assert input_file_name("pump", at("2026-03-01T13:00:00"), naming) == name


def test_an_offset_may_change_the_day_of_the_stamp():
    naming = InputNaming(data_upload_frequency="PT1H", input_time_zone_offset="-00:30")
    assert window_stamp(at("2026-03-01T00:00:00"), naming) == "20260228233000"


@pytest.mark.parametrize("text", ["05:30", "+5:30", "UTC", "+05:30 "])
def test_an_offset_of_another_form_is_refused(text):
    with pytest.raises(ValueError, match="is not a time zone offset"):
        parse_offset(text)
