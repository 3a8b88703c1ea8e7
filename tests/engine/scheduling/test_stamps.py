"""The three stamp formats of InferenceInputNameConfiguration."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.scheduling.stamps import (
    TIMESTAMP_FORMATS,
    format_stamp,
    named_zone,
    offset_text,
    offsets_around,
    parse_offset,
    parse_stamp,
)

MOMENT = datetime(2021, 4, 5, 13, 0, tzinfo=UTC)
BERLIN = named_zone("Europe/Berlin")


def fixed(offset: str) -> tzinfo:
    return timezone(parse_offset(offset))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


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
    assert format_stamp(MOMENT, timestamp_format, fixed(offset)) == stamp


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
    assert parse_stamp(text, timestamp_format, UTC) == ()


def test_a_stamp_at_the_end_of_time_stands_for_no_instant():
    assert parse_stamp("99991231235959", "yyyyMMddHHmmss", fixed("-08:00")) == ()


@pytest.mark.parametrize("text", ["05:30", "+5:30", "+0530", "+05:30 ", "UTC", ""])
def test_an_offset_has_a_sign_two_digits_a_colon_and_two_digits(text):
    with pytest.raises(ValueError, match="is not a time zone offset"):
        parse_offset(text)


seconds = st.integers(10**9, 7 * 10**9).map(lambda count: datetime.fromtimestamp(count, UTC))
offsets = st.integers(-24, 24).map(lambda halves: timezone(timedelta(minutes=30 * halves)))
zones = st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tokyo"])


@given(seconds, st.sampled_from(TIMESTAMP_FORMATS), offsets)
def test_a_stamp_reads_back_as_the_instant_it_was_made_from(moment, timestamp_format, offset):
    assert parse_stamp(format_stamp(moment, timestamp_format, offset), timestamp_format, offset) == (moment,)


@given(seconds, seconds, st.sampled_from(TIMESTAMP_FORMATS), offsets)
def test_stamps_sort_as_their_instants_do(one, other, timestamp_format, offset):
    texts = format_stamp(one, timestamp_format, offset), format_stamp(other, timestamp_format, offset)
    assert (texts[0] < texts[1]) == (one < other)


@given(seconds, st.sampled_from(TIMESTAMP_FORMATS), zones.map(named_zone))
def test_a_stamp_of_a_named_zone_reads_back_as_two_instants_at_most_one_of_them_its_own(moment, timestamp_format, zone):
    found = parse_stamp(format_stamp(moment, timestamp_format, zone), timestamp_format, zone)
    assert moment in found
    assert len(found) <= 2
    assert found[-1] - found[0] <= timedelta(hours=1)


@given(seconds, zones.map(named_zone), st.integers(0, 40))
def test_every_offset_that_a_zone_has_in_a_range_is_known(moment, zone, days):
    later = moment + timedelta(days=days)
    offsets = offsets_around(zone, moment, later)
    assert {each.astimezone(zone).utcoffset() for each in (moment, later)} <= offsets


@pytest.mark.parametrize(
    ("stamp", "instants"),
    [
        ("20260329015959", ["2026-03-29T00:59:59"]),
        ("20260329023000", ["2026-03-29T00:30:00", "2026-03-29T01:30:00"]),  # no clock showed it
        ("20260329030000", ["2026-03-29T01:00:00"]),
        ("20261025015959", ["2026-10-24T23:59:59"]),
        ("20261025023000", ["2026-10-25T00:30:00", "2026-10-25T01:30:00"]),  # every clock showed it twice
        ("20261025030000", ["2026-10-25T02:00:00"]),
        ("20260701120000", ["2026-07-01T10:00:00"]),
        ("20260101120000", ["2026-01-01T11:00:00"]),
    ],
)
def test_what_a_stamp_means_where_the_clocks_are_changed(stamp, instants):
    assert parse_stamp(stamp, "yyyyMMddHHmmss", BERLIN) == tuple(at(instant) for instant in instants)


def test_an_epoch_stamp_knows_no_zone():
    assert parse_stamp("1617627600", "EPOCH", BERLIN) == (MOMENT,)


@pytest.mark.parametrize(
    ("zone", "moment", "offset"),
    [
        ("Europe/Berlin", "2026-07-01", "+02:00"),
        ("Europe/Berlin", "2026-01-01", "+01:00"),
        ("America/St_Johns", "2026-01-01", "-03:30"),
        ("UTC", "2026-01-01", "+00:00"),
    ],
)
def test_a_zone_has_an_offset_at_every_moment(zone, moment, offset):
    assert offset_text(named_zone(zone), at(moment)) == offset


@pytest.mark.parametrize(
    "name", ["Europe/Atlantis", "europe/berlin", "Europe", "../etc/passwd", "/etc/localtime", "", "+02:00"]
)
def test_a_zone_is_one_of_the_iana_database(name):
    with pytest.raises(ValueError, match="is not a time zone"):
        named_zone(name)
