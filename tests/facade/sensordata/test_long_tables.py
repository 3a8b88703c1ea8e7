"""Tables with a time, a tag and a value on each row."""

from datetime import timedelta

import numpy as np
import pytest

from service.facade.domain.mappings import IGNORE, ReadingRules
from service.facade.problems import InvalidUpload
from service.facade.sensordata import reading
from service.facade.sensordata.cutting import cut_windows
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.files import render_file
from service.facade.sensordata.reading import open_table
from service.facade.sensordata.survey import survey_table

FIVE = timedelta(minutes=5)
LONG = """\
timestamp,tag,value,quality
2026-01-01T00:01:00Z,flow,1,good
2026-01-01T00:01:00Z,motor\\speed,10,good
2026-01-01T00:02:00Z,flow,2,good
2026-01-01T00:02:00Z,pump/temp,0.5,bad
2026-01-01T00:06:00Z,motor.speed,,good
2026-01-01T00:07:00Z,motor.speed,11,good
"""


def survey(text: str, schema, **options):
    faults = Faults("long.csv")
    table = open_table([text.encode()], schema, faults, **options)
    return survey_table(table, faults, FIVE, lambda _: None)[0]


def files(text: str, schema, **options) -> dict[str, str]:
    table = open_table([text.encode()], schema, Faults(), **options)
    found = {}
    for window in cut_windows(table.chunks, table.columns, FIVE):
        found[f"{window.columns.schema.component_name} {window.start:%H:%M}"] = render_file(window).decode()
    return found


@pytest.mark.parametrize("cells", [9, 12, 1000])
def test_rows_of_the_same_time_meet_in_one_row_of_their_component(schema, monkeypatch, cells):
    monkeypatch.setattr(reading, "CELLS_PER_CHUNK", cells)
    assert files(LONG, schema) == {
        "pump 00:00": "Timestamp,flow,pressure,temp\n2026-01-01T00:01:00.000000,1.0,,\n"
        "2026-01-01T00:02:00.000000,2.0,,0.5\n",
        "motor 00:00": "Timestamp,speed,temp\n2026-01-01T00:01:00.000000,10.0,\n",
        "motor 00:05": "Timestamp,speed,temp\n2026-01-01T00:07:00.000000,11.0,\n",
    }


def test_the_report_says_that_it_is_long_and_counts_each_tag_for_itself(schema):
    report = survey(LONG, schema)
    assert (report.layout, report.rows, report.components, report.ignored_columns) == (
        "long",
        6,
        ("pump", "motor"),
        ("quality",),
    )
    assert (report.duplicate_timestamps, report.out_of_order_rows, report.rows_without_values) == (0, 0, 1)
    assert survey(LONG.replace("motor", "pump").replace("speed", "flow"), schema).components == ("pump",)


def test_a_repeated_time_of_one_tag_is_a_duplicate(schema):
    report = survey(LONG + "2026-01-01T00:07:00Z,motor.speed,12,good\n", schema)
    found = [(found.kind, found.row) for found in report.findings if found.kind != "gap"]
    assert found == [("empty_row", 6), ("duplicate_timestamp", 8)]


def test_a_table_in_the_order_of_its_tags_has_no_steps_back(schema):
    head, *rows = LONG.replace("motor.speed", "motor\\speed").splitlines(keepends=True)
    assert survey(head + "".join(sorted(rows, key=lambda row: row.split(",")[1])), schema).out_of_order_rows == 0


def test_an_unknown_tag_is_named_once_at_its_first_row_with_the_nearest_ones(schema):
    rows = "".join(f"2026-01-01T00:0{minute}:00Z,flaw,1,good\n" for minute in range(3))
    faults = Faults("long.csv")
    for _ in open_table([(LONG + rows).encode()], schema, faults).chunks:
        pass
    (item,) = faults.listed
    assert (item["row"], item["column"], item["value"]) == (8, "tag", "flaw")
    assert "no sensor 'flaw'. Did you mean flow" in item["detail"]


def test_an_ambiguous_tag_is_named_also_where_unknown_ones_are_ignored(schema):
    rules = ReadingRules(unknown_columns=IGNORE)
    assert survey(LONG + "2026-01-01T00:08:00Z,flaw,x,good\n", schema, rules=rules).rows == 7
    with pytest.raises(InvalidUpload, match="'temp' is a sensor of motor and pump"):
        survey(LONG + "2026-01-01T00:08:00Z,temp,1,good\n", schema, rules=rules)


def test_tags_go_through_the_column_mapping(schema):
    text = "Zeit,TagName,Value\n2026-01-01 00:01:00,PLANT1.T42,1\n2026-01-01 00:01:00,NOTE,x\n"
    rules = ReadingRules(timestamp_column="Zeit", columns={"PLANT1.T42": ("pump", "flow"), "NOTE": None})
    assert files(text, schema, rules=rules) == {
        "pump 00:00": "Timestamp,flow,pressure,temp\n2026-01-01T00:01:00.000000,1.0,,\n"
    }


def test_a_value_that_is_no_number_is_named(schema):
    with pytest.raises(InvalidUpload) as caught:
        survey(LONG + "2026-01-01T00:08:00Z,flow,off,good\n", schema)
    assert caught.value.errors == [
        {"file": "long.csv", "row": 8, "column": "value", "value": "off", "detail": "'off' is not a number."}
    ]


def test_ndjson_may_be_long_too(schema):
    line = b'{"time": "2026-01-01T00:01:00Z", "tag": "flow", "value": 1.5}\n'
    (chunk,) = open_table([line], schema, Faults(), format="ndjson").chunks
    assert np.nansum(chunk.values) == 1.5
