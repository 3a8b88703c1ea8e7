"""Which keys belong to a window, and where its results go."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.scheduling.files import (
    DELIMITERS,
    FileNaming,
    SearchRange,
    list_after,
    list_until,
    result_key,
    search_range,
    stamp_within,
)
from service.engine.scheduling.stamps import TIMESTAMP_FORMATS, named_zone, parse_offset
from service.engine.scheduling.windows import Window


def window(start: str, end: str) -> Window:
    return Window(*(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end)))


def naming(timestamp_format="yyyyMMddHHmmss", delimiter="_", offset="+00:00", prefix="in/") -> FileNaming:
    return FileNaming(prefix, timestamp_format, delimiter, timezone(parse_offset(offset)))


# The first row is printed by the service itself in a FailedReason; the others follow from the same rule.
VECTORS = [
    ("+00:00", "yyyyMMddHHmmss", ("2022-05-13T12:10", "2022-05-13T12:15"), "20220513120500", "20220513122000"),
    ("+00:00", "yyyyMMddHHmmss", ("2026-03-01T23:55", "2026-03-02T00:00"), "20260301235000", "20260302000500"),
    ("+05:30", "yyyy-MM-dd-HH-mm-ss", ("2026-03-01T13:00", "2026-03-01T13:15"),
     "2026-03-01-18-15-00", "2026-03-01-19-00-00"),
    ("-08:00", "yyyyMMddHHmmss", ("2026-03-01T13:00", "2026-03-01T14:00"), "20260301040000", "20260301070000"),
    ("+00:00", "EPOCH", ("2026-03-01T13:00", "2026-03-01T13:30"), "1772368200", "1772373600"),
    ("+00:00", "yyyyMMddHHmmss", ("2026-03-01T13:00", "2026-03-01T13:05"), "20260301125500", "20260301131000"),
]  # fmt: skip


def chosen(names: FileNaming, component: str, keys: list[str], stamps: SearchRange) -> list[str]:
    return [key for key in keys if stamp_within(names, component, key, stamps)]


@pytest.mark.parametrize(("offset", "timestamp_format", "span", "earliest", "latest"), VECTORS)
def test_the_search_range_of_every_vector(offset, timestamp_format, span, earliest, latest):
    names, stamps = naming(timestamp_format, offset=offset), search_range(window(*span))
    assert names.stem("c", stamps.earliest) == f"in/c_{earliest}"
    assert names.stem("c", stamps.latest) == f"in/c_{latest}"


@pytest.mark.parametrize(("offset", "timestamp_format", "span", "earliest", "latest"), VECTORS)
def test_both_ends_of_the_range_are_inside_and_a_second_beyond_is_not(offset, timestamp_format, span, earliest, latest):
    names, stamps = naming(timestamp_format, offset=offset), search_range(window(*span))
    second = timedelta(seconds=1)
    inside = [names.key("c", stamps.earliest), names.key("c", stamps.latest)]
    outside = [names.key("c", stamps.earliest - second), names.key("c", stamps.latest + second)]
    assert chosen(names, "c", [*outside, *inside], stamps) == inside


def test_keys_that_do_not_parse_are_ignored():
    stamps = search_range(window("2026-03-01T13:00", "2026-03-01T13:05"))
    good = "in/c_20260301130000.csv"
    strange = ["in/TemporaryFile-CanBeDeleted.tmp", "in/c_20260301130000.csv.gz", "in/c_2026.csv", "in/c_.csv",
               "in/C_20260301130000.csv", "in/c-20260301130000.csv", "in/sub/c_20260301130000.csv"]  # fmt: skip
    assert chosen(naming(), "c", [*strange, good], stamps) == [good]


def test_a_component_does_not_take_the_files_of_one_whose_name_it_begins():
    stamps = search_range(window("2026-03-01T13:00", "2026-03-01T13:05"))
    keys = ["in/pump_20260301130000.csv", "in/pump_2_20260301130000.csv"]
    assert chosen(naming(), "pump", keys, stamps) == keys[:1]
    assert chosen(naming(), "pump_2", keys, stamps) == keys[1:]


@pytest.mark.parametrize("timestamp_format", TIMESTAMP_FORMATS)
def test_with_an_empty_delimiter_a_component_that_ends_in_a_digit_keeps_its_own_files(timestamp_format):
    names, stamps = naming(timestamp_format, ""), search_range(window("2026-03-01T13:00", "2026-03-01T13:05"))
    keys = [names.key(component, stamps.earliest) for component in ("c", "c1", "c2")]
    for component, key in zip(("c", "c1", "c2"), keys, strict=True):
        assert chosen(names, component, keys, stamps) == [key]


@pytest.mark.parametrize("timestamp_format", TIMESTAMP_FORMATS)
def test_the_order_of_the_keys_is_the_order_of_their_stamps(timestamp_format):
    names = naming(timestamp_format)
    begin = window("2026-03-01T13:00", "2026-03-01T13:05").data_start_time
    keys = [names.key("c", begin + timedelta(seconds=second)) for second in range(0, 90_000, 7)]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("span", "key"),
    [
        (("2026-03-01T23:55", "2026-03-02T00:00"), "out/2026-03-01T23:55:00Z/results.jsonl"),
        (("2026-03-01T13:00", "2026-03-01T14:00"), "out/2026-03-01T13:00:00Z/results.jsonl"),
    ],
)
def test_results_lie_in_a_folder_named_by_the_start_of_the_window(span, key):
    assert result_key("out/", window(*span)) == key


def test_without_an_output_prefix_the_folder_lies_at_the_top_of_the_bucket():
    assert result_key("", window("2026-03-01T13:00", "2026-03-01T13:05")) == "2026-03-01T13:00:00Z/results.jsonl"


@given(
    st.integers(10**9 + 10**5, 7 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from([5, 10, 15, 30, 60]),
    st.integers(-7200, 7200),
    st.sampled_from(TIMESTAMP_FORMATS),
    st.sampled_from(DELIMITERS),
    st.integers(-24, 24),
)
def test_listing_from_start_to_end_never_leaves_out_a_key_of_the_window(
    start, frequency, seconds, timestamp_format, delimiter, halves
):
    names = FileNaming("in/", timestamp_format, delimiter, timezone(timedelta(minutes=30 * halves)))
    stamps = search_range(Window(start, start + timedelta(minutes=frequency)))
    key = names.key("c", start + timedelta(seconds=seconds))
    listed = list_after(names, "c", stamps) < key <= list_until(names, "c", stamps)
    assert listed == bool(stamp_within(names, "c", key, stamps))


def in_berlin(timestamp_format="yyyyMMddHHmmss") -> FileNaming:
    return FileNaming("in/", timestamp_format, "_", named_zone("Europe/Berlin"))


@pytest.mark.parametrize("hour", ["00", "01"])
def test_both_windows_of_the_hour_that_comes_twice_find_its_files(hour):
    stamps = search_range(window(f"2026-10-25T{hour}:30", f"2026-10-25T{hour}:35"))
    assert chosen(in_berlin(), "c", ["in/c_20261025023000.csv"], stamps) == ["in/c_20261025023000.csv"]


@pytest.mark.parametrize(
    "span",
    [("2026-03-29T00:55", "2026-03-29T01:00"), ("2026-03-29T01:50", "2026-03-29T01:55")],
    ids=["counted back from after the change", "a clock that was not put forward"],
)
def test_both_readings_of_a_stamp_in_the_hour_that_is_left_out_are_tried(span):
    stamps = search_range(window(*span))
    key = "in/c_20260329025500.csv"
    assert chosen(in_berlin(), "c", [key], stamps) == [key]
    assert list_after(in_berlin(), "c", stamps) < key <= list_until(in_berlin(), "c", stamps)


@given(
    st.sampled_from([1774746000, 1792890000, 1782000000]),  # March, October, and June
    st.integers(-9000, 9000),
    st.sampled_from([5, 10, 15, 30, 60]),
    st.integers(-7200, 7200),
    st.sampled_from(TIMESTAMP_FORMATS),
)
def test_listing_leaves_out_no_key_of_a_window_where_the_clocks_are_changed(change, apart, frequency, seconds, form):
    names = in_berlin(form)
    start = datetime.fromtimestamp(change + apart, UTC)
    stamps = search_range(Window(start, start + timedelta(minutes=frequency)))
    key = names.key("c", start + timedelta(seconds=seconds))
    if stamp_within(names, "c", key, stamps):
        assert list_after(names, "c", stamps) < key <= list_until(names, "c", stamps)
    if -60 * frequency <= seconds <= 120 * frequency:
        assert stamp_within(names, "c", key, stamps)
