"""NDJSON, Parquet and Arrow -> readings: columns, gaps, rows, types; and which column is the time."""

from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.facade.domain.mappings import ReadingRules
from service.facade.problems import InvalidUpload
from service.facade.sensordata import json_rows, reading
from service.facade.sensordata.cells import Readings
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.findings import RowOrder
from service.facade.sensordata.reading import open_table

STAMP = pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC"))


def parquet(**columns) -> BytesIO:
    sink = BytesIO()
    pq.write_table(pa.table(columns), sink)
    return BytesIO(sink.getvalue())


def read(content, schema, format: str, **options):
    """(one chunk of readings, the table)"""
    faults = Faults("data")
    table = open_table(content, schema, faults, format=format, **options)
    (chunk,) = table.chunks
    faults.raise_any()
    return chunk, table


def ndjson_faults(text: str, schema, **options) -> list[tuple[int, str]]:
    faults = Faults("data")
    for _ in open_table([text.encode()], schema, faults, format="ndjson", component="motor", **options).chunks:
        pass
    return [(item["row"], item["detail"]) for item in faults.listed]


def test_members_may_come_in_any_order_and_be_missing(schema):
    lines = (
        '{"time": "2026-01-01T00:00:00Z", "speed": 1.5, "temp": null}',
        "",
        '{"temp": 0.1, "time": "2026-01-01T00:01:00Z"}',
        '{"speed": "7", "temp": "", "time": "2026-01-01T00:02:00Z"}',
    )
    chunk, table = read(["\n".join(lines).encode()], schema, "ndjson", component="motor")
    assert table.columns.names == ("time", "speed", "temp")
    np.testing.assert_array_equal(chunk.values[:, 1:], [[1.5, np.nan], [np.nan, 0.1], [7, np.nan]])
    assert chunk.rows.tolist() == [1, 3, 4]


def test_every_digit_of_a_json_number_is_kept(schema):
    line = b'{"time": "2026-01-01T00:00:00Z", "speed": 0.1234567890123456789, "temp": 12345678901234567890}\n'
    chunk, _ = read([line], schema, "ndjson", component="motor")
    assert chunk.values[0, 1:].tolist() == [0.1234567890123456789, 12345678901234567890.0]


@pytest.mark.parametrize("name", ["ts", "Timestamp", "time"])
def test_the_time_of_an_object_is_called_so_or_comes_first(schema, name):
    members = (
        f'"{name}": 1767225600, "speed": 1, "temp": 2'
        if name == "ts"
        else f'"speed": 1, "temp": 2, "{name}": 1767225600'
    )
    chunk, table = read([f"{{{members}}}\n".encode()], schema, "ndjson", component="motor")
    assert (table.columns.names[0], str(chunk.times[0])) == (name, "2026-01-01T00:00:00.000000")


def test_what_is_wrong_with_a_line_is_named_with_its_row(schema):
    good = '{"time": "2026-01-01T00:00:00Z", "speed": 1, "temp": 2}'
    wrong = ["{", "7", '"text"', good.replace("1,", "NaN,"), good.replace("2}", "true}"), good.replace("1,", "[1],")]
    found = ndjson_faults("\n".join([good, *wrong]), schema)
    assert sorted(row for row, _ in found) == [2, 3, 4, 5, 6, 7]
    said = dict(found)
    assert "is no JSON: " in said[2]
    assert "is no JSON object" in said[3]
    assert "Write null where there is no value" in said[5]
    assert said[6] == "'true' is not a number."


def test_a_member_that_appears_late_is_named(schema, monkeypatch):
    monkeypatch.setattr(json_rows, "_LOOKED_AT", 1)
    good = '{"time": "2026-01-01T00:00:00Z", "speed": 1, "temp": 2}\n'
    (found,) = ndjson_faults(good + good.replace('"temp"', '"temp": 1, "late"'), schema)
    assert found == (2, "The member 'late' is new here. Give it to one of the first 1 lines, be it null.")


