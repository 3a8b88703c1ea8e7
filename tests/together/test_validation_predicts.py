"""Whatever lets a run of the real engine fail, validating said before; and where it says nothing, the run succeeds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from plant import MINUTE, SENSORS, Plant, at, csv_of, minutes_of

from service.facade.resources import Resources
from service.facade.usecases.validating import validate

START, END = at("2026-03-01T13:00"), at("2026-03-01T13:05")
MOTOR = csv_of("motor", minutes_of(START, END))
KEY = "in/motor_20260301130000.csv"


def findings(facade_of_plant: Resources, plant: Plant, until=END, windows: int = 1) -> dict[str, list[str]]:
    """The sentences of failed checks by what was looked at, for the window that ends then."""
    plant.world.clock.now = until
    found = validate(facade_of_plant, "scheduler", windows, until - 5 * MINUTE, until)
    said: dict[str, list[str]] = {}
    for check in found.checks:
        if check.status == "failed":
            said.setdefault(check.check, []).append(check.detail)
    return said


@dataclass(frozen=True)
class Broken:
    """A way to break the input of the window: what validating calls it and says, and what the engine then says."""

    name: str
    put: Callable[[Plant], Any]
    check: str
    said: str
    reason: str


def motor(body: str | bytes = MOTOR, key: str = KEY) -> Callable[[Plant], Any]:
    return lambda plant: plant.put(key, body)


def shifted(hours: float) -> str:
    return csv_of("motor", [moment + timedelta(hours=hours) for moment in minutes_of(START, END)])


def many_rows(plant: Plant) -> None:
    for component in SENSORS:
        moments = [START + count * MINUTE / 120 for count in range(1, 302)]
        plant.put(f"in/{component}_20260301130000.csv", csv_of(component, moments))


def many_files(plant: Plant) -> None:
    for number in range(61):
        stamp = START + timedelta(seconds=1 + number)
        plant.put(f"in/motor_{stamp:%Y%m%d%H%M%S}.csv", MOTOR)


BROKEN = [
    Broken("no file", lambda _: None, "files", f"looked for {KEY}.", "Found no file of that component"),
    Broken("another delimiter", motor(key="in/motor-20260301130000.csv"), "files",
           "its delimiter is '-', not '_'", "its delimiter is '-', not '_'"),
    Broken("another format", motor(key="in/motor_1772370000.csv"), "files",
           "its stamp has the format 'EPOCH', not 'yyyyMMddHHmmss'", "its stamp has the format EPOCH"),
    Broken("milliseconds", motor(key="in/motor_1772370000000.csv"), "files",
           "'EPOCH in milliseconds'", "its stamp counts milliseconds"),
    Broken("capital suffix", motor(key="in/motor_20260301130000.CSV"), "files", "it ends in '.CSV'", "ends in '.CSV'"),
    Broken("capital component", motor(key="in/Motor_20260301130000.csv"), "files",
           "the component is spelt 'Motor', not 'motor'", "the component is spelt 'Motor'"),
    Broken("misspelt component", motor(key="in/mottor_20260301130000.csv"), "files",
           "the component is spelt 'mottor', not 'motor'", "Found no file of that component"),
    Broken("a folder deeper", motor(key="in/motor/motor_20260301130000.csv"), "files",
           "it lies under the prefix 'in/motor/', not 'in/'", "it lies under the prefix 'in/motor/'"),
    Broken("a folder higher", motor(key="motor_20260301130000.csv"), "files",
           "it lies under the prefix '', not 'in/'", "it lies under the prefix ''"),
    Broken("stamped in local time", motor(key="in/motor_20260301150000.csv"), "files",
           "its stamp is 2 h 00 min too late (is input_time_zone_offset +00:00 right?)", "off by 120 minutes"),
    Broken("rows in local time", motor(shifted(2)), "rows", "All rows are 2 h ahead", "have no row in the window"),
    Broken("rows far behind", motor(shifted(-5.5)), "rows", "All rows are 5.5 h behind", "have no row in the window"),
    Broken("rows a day late", motor(shifted(24)), "rows",
           "The nearest row is at 2026-03-02T13:01:00Z", "have no row in the window"),
    Broken("a header only", motor("Timestamp,Current\n"), "rows", "no rows at all", "have no rows at all"),
    Broken("a column misspelt", motor("Timestamp,Curent\n2026-03-01T13:01:00,5\n"), "columns",
           f"{KEY} lacks the columns Current.", "it has no column 'Current'"),
    Broken("no number", motor("Timestamp,Current\n2026-03-01T13:01:00,high\n"), "cells",
           f"{KEY}, row 2, column 'Current': 'high' is no number.", "'high' is not a number"),
    Broken("no time", motor(MOTOR + "1772370120,5\n"), "cells",
           "row 7, column 'Timestamp': '1772370120' is no time.", "is not a time in an accepted layout"),
    Broken("no bytes", motor(""), "cells", "It is empty.", "it is empty"),
    Broken("semicolons", motor("Timestamp;Current\n2026-03-01T13:01:00;5\n"), "cells",
           "one column only", "one column only"),
    Broken("a column twice", motor("Timestamp,Current,Current\n2026-03-01T13:01:00,5,5\n"), "cells",
           "the column 'Current' twice", "the column 'Current' twice"),
    Broken("UTF-16", motor("Timestamp,Current\n".encode("utf-16")), "cells", "not UTF-8", "not UTF-8"),
    Broken("rows of unequal length", motor(MOTOR + "2026-03-01T13:02:00\n"), "cells",
           "Row 7 has 1 cells, the header has 2.", "it is no CSV file of 2 columns"),
    Broken("too many files", many_files, "quotas", "motor has 61 files in the window", "has 61 files in the window"),
    Broken("too many bytes", motor(MOTOR + "\n" * (15 * 1024**2)), "quotas", "hold 15.0 MB", "hold 15.0 MB"),
    Broken("too many rows", many_rows, "row_count", "301 rows; 300 are allowed", "301 rows; 300 are allowed"),
]  # fmt: skip


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_what_lets_a_run_fail_is_said_before_it_does(plant, facade_of_plant, case):
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed(START, END, but="motor")
    case.put(plant)
    found = findings(facade_of_plant, plant)
    assert list(found) == [case.check]
    assert case.said in found[case.check][0]
    plant.pass_time(END)
    execution = plant.latest()
    assert execution["Status"] == "FAILED"
    assert case.reason in execution["FailedReason"]


@pytest.mark.parametrize(
    "body",
    [
        MOTOR,
        MOTOR + "2026-03-01T13:06:00.000000,high\n",  # not in this window
        "Timestamp,Current,Voltage\n2026-03-01 13:01,5,high\n20260301T13:02,,\n2026/03/01T13:04:00,1e1,\n",
        "\ufeffTime,Current\r\n20260301130100,5\r\n\r\n2026-03-01-13-05-00,N/A\r\n",
        "Timestamp,Current\n2026-03-01T14:01:00+01:00,5\n",
    ],
)
def test_where_nothing_is_said_the_run_succeeds(plant, facade_of_plant, body):
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed(START, END, but="motor")
    plant.put(KEY, body.encode())
    assert findings(facade_of_plant, plant) == {}
    plant.pass_time(END)
    assert plant.latest()["Status"] == "SUCCESS"


@pytest.mark.parametrize(("side", "check"), [("Input", "input_listed"), ("Output", "output_written")])
def test_a_bucket_that_is_gone_is_said_before_the_run_fails(plant, facade_of_plant, side, check):
    gone = {f"S3{side}Configuration": {"Bucket": "nobody-has-this", "Prefix": "x/"}}
    plant.scheduler(since="2026-03-01T13:01:00", **{f"Data{side}Configuration": gone})
    plant.feed(START, END)
    assert "nobody-has-this" in findings(facade_of_plant, plant)[check][0]
    plant.pass_time(END)
    assert plant.latest()["FailedReason"] == "The bucket 'nobody-has-this' does not exist."


def test_a_bucket_of_the_sampling_rate_without_rows_is_said_before(plant, facade_of_plant):
    plant.model("sampled", DataPreProcessingConfiguration={"TargetSamplingRate": "PT10M"})
    plant.scheduler(since="2026-03-01T13:01:00", ModelName="sampled", DataUploadFrequency="PT15M")
    for component in SENSORS:
        late = minutes_of(START + 10 * MINUTE, START + 15 * MINUTE)
        plant.put(f"in/{component}_20260301130000.csv", csv_of(component, late))
    end = START + 15 * MINUTE
    plant.world.clock.now = end
    checks = validate(facade_of_plant, "scheduler", 1, START, end).checks
    assert [(check.check, check.detail) for check in checks if check.status == "failed"] == [
        ("sampling", "No bucket of the model's rate PT10M that ends in the window has a row.")
    ]
    plant.pass_time(end)
    assert plant.latest()["FailedReason"].startswith("No bucket of the model's TargetSamplingRate PT10M")


def test_a_wrong_name_is_said_while_the_window_is_still_open(plant, facade_of_plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.put("in/motor-20260301130000.csv", MOTOR)
    plant.world.clock.now = END - MINUTE
    checks = {check.check: check for check in validate(facade_of_plant, "scheduler", 1, START, END).checks}
    assert checks["files"].component_name == "motor"
    assert checks["files"].what_to_do == f"If in/motor-20260301130000.csv is it, name it {KEY}."


def test_a_file_that_is_merely_not_there_yet_is_still_to_come(plant, facade_of_plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.world.clock.now = END - MINUTE
    checks = {check.check: check for check in validate(facade_of_plant, "scheduler", 1, START, END).checks}
    assert checks["files"].status == "ok"
    assert checks["files"].detail.endswith(f"Still to come: in/pump_20260301130000.csv, {KEY}.")
