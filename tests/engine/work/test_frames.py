"""Tables of readings: CSV in, one time axis out."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plant import at

from service.engine.detection import Readings
from service.engine.work.frames.alignment import (
    aligned,
    as_datetime64,
    between,
    filled_forward,
    in_time_order,
    joined_on_time,
    resampled,
)
from service.engine.work.frames.csv_tables import UnreadableTable, read_table
from service.engine.work.frames.off_condition import UnreadableOffCondition, off_rows, parse_off_condition
from service.engine.work.frames.timestamps import parse_times

NOON = np.datetime64("2026-03-01T12:00:00", "ns")
MINUTE = np.timedelta64(60, "s")


def texts(*said: str | None) -> np.ndarray:
    return np.array(said, dtype=object)


def readings(minutes: list[float], *columns: list[float]) -> Readings:
    times = NOON + np.array([np.timedelta64(round(60 * minute), "s") for minute in minutes], dtype="timedelta64[ns]")
    names = tuple(f"c\\s{number}" for number in range(len(columns)))
    return Readings(
        times.astype("datetime64[ns]"), np.array(columns, dtype=float).T.reshape(len(times), len(columns)), names
    )


def minutes_of(table: Readings) -> list[float]:
    return ((table.times - NOON) / MINUTE).tolist()


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00", "2026-03-01 12:00:00", "2026-03-01-12:00:00", "2026-03-01T12:00", "2026/03/01 12:00",
        "2026/03/01T12:00:00", "20260301T12:00:00", "20260301 12:00", "2026 03 01 12:00:00", "2026 03 01T12:00",
        "202603011200", "20260301120000", "2026-03-01-12-00-00", "2026-03-01T12:00:00.000000",
        "2026-03-01 12:00:00.0", "2026-03-01T12:00:00.000000000", "2026-03-01T12:00:00Z", "2026-03-01T13:00:00+01:00",
    ],
)  # fmt: skip
def test_every_layout_of_the_guide_is_a_time(text):
    assert parse_times(texts(text)).tolist() == [NOON.astype(int)]


@pytest.mark.parametrize(
    "text",
    ["", None, "1772370000", "2026-03-01", "01.03.2026 12:00", "2026-3-1 12:00", "2026-03-01T12", "2026-02-30T12:00:00",
     "2026-03-01T25:00:00", "noon", "1066-10-14T12:00:00", "9999-12-31T23:59:59", "２026-03-01T12:00:00"],
)  # fmt: skip
def test_anything_else_is_no_time(text):
    assert np.isnat(parse_times(texts(text))).all()


def test_layouts_may_be_mixed_in_one_column():
    parsed = parse_times(texts("2026-03-01T12:00:00", "bad", "2026/03/01 12:01", "2026-03-01T12:02:00.5", "x"))
    assert np.isnat(parsed).tolist() == [False, True, False, False, True]
    assert parsed[3] == NOON + np.timedelta64(120_500, "ms")


def test_a_fraction_keeps_its_microseconds():
    assert parse_times(texts("2026-03-01T12:00:00.000001"))[0] == NOON + np.timedelta64(1, "us")


def test_a_table_of_numbers_is_read_with_empty_cells_as_missing():
    table = read_table(b"Timestamp,a,b\n2026-03-01T12:00:00,1.5,\n2026-03-01T12:01:00,NaN,-2e3\n")
    assert (table.time_column, table.columns, table.bad_counts) == ("Timestamp", ("a", "b"), (0, 0))
    assert np.array_equal(table.values, [[1.5, np.nan], [np.nan, -2000]], equal_nan=True)


def test_a_byte_order_mark_spaces_quotes_and_windows_line_ends_do_no_harm():
    table = read_table('\ufeff"Timestamp", a ,b\r\n2026-03-01T12:00:00, 1 ,"2"\r\n'.encode())
    assert table.columns == ("a", "b")
    assert table.values.tolist() == [[1.0, 2.0]]
    assert not np.isnat(table.times).any()


def test_bad_cells_are_kept_with_their_place_and_the_good_ones_beside_them():
    table = read_table(b"t,a,b\n2026-03-01T12:00:00,1,x\n2026-03-01T12:01:00,1_000,2\n2026-03-01T12:02:00,3,0x10\n")
    assert [(cell.row, cell.column, cell.text) for cell in table.bad_cells] == [
        (2, "b", "x"),
        (3, "a", "1_000"),
        (4, "b", "0x10"),
    ]
    assert table.bad_counts == (1, 2)
    assert table.values[1, 1] == 2


def long_table(rows: list[str]) -> bytes:
    """These rows and so many more that the file is read in the way of large ones."""
    padding = [f"2026-03-02T{number // 60:02}:{number % 60:02}:00,1,2" for number in range(1000)]
    return "\n".join(["t,a,b", *rows, *padding, ""]).encode()


@pytest.mark.parametrize(
    "rows",
    [
        ["2026-03-01T12:00:00,1.5,", "2026-03-01T12:01:00,NaN, -2e3 "],
        ["2026-03-01T12:00:00,1,x", "2026-03-01T12:01:00,1_000,2", "noon,3,0x10"],
        ['"2026-03-01 12:00","1",2'],
    ],
)
def test_a_large_file_is_understood_as_a_small_one_is(rows):
    small, large = read_table("\n".join(["t,a,b", *rows]).encode()), read_table(long_table(rows))
    assert np.array_equal(large.values[: len(rows)], small.values, equal_nan=True)
    assert np.array_equal(large.times[: len(rows)], small.times, equal_nan=True)
    assert (large.bad_cells, large.bad_counts) == (small.bad_cells, small.bad_counts)
    assert large.bad_times() == small.bad_times()


def test_rows_of_unequal_length_are_found_in_a_large_file_too():
    with pytest.raises(UnreadableTable, match="no CSV file of 3 columns"):
        read_table(long_table(["2026-03-01T12:00:00,1"]))


def test_infinity_is_a_missing_value():
    assert np.isnan(read_table(b"t,a\n2026-03-01T12:00:00,inf\n").values).all()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "it is empty"),
        (b"\n1,2\n", "its first line, the header, is empty"),
        (b"time\n2026\n", "one column only"),
        (b"t;a\n1;2\n", "separated by ';'"),
        (b"t,a,a\n", "column 'a' twice"),
        (b"t,a\n2026-03-01T12:00:00,1\n2026-03-01T12:01:00,1,2\n", "no CSV file of 2 columns"),
        (b"t,\xe4\n", "not UTF-8"),
        (b"t,a\n2026-03-01T12:00:00,\xe4\n", "no CSV file of 2 columns"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(body, said):
    with pytest.raises(UnreadableTable, match=said):
        read_table(body)


def test_a_table_without_rows_has_none():
    assert read_table(b"t,a\n").values.shape == (0, 1)


def test_rows_come_into_the_order_of_time_and_the_last_of_one_time_stays():
    times = NOON + np.array([2, 1, 2, "NaT"], dtype="timedelta64[m]")
    table = in_time_order(times.astype("datetime64[ns]"), np.array([[1.0], [2.0], [3.0], [4.0]]), ("c\\s",))
    assert (minutes_of(table), table.values.tolist()) == ([1, 2], [[2.0], [3.0]])


def test_between_is_open_at_the_start_and_closed_at_the_end():
    table = readings([0, 1, 2, 3], [0, 1, 2, 3])
    assert minutes_of(between(table, at("2026-03-01T12:01"), at("2026-03-01T12:03"))) == [2, 3]


def test_a_bucket_is_stamped_with_its_right_edge_and_closed_there():
    table = resampled(readings([0, 1, 5, 5.5, 10, 21], [1, 2, 3, 4, 6, 7]), timedelta(minutes=5))
    assert (minutes_of(table), table.values[:, 0].tolist()) == ([0, 5, 10, 25], [1, 2.5, 5, 7])


def test_missing_cells_do_not_count_in_a_bucket():
    table = resampled(readings([1, 2, 3], [1, np.nan, 3], [np.nan] * 3), timedelta(minutes=5))
    assert np.array_equal(table.values, [[2, np.nan]], equal_nan=True)


def test_components_are_joined_on_the_union_of_their_times():
    table = joined_on_time([readings([1, 2], [1, 2]), readings([2, 3], [5, 6])])
    assert minutes_of(table) == [1, 2, 3]
    assert np.array_equal(table.values, [[1, np.nan], [2, 5], [np.nan, 6]], equal_nan=True)


def test_gaps_are_filled_forward_and_never_backward():
    table = filled_forward(readings([1, 2, 3, 4], [np.nan, 1, np.nan, 2]))
    assert np.array_equal(table.values[:, 0], [np.nan, 1, 1, 2], equal_nan=True)


def test_no_readings_can_be_aligned_too():
    assert len(aligned([readings([], [])], timedelta(minutes=5))) == 0


@given(
    st.lists(st.tuples(st.integers(0, 600), st.floats(-1e6, 1e6)), min_size=1, max_size=40),
    st.sampled_from([1, 5, 15, 60]),
)
def test_every_row_falls_into_the_one_bucket_that_ends_at_or_after_it(rows, minutes):
    times = NOON + np.array([row[0] for row in rows], dtype="timedelta64[m]")
    table = in_time_order(times.astype("datetime64[ns]"), np.array([[row[1]] for row in rows]), ("c\\s",))
    sampled = resampled(table, timedelta(minutes=minutes))
    step = np.timedelta64(minutes, "m")
    for edge, value in zip(sampled.times, sampled.values[:, 0], strict=True):
        inside = (table.times > edge - step) & (table.times <= edge)
        assert inside.any()
        assert value == pytest.approx(table.values[inside, 0].mean(), rel=1e-9, abs=1e-6)
    assert len(sampled) == len({-(-minute // minutes) for minute in minutes_of(table)})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("c\\s0<2", [True, False, False]), ("c\\s0>2", [False, False, True]), ("c\\\\s0 < 2.5", [True, True, False])],
)
def test_an_off_condition_compares_one_sensor_with_a_number(text, expected):
    table = readings([1, 2, 3], [1, 2, 3])
    assert off_rows(parse_off_condition(text), table).tolist() == expected


def test_a_missing_value_is_not_off():
    table = readings([1], [np.nan])
    assert off_rows(parse_off_condition("c\\s0<2"), table).tolist() == [False]


def test_without_an_off_condition_no_row_is_off():
    assert off_rows(parse_off_condition(None), readings([1], [1])).tolist() == [False]


@pytest.mark.parametrize("text", ["", "s0<2", "c\\s0", "c\\s0=2", "c\\s0<two", "c\\s0<2 and c\\s1>3", "c\\s0<nan"])
def test_what_is_no_comparison_is_refused_with_the_form(text):
    with pytest.raises(UnreadableOffCondition, match="has the form"):
        parse_off_condition(text)


def test_an_off_condition_on_a_sensor_the_model_lacks_names_it():
    with pytest.raises(UnreadableOffCondition, match=r"c\\\\s9"):
        off_rows(parse_off_condition("c\\s9<2"), readings([1], [1]))


def test_a_range_up_to_the_year_9999_holds_every_row():
    """A way to say "no end"; nanoseconds in 64 bits know no such year."""
    table = readings([0, 1], [1.0, 2.0])
    assert len(between(table, at("0002-01-01"), at("9999-12-31"))) == 2
    assert as_datetime64(at("2026-03-01T12:00")) == NOON