def test_an_ndjson_file_may_end_anywhere_while_only_its_beginning_is_there(schema):
    line = '{"time": "2026-01-01T00:00:00Z", "speed": 1, "temp": 2}\n'
    for end in range(len(line), 2 * len(line)):
        assert ndjson_faults((line * 2)[:end], schema, whole=False) == []


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, None], pa.int32()),
        pa.array([1, None], pa.float32()),
        pa.array([1, None], pa.decimal128(9, 2)),
        pa.array(["1", None]),
        pa.array(["1.0", " "]).dictionary_encode(),
        pa.array([1.0, float("nan")]),
    ],
    ids=lambda array: str(array.type),
)
def test_numbers_of_every_type_are_read(schema, values):
    chunk, _ = read(parquet(t=STAMP, speed=values, temp=values), schema, "parquet", component="motor")
    np.testing.assert_array_equal(chunk.values[:, 1], [1.0, np.nan])


def test_a_column_of_truth_values_is_no_sensor(schema):
    with pytest.raises(InvalidUpload, match="'True' is not a number"):
        read(parquet(t=STAMP, speed=[True, None], temp=[1.0, 2.0]), schema, "parquet", component="motor")


def test_the_index_that_pandas_puts_last_is_the_time(schema):
    frame = pa.table({"temp": [1.0, 2.0], "speed": [3.0, 4.0]}).to_pandas()
    frame.index = STAMP.to_pandas()
    sink = BytesIO()
    frame.to_parquet(sink)
    chunk, table = read(BytesIO(sink.getvalue()), schema, "parquet", component="motor")
    assert table.columns.names == ("__index_level_0__", "temp", "speed")
    assert chunk.values[:, 1:].tolist() == [[1.0, 3.0], [2.0, 4.0]]


def test_columns_that_nobody_asked_for_are_not_read(schema):
    huge = pa.array(["x" * 2000] * 2)
    rules = ReadingRules(columns={"note": None})
    chunk, table = read(parquet(t=STAMP, note=huge, speed=[1.0, 2.0], temp=[1.0, 2.0]), schema, "parquet",
                        component="motor", rules=rules)  # fmt: skip
    assert (table.columns.ignored, len(chunk.rows)) == (("note",), 2)


def test_a_columnar_file_without_rows_is_refused(schema):
    empty = pa.table({"t": pa.array([], pa.timestamp("s")), "speed": pa.array([], pa.float64())})
    sink = BytesIO()
    pq.write_table(empty.append_column("temp", pa.array([], pa.float64())), sink)
    with pytest.raises(InvalidUpload, match="The file has no rows"):
        read(BytesIO(sink.getvalue()), schema, "parquet", component="motor")


def test_rows_are_counted_over_batches_and_row_groups(schema, monkeypatch):
    monkeypatch.setattr(reading, "CELLS_PER_CHUNK", 9)
    sink = BytesIO()
    rows = 10
    table = pa.table({"t": pa.array(range(rows), pa.timestamp("s")), "speed": [1.0] * rows, "temp": [1.0] * rows})
    pq.write_table(table, sink, row_group_size=4)
    chunks = list(open_table(BytesIO(sink.getvalue()), schema, Faults(), format="parquet", component="motor").chunks)
    assert np.concatenate([chunk.rows for chunk in chunks]).tolist() == list(range(1, rows + 1))
    assert max(len(chunk.rows) for chunk in chunks) == 3


def test_what_is_odd_is_found_wherever_the_chunks_end():
    seconds = np.array([0, 60, 120, 120, 180, 900, 840, 960, 1020, 5000])
    times, rows = seconds.astype("datetime64[s]").astype("datetime64[us]"), np.arange(2, 12)
    at_once = RowOrder()
    at_once.add(Readings(rows, times, np.ones((10, 2))))
    assert dict(at_once.counts) == {"empty_row": 0, "duplicate_timestamp": 1, "out_of_order": 1, "gap": 3}
    assert [(found.kind, found.row, found.seconds) for found in at_once.listed] == [
        ("duplicate_timestamp", 5, None),
        ("out_of_order", 8, 60.0),
        ("gap", 7, 720.0),
        ("gap", 9, 120.0),
        ("gap", 11, 3980.0),
    ]
    for size in (2, 3, 5):
        parts = RowOrder()
        for at in range(0, 10, size):
            parts.add(Readings(rows[at : at + size], times[at : at + size], np.ones((10, 2))[at : at + size]))
        assert parts.counts == at_once.counts


def test_only_the_first_few_rows_of_a_kind_are_listed():
    order = RowOrder()
    for _ in range(3):
        order.add(Readings(np.arange(10), np.zeros(10, "datetime64[us]"), np.full((10, 2), np.nan)))
    assert (order.counts["empty_row"], order.counts["duplicate_timestamp"], len(order.listed)) == (30, 29, 10)
