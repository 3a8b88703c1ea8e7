"""Time cells -> UTC: every layout of the user guide and some more, zones, and what is no time."""

import numpy as np
import pyarrow as pa
import pytest

from service.facade.domain.mappings import ReadingRules, reading_rules
from service.facade.problems import InvalidUpload
from service.facade.sensordata.clock import FileClock
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.layouts import named_layout

LISTED = [
    *("2026-01-31T13:05:07", "2026-01-31 13:05:07", "2026-01-31-13:05:07", "2026-01-31-13-05-07"),
    *("2026/01/31T13:05:07", "2026/01/31 13:05:07", "20260131T13:05:07", "20260131 13:05:07", "20260131130507"),
    *("2026 01 31T13:05:07", "2026 01 31 13:05:07"),
    *("2026-01-31T13:05:07Z", "2026-01-31 13:05:07+00:00", "2026-01-31T14:35:07+01:30", "2026-01-31T08:05:07-0500"),
    *("2026-01-31T13:05:07.000000", " 2026-01-31T13:05:07 ", "20260131T130507Z", "2026-01-31T13:05:07 Z"),
]
WITHOUT_SECONDS = ["2026-01-31T13:05", "2026-01-31-13:05", "2026/01/31 13:05", "202601311305", "2026-01-31T15:05+02:00"]


def clock(rules: ReadingRules | None = None, **options) -> FileClock:
    return FileClock(rules or ReadingRules(), Faults("data.csv"), "time", **options)


def parsed(*cells: str, rules: ReadingRules | None = None) -> list[str]:
    reader = clock(rules)
    times = reader.read(pa.array(cells), np.arange(2, len(cells) + 2))
    reader.close()
    assert reader.faults.listed == []
    return list(np.datetime_as_string(times, unit="us"))


@pytest.mark.parametrize("cell", LISTED)
def test_every_listed_layout_is_read_as_utc_or_by_its_zone(cell):
    assert parsed(cell) == ["2026-01-31T13:05:07.000000"]


@pytest.mark.parametrize("cell", WITHOUT_SECONDS)
def test_seconds_may_be_left_out(cell):
    assert parsed(cell) == ["2026-01-31T13:05:00.000000"]


def test_seconds_fractions_and_zones_may_change_within_a_file():
    assert parsed("2026-01-31T13:05:07.5Z", "2026-01-31T13:06Z", "2026-01-31T14:07:00+01:00") == [
        "2026-01-31T13:05:07.500000",
        "2026-01-31T13:06:00.000000",
        "2026-01-31T13:07:00.000000",
    ]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2026/01/31 13:05:07", "is written as yyyy/MM/dd HH:mm:ss, but the first row as yyyy-MM-ddTHH:mm:ss"),
        ("2026-01-31T13:05:07Z", "with a zone, but the first row as"),
        ("2026-02-30T00:00:00", "does not exist in the calendar"),
        ("2026-01-31T25:00:00", "does not exist in the calendar"),
        ("31.01.2026 13:05", "is written as dd.MM.yyyy HH:mm:ss, but the first row as"),
        ("1769864707", "is written as epoch seconds, but the first row as"),
        ("noon", "is not a time. Write it like"),
        ("2026-01-31", "is not a time"),
        ("", "The time is empty."),
    ],
)
def test_what_is_no_time_of_the_layout_of_the_file_is_told_apart(cell, said):
    reader = clock()
    times = reader.read(pa.array(["2026-01-31T13:05:07", cell]), np.array([2, 3]))
    (item,) = reader.faults.listed
    assert (item["row"], said in item["detail"]) == (3, True)
    assert times[0] == np.datetime64("2026-01-31T13:05:07")
    assert np.isnat(times[1])


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("31.01.2026 13:05:07", "dd.MM.yyyy HH:mm:ss"),
        ("31/01/2026 13:05:07", "dd/MM/yyyy HH:mm:ss"),
        ("1/31/2026 1:05:07 PM", "MM/dd/yyyy HH:mm:ss"),
        ("1769864707", "epoch seconds"),
        ("1769864707.000", "epoch seconds"),
        ("1769864707000", "epoch milliseconds"),
    ],
)
def test_other_common_layouts_are_recognised_and_said(cell, name):
    reader = clock()
    assert str(reader.read(pa.array([cell]), np.array([2]))[0]) == "2026-01-31T13:05:07.000000"
    assert (reader.reading.time_format, reader.reading.time_format_from) == (name, "detected")


