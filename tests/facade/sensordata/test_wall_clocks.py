"""Local times -> UTC: the hour that does not exist, the hour that comes twice, and what nobody can know."""

import numpy as np
import pyarrow as pa
import pytest

from service.facade.domain.mappings import reading_rules
from service.facade.sensordata.clock import FileClock
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.zones import zone_named

BERLIN = reading_rules(None, "Europe/Berlin")


def read(*clock_times: str, chunk: int = 100, rules=BERLIN, day: str = "2026-10-25") -> tuple[list[str], Faults]:
    """(hours and minutes in UTC, faults) of a file with these times of a day; row 2 is the first."""
    clock = FileClock(rules, Faults("data.csv"), "time")
    cells, found = [f"{day} {time}:00" for time in clock_times], []
    for at in range(0, len(cells), chunk):
        part = cells[at : at + chunk]
        found += clock.read(pa.array(part), np.arange(at + 2, at + 2 + len(part))).tolist()
    clock.close()
    return [f"{time:%H:%M}" if time else "-" for time in found], clock.faults


def test_a_zone_is_applied_in_summer_and_in_winter():
    assert read("12:00", day="2026-07-01")[0] == ["10:00"]
    assert read("12:00", day="2026-01-01")[0] == ["11:00"]


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_rows_that_ascend_tell_the_two_passes_of_the_repeated_hour_apart(chunk):
    times, faults = read("01:30", "02:00", "02:30", "02:00", "02:30", "03:00", chunk=chunk)
    assert times == ["23:30", "00:00", "00:30", "01:00", "01:30", "02:00"]
    assert faults.listed == []


def test_one_row_for_each_pass_is_enough():
    assert read("01:00", "02:00", "02:00", "03:00")[0] == ["23:00", "00:00", "01:00", "02:00"]


@pytest.mark.parametrize("times", [("01:30", "02:10", "03:00"), ("01:30", "02:10"), ("02:10", "02:20")])
@pytest.mark.parametrize("chunk", [1, 100])
def test_a_repeated_hour_that_is_there_once_is_refused_with_its_first_row(times, chunk):
    _, faults = read(*times, chunk=chunk)
    (item,) = faults.listed
    assert (item["row"], item["column"]) == (2 + times.index("02:10"), "time")
    assert "comes twice in Europe/Berlin, and no row says which it is" in item["detail"]
    assert "with an offset" in item["detail"]


def test_rows_without_order_in_the_repeated_hour_are_refused():
    _, faults = read("02:00", "02:40", "02:10", "02:50", "02:20")
    assert [item["row"] for item in faults.listed] == [6]
    assert "do not ascend" in faults.listed[0]["detail"]


def test_the_hour_that_does_not_exist_is_named():
    times, faults = read("01:59", "02:30", "03:00", day="2026-03-29")
    assert times == ["00:59", "-", "01:00"]
    assert [(item["row"], "does not exist in Europe/Berlin" in item["detail"]) for item in faults.listed] == [(3, True)]


def test_two_autumns_in_one_file_are_two_hours():
    clock = FileClock(BERLIN, Faults(), "time")
    cells = [f"{day} 02:{minute}:00" for day in ("2025-10-26", "2026-10-25") for minute in ("10", "20", "10", "20")]
    times = clock.read(pa.array(cells), np.arange(8))
    clock.close()
    assert clock.faults.listed == []
    assert np.datetime_as_string(times, unit="m").tolist() == [
        f"{day}T0{hour}:{minute}" for day in ("2025-10-26", "2026-10-25") for hour in (0, 1) for minute in (10, 20)
    ]


def test_a_zone_whose_summer_is_its_standard_time_is_right_too():
    times, _ = read("00:50", "01:10", "01:50", "01:10", "02:00", rules=reading_rules(None, "Europe/Dublin"))
    assert times == ["23:50", "00:10", "00:50", "01:10", "02:00"]


def test_an_offset_is_a_zone():
    assert read("12:00", rules=reading_rules(None, "+05:30"))[0] == ["06:30"]


def test_times_that_say_their_zone_need_no_other():
    clock = FileClock(BERLIN, Faults(), "time")
    assert str(clock.read(pa.array(["2026-10-25T02:30:00+01:00"]), np.array([2]))[0]) == "2026-10-25T01:30:00.000000"
    assert (clock.reading.time_zone, clock.reading.time_zone_from) == ("UTC", "file")


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../etc/passwd", "CET+1h", "", "localtime"])
def test_an_unknown_zone_is_refused(name):
    with pytest.raises(ValueError, match="is no time zone"):
        zone_named(name)
