"""Header -> sensors: every spelling, and every way a header can be wrong."""

import pytest

from service.facade.problems import InvalidUpload
from service.facade.sensordata.columns import component_of_file, find_columns
from service.facade.sensordata.faults import Faults


def found(header: list[str], schema, **options):
    faults = Faults("data.csv")
    columns = find_columns(header, schema, faults, **options)
    faults.raise_any()
    return columns


def wrong(header: str, schema, **options) -> InvalidUpload:
    with pytest.raises(InvalidUpload) as caught:
        found(header.split(","), schema, **options)
    return caught.value


@pytest.mark.parametrize("mark", ["\\", "/", "."])
def test_a_wide_table_names_component_and_sensor(schema, mark):
    header = f"t,motor{mark}temp,pump{mark}temp,pump{mark}flow,motor{mark}speed,pump{mark}pressure".split(",")
    pump, motor = found(header, schema).components
    assert (pump.schema.component_name, pump.positions) == ("pump", (3, 5, 2))
    assert (motor.schema.component_name, motor.positions) == ("motor", (4, 1))


def test_a_bare_name_will_do_where_only_one_component_has_it(schema):
    (motor,) = found(["any name", " speed ", "motor\\temp"], schema).components
    assert motor.positions == (1, 2)


def test_a_bare_name_of_several_components_is_ambiguous(schema):
    problem = wrong("t,speed,temp", schema)
    assert problem.errors[0] == {
        "file": "data.csv",
        "row": 1,
        "column": "temp",
        "detail": "'temp' is a sensor of motor and pump. Write motor\\temp, for example.",
    }


def test_the_component_of_the_file_decides_what_a_bare_name_means(schema):
    (motor,) = found(["t", "temp", "speed"], schema, component="motor").components
    assert motor.positions == (2, 1)


def test_a_table_may_leave_out_whole_components_but_no_sensor_of_one(schema):
    assert wrong("t,flow,pressure", schema).detail.startswith("The component pump lacks the column temp. Add")
    problem = wrong("t,flow,motor/temp", schema)
    assert [item["detail"].partition(".")[0] for item in problem.errors] == [
        "The component pump lacks the columns pressure, temp",
        "The component motor lacks the column speed",
    ]


def test_an_unknown_sensor_is_named_with_the_nearest_known_ones(schema):
    problem = wrong("t,flow,presure,pump/temp", schema)
    assert problem.errors[0]["column"] == "presure"
    assert "has no sensor 'presure'. Did you mean pressure" in problem.errors[0]["detail"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("presure", "pressure"),
        ("pump\\presure", "pump\\pressure"),
        ("pump/presure", "pump/pressure"),
        ("pump.presure", "pump.pressure"),
        ("Pressure", "pressure"),
    ],
)
def test_a_suggestion_is_spelt_in_the_manner_of_the_mistake(schema, name, meant):
    assert wrong(f"t,{name}", schema).detail.endswith(f"Did you mean {meant}?")


def test_a_suggestion_that_needs_its_component_has_it(schema):
    assert wrong("t,tempp", schema).detail.endswith("Did you mean motor\\temp or pump\\temp?")


def test_all_wrong_columns_are_named_at_once(schema):
    problem = wrong("t,flow,flow,unheard,,pump.temp,pressure", schema)
    said = " ".join(item["detail"] for item in problem.errors)
    assert "The sensor pump\\flow has 2 columns: flow, flow. Keep one." in said
    assert "no sensor 'unheard'" in said
    assert "Column 5 has no name" in said
    assert len(problem.errors) == 3
    assert problem.detail == said


def test_the_sentence_of_a_very_wrong_header_is_short(schema):
    problem = wrong("t,a1,b1,c1,d1,e1", schema)
    assert len(problem.errors) == 5
    assert problem.detail.endswith(" 2 more things are wrong.")


def test_two_spellings_of_one_sensor_are_two_columns_of_it(schema):
    problem = wrong("t,motor\\speed,speed,motor/temp", schema)
    assert "has 2 columns: motor\\speed, speed. Keep one." in problem.detail
    assert problem.errors[0]["column"] == "speed"


@pytest.mark.parametrize("first", ["2026-01-01 00:00:00", "20260101000000", "2026-01-01T00:00:00+02:00"])
def test_a_table_without_a_header_is_told_so(schema, first):
    assert "must be a header" in wrong(f"{first},1,2,3", schema).detail


@pytest.mark.parametrize(("header", "called"), [("t;flow;temp", "semicolons"), ("t\tflow", "tabs"), ("t|flow", "bars")])
def test_another_separator_is_named(schema, header, called):
    assert f"separated by {called}" in wrong(header, schema).detail


def test_a_table_of_one_column_is_refused(schema):
    assert "a time column and at least one sensor" in wrong("time", schema).detail


def test_a_table_without_a_time_column_is_refused(schema):
    assert "must be the time, but 'flow' is a sensor" in wrong("flow,pressure,temp", schema).detail


@pytest.mark.parametrize(
    ("name", "delimiter", "component"),
    [
        ("pump.csv", "_", "pump"),
        ("in/pump.csv.gz", "_", "pump"),
        ("pump_20260101.csv", "_", "pump"),
        ("pump_2_20260101.csv", "_", "pump_2"),
        ("pump20260101.csv", "", "pump"),
        ("pumps.csv", "", None),
        ("pump-1.csv", "_", None),
        ("all.csv", "_", None),
    ],
)
def test_a_file_name_tells_its_component(schema, name, delimiter, component):
    second = type(schema[0])(component_name="pump_2", timestamp_column="t", sensors=("x",))
    assert component_of_file(name, (*schema, second), delimiter) == component
