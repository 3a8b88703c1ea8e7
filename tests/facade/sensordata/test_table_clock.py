"""Time cells -> UTC: every layout of the user guide, zones, and what is no time."""

import numpy as np
import pytest

from service.facade.sensordata.clock import layout_of, parse_times, what_is_wrong

LISTED = [
    *("2026-01-31T13:05:07", "2026-01-31 13:05:07", "2026-01-31-13:05:07", "2026-01-31-13-05-07"),
    *("2026/01/31T13:05:07", "2026/01/31 13:05:07", "20260131T13:05:07", "20260131 13:05:07", "20260131130507"),
    *("2026 01 31T13:05:07", "2026 01 31 13:05:07"),
    *("2026-01-31T13:05:07Z", "2026-01-31 13:05:07+00:00", "2026-01-31T14:35:07+01:30", "2026-01-31T08:05:07-0500"),
    *("2026-01-31T13:05:07.000000", " 2026-01-31T13:05:07 ", "20260131T130507Z", "2026-01-31T13:05:07 Z"),
]
WITHOUT_SECONDS = ["2026-01-31T13:05", "2026-01-31-13:05", "2026/01/31 13:05", "202601311305", "2026-01-31T15:05+02:00"]


def parsed(*cells: str) -> list[str]:
    times, wrong = parse_times(cells, layout_of(cells[0]))
    assert not len(wrong)
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
        ("31.01.2026 13:05", "is not a time. Write it like"),
        ("1769864707", "is not a time"),
        ("2026-01-31", "is not a time"),
        ("", "The time is empty."),
    ],
)
def test_what_is_no_time_of_the_layout_of_the_file_is_told_apart(cell, said):
    layout = layout_of("2026-01-31T13:05:07")
    times, wrong = parse_times(["2026-01-31T13:05:07", cell], layout)
    assert list(wrong) == [1]
    assert said in what_is_wrong(cell, layout)
    assert times[0] == np.datetime64("2026-01-31T13:05:07")