def test_whether_day_or_month_comes_first_is_told_by_any_row():
    assert parsed("01/02/2026 00:00", "13/02/2026 00:00")[0] == "2026-02-01T00:00:00.000000"
    assert parsed("01/02/2026 00:00", "02/13/2026 00:00")[0] == "2026-01-02T00:00:00.000000"
    assert parsed("02/02/2026 00:00", "03/03/2026 00:00")[0] == "2026-02-02T00:00:00.000000"  # all the same


def test_where_no_row_tells_the_file_is_refused_and_says_what_to_do():
    cells = pa.array(["01/02/2026 00:00", "02/02/2026 00:00"])
    with pytest.raises(InvalidUpload, match=r"time_format=dd/MM/yyyy HH:mm:ss or time_format=MM/dd/yyyy HH:mm:ss"):
        clock().read(cells, np.array([2, 3]))
    clock(settle=False).read(cells, np.array([2, 3]))  # the beginning of a file: more rows will come
    assert parsed("01/02/2026 00:00", rules=reading_rules(None, None, "MM/dd/yyyy HH:mm"))[0].startswith("2026-01-02")


def test_a_given_format_is_used_and_named():
    reader = clock(reading_rules(None, None, "%m/%d/%y %I:%M %p"))
    times = reader.read(pa.array(["01/31/26 01:05 PM", "31.01.2026 13:05"]), np.array([2, 3]))
    assert str(times[0]) == "2026-01-31T13:05:00.000000"
    assert reader.faults.listed[0]["detail"] == "'31.01.2026 13:05' is not a time written as %m/%d/%y %I:%M %p."
    assert (reader.reading.time_format, reader.reading.time_format_from) == ("%m/%d/%y %I:%M %p", "given")


@pytest.mark.parametrize("text", ["", "%d.%m.%Y", "%H:%M", "%Q", "dd-mm", "%s", "%"])
def test_a_format_that_says_too_little_is_refused(text):
    with pytest.raises(ValueError, match=r"time format|strptime|does not say"):
        named_layout(text)


@pytest.mark.parametrize(
    ("cells", "zone"),
    [
        (pa.array([1769864707], pa.int64()), "UTC"),
        (pa.array([1769864707.0]), "UTC"),
        (pa.array([1769864707], pa.timestamp("s")), "UTC"),
        (pa.array([1769864707 * 10**9], pa.timestamp("ns", "Asia/Tokyo")), "Asia/Tokyo"),
        (pa.array(["2026-01-31T13:05:07"]).dictionary_encode(), "UTC"),
        (pa.array(["2026-01-31T13:05:07"], pa.large_string()), "UTC"),
    ],
    ids=str,
)
def test_timestamps_and_numbers_of_a_columnar_file_are_times(cells, zone):
    reader = clock()
    assert str(reader.read(cells, np.array([1]))[0]) == "2026-01-31T13:05:07.000000"
    assert reader.reading.time_zone == zone


@pytest.mark.parametrize(
    "cells",
    [
        pa.array(["0001-03-01T12:00:00Z", "1699-12-31T23:59:59Z", "2250-01-01T00:00:00Z"]),
        pa.array(["9999-12-31T23:00:00-08:00"] * 3),
        pa.array([-62135596800] * 3, pa.timestamp("s")),
    ],
    ids=["text", "behind the last year", "timestamps"],
)
def test_a_time_that_no_run_could_read_is_a_fault(cells):
    reader = clock()
    assert np.isnat(reader.read(cells, np.array([1, 2, 3]))).all()
    assert [item["row"] for item in reader.faults.listed] == [1, 2, 3]
    assert "is far from now: nothing before 1700 or after 2249." in reader.faults.listed[0]["detail"]


def test_times_of_another_format_than_the_one_given_say_so():
    reader = clock(reading_rules(None, None, "dd.MM.yyyy HH:mm:ss"))
    reader.read(pa.array(["2026-01-31T13:05:07"]), np.array([2]))
    (item,) = reader.faults.listed
    assert item["detail"].endswith("yyyy-MM-ddTHH:mm:ss, but the time format given is dd.MM.yyyy HH:mm:ss.")


def test_a_column_of_another_type_is_no_time():
    with pytest.raises(InvalidUpload, match="has the type bool"):
        clock().read(pa.array([True]), np.array([1]))


def test_an_empty_timestamp_is_a_fault():
    reader = clock()
    reader.read(pa.array([None, 1], pa.timestamp("s")), np.array([1, 2]))
    assert [(item["row"], item["detail"]) for item in reader.faults.listed] == [(1, "The time is empty.")]
