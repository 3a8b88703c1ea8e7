"""The three stamp formats of InferenceInputNameConfiguration."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.scheduling.stamps import TIMESTAMP_FORMATS, format_stamp, parse_offset, parse_stamp

MOMENT = datetime(2021, 4, 5, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("timestamp_format", "offset", "stamp"),
    [
        ("yyyyMMddHHmmss", "+05:30", "20210405183000"),
        ("yyyyMMddHHmmss", "-00:00", "20210405130000"),
        ("yyyy-MM-dd-HH-mm-ss", "-08:00", "2021-04-05-05-00-00"),
        ("EPOCH", "+05:30", "1617627600"),
    ],
)
def test_an_instant_is_shifted_by_the_offset_unless_it_is_epoch(timestamp_format, offset, stamp):
    assert format_stamp(MOMENT, timestamp_format, parse_offset(offset)) == stamp


@pytest.mark.parametrize(
    ("timestamp_format", "text"),
    [
        ("yyyyMMddHHmmss", "2021-04-05-13-00-00"),
        ("yyyyMMddHHmmss", "202104051300"),
        ("yyyyMMddHHmmss", "20210405130000 "),
        ("yyyyMMddHHmmss", "20211305130000"),
        ("yyyyMMddHHmmss", "20210230130000"),
        ("yyyyMMddHHmmss", "2_20210405130000"),
        ("yyyyMMddHHmmss", "٢٠٢١٠٤٠٥١٣٠٠٠٠"),
        ("yyyy-MM-dd-HH-mm-ss", "20210405130000"),
        ("yyyy-MM-dd-HH-mm-ss", "2021-4-5-13-0-0"),
        ("EPOCH", "1617627600000"),
        ("EPOCH", "1617627600.0"),
        ("EPOCH", ""),
    ],
)
def test_what_is_not_a_stamp_of_the_format_stands_for_no_instant(timestamp_format, text):
    assert parse_stamp(text, timestamp_format, timedelta()) is None


def test_a_stamp_at_the_end_of_time_stands_for_no_instant():
    assert parse_stamp("99991231235959", "yyyyMMddHHmmss", parse_offset("-08:00")) is None


@pytest.mark.parametrize("text", ["05:30", "+5:30", "+0530", "+05:30 ", "UTC", ""])
def test_an_offset_has_a_sign_two_digits_a_colon_and_two_digits(text):
    with pytest.raises(ValueError, match="is not a time zone offset"):
        parse_offset(text)


seconds = st.integers(10**9, 7 * 10**9).map(lambda count: datetime.fromtimestamp(count, UTC))
offsets = st.integers(-24, 24).map(lambda halves: timedelta(minutes=30 * halves))


@given(seconds, st.sampled_from(TIMESTAMP_FORMATS), offsets)
def test_a_stamp_reads_back_as_the_instant_it_was_made_from(moment, timestamp_format, offset):
    assert parse_stamp(format_stamp(moment, timestamp_format, offset), timestamp_format, offset) == moment


@given(seconds, seconds, st.sampled_from(TIMESTAMP_FORMATS), offsets)
def test_stamps_sort_as_their_instants_do(one, other, timestamp_format, offset):
    texts = format_stamp(one, timestamp_format, offset), format_stamp(other, timestamp_format, offset)
    assert (texts[0] < texts[1]) == (one < other)
