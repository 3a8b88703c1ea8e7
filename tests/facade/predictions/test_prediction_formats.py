"""The formats of predictions: the same rows as JSON, NDJSON, CSV, Parquet and Arrow."""

import csv
import json
from io import BytesIO, StringIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scored_plant import SENSORS
from sqlalchemy.exc import TimeoutError as PoolExhausted

from service.facade.problems import DatabaseUnavailable

PARQUET, ARROW = "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream"
NDJSON, CSV = "application/x-ndjson", "text/csv"
BULK = [CSV, NDJSON, PARQUET, ARROW]


@pytest.fixture
def rows(read):
    """(time, score, {sensor: share}) of each row, read out of any format."""

    def asked(kind: str, query: str = "") -> list[tuple]:
        answer = read(query, Accept=kind)
        assert (answer.status_code, answer.mimetype) == (200, kind), answer.text
        return READERS[kind](answer.data)

    return asked


def from_objects(objects) -> list[tuple]:
    return [
        (one["timestamp"], one["anomaly_score"], {entry["name"]: entry["value"] for entry in one["diagnostics"]})
        for one in objects
    ]


def from_csv(data: bytes) -> list[tuple]:
    found = []
    for row in csv.DictReader(StringIO(data.decode(), newline="")):
        shares = {name: float(row[name]) for name in row if "\\" in name and row[name]}
        found.append((row["timestamp"], float(row["anomaly_score"]) if row["anomaly_score"] else None, shares))
    return found


def from_table(table: pa.Table) -> list[tuple]:
    found = []
    for row in table.to_pylist():
        shares = {name: row[name] for name in row if "\\" in name and row[name] is not None}
        found.append((f"{row['timestamp']:%Y-%m-%dT%H:%M:%SZ}", row["anomaly_score"], shares))
    return found


READERS = {
    "application/json": lambda data: from_objects(json.loads(data)["predictions"]),
    NDJSON: lambda data: from_objects(json.loads(line) for line in data.splitlines()),
    CSV: from_csv,
    PARQUET: lambda data: from_table(pq.read_table(BytesIO(data))),
    ARROW: lambda data: from_table(pa.ipc.open_stream(data).read_all()),
}


def rounded(rows: list[tuple]) -> list[tuple]:
    return [(time, score, {name: round(share, 5) for name, share in shares.items()}) for time, score, shares in rows]


@pytest.mark.parametrize("kind", BULK)
@pytest.mark.parametrize("query", ["", "?contributors=1", "?contributors=0", "?sensors=power,flow", "?only=anomalies"])
def test_every_format_has_the_same_rows(record, rows, kind, query):
    record({1: 0.1, 2: 0.9, 3: 0.72385}, shares=(0.1, 0.7, 0.2))
    record({6: None}, shares=None, sensors=())
    assert rounded(rows(kind, query)) == rounded(rows("application/json", query))


@pytest.mark.parametrize("kind", ["application/json", *BULK])
def test_a_table_has_the_sensors_of_every_model_there_was(record, rows, kind):
    """The model is retrained with other sensors midway; the machine is off for a while; a share may be missing."""
    record({1: 0.9}, shares=(0.25, 0.75), sensors=("pump\\flow", "pump\\power"))
    record({6: None}, shares=None, sensors=())
    record({11: 0.9}, shares=(0.5, None), sensors=("motor\\speed", "pump\\flow"))
    assert rounded(rows(kind)) == [
        ("2026-03-01T00:01:00Z", 0.9, {"pump\\flow": 0.25, "pump\\power": 0.75}),
        ("2026-03-01T00:06:00Z", None, {}),
        ("2026-03-01T00:11:00Z", 0.9, {"motor\\speed": 0.5}),
    ]


@pytest.mark.parametrize("kind", BULK)
def test_rows_are_the_same_however_many_are_read_at_once(record, rows, kind, monkeypatch):
    record({minute: minute / 100 for minute in range(1, 30)})
    at_once = rows(kind)
    monkeypatch.setattr("service.facade.usecases.predictions._BATCH_ROWS", (4, 4))
    monkeypatch.setattr("service.facade.sensordata.exports_json._AT_ONCE", 3)
    assert rows(kind) == at_once
    assert len(at_once) == 29


@pytest.mark.parametrize("kind", BULK)
def test_without_predictions_a_file_is_empty_and_whole(plant, rows, kind):
    assert rows(kind) == []


def test_columns_of_files_have_types_to_compute_with(record, read):
    record({1: 0.9})
    for schema in (
        pq.read_schema(BytesIO(read(Accept=PARQUET).data)),
        pa.ipc.open_stream(read(Accept=ARROW).data).schema,
    ):
        assert {field.name: field.type for field in schema} == {
            "timestamp": pa.timestamp("us", "UTC"),
            "prediction": pa.int8(),
            "prediction_reason": pa.dictionary(pa.int16(), pa.string()),
            "anomaly_score": pa.float64(),
            **dict.fromkeys(SENSORS, pa.float32()),
        }


def test_reasons_that_nobody_knew_of_come_through(plant, read):
    line = '{"timestamp": "2026-03-01T00:0%d:00.000000", "prediction": 0, "prediction_reason": "%s"}\n'
    reasons = ["MACHINE_OFF", "A_NEW_ONE", 'odd, \\"quoted\\"']
    plant.write(0, "".join(line % (number + 1, reason) for number, reason in enumerate(reasons)).encode())
    told = ["MACHINE_OFF", "A_NEW_ONE", 'odd, "quoted"']
    assert pq.read_table(BytesIO(read(Accept=PARQUET).data))["prediction_reason"].to_pylist() == told
    assert pa.ipc.open_stream(read(Accept=ARROW).data).read_all()["prediction_reason"].to_pylist() == told
    table = list(csv.DictReader(StringIO(read(Accept=CSV).text, newline="")))
    assert [row["prediction_reason"] for row in table] == told


@pytest.mark.parametrize(
    ("kind", "query", "ending"),
    [
        (CSV, "", "_predictions.csv"),
        (NDJSON, "?start_time=2026-03-01T00:00:00Z", "_predictions_20260301T000000Z.ndjson"),
        (PARQUET, "?start_time=2026-03-01T01:00:00%2B01:00&end_time=2026-04-01T00:00:00Z",
         "_predictions_20260301T000000Z_20260401T000000Z.parquet"),
        (ARROW, "", "_predictions.arrows"),
    ],
)  # fmt: skip
def test_files_have_a_name(plant, read, name, kind, query, ending):
    said = read(query, Accept=kind).headers["Content-Disposition"]
    assert said == f'attachment; filename="{name}{ending}"'


def test_json_is_no_file(plant, read):
    assert "Content-Disposition" not in read().headers


@pytest.mark.parametrize("kind", BULK)
def test_a_limit_makes_pages_of_every_format(record, read, client, kind):
    record(dict.fromkeys(range(1, 8), 0.1))
    first = read("?limit=4", Accept=kind)
    following = first.headers["Link"].split(">")[0].strip("<")
    second = client.get(following, headers={"Accept": kind})
    assert "Link" not in second.headers
    times = [row[0][14:16] for page in (first, second) for row in READERS[kind](page.data)]
    assert times == [f"{minute:02}" for minute in range(1, 8)]


def test_lines_of_csv_end_as_the_standard_says(record, read):
    record({1: 0.1})
    assert read(Accept=CSV).data.count(b"\r\n") == 2


def test_what_goes_wrong_on_the_way_ends_the_answer_before_its_end(record, read, resources, monkeypatch):
    """A file that is cut must not look whole: the answer breaks, and Parquet has no footer."""
    monkeypatch.setattr("service.facade.usecases.predictions._BATCH_ROWS", (2, 2))
    record(dict.fromkeys(range(1, 8), 0.1))
    pieces = read(Accept=PARQUET).iter_encoded()
    next(pieces)
    monkeypatch.setattr(resources.database.engine, "begin", lambda: (_ for _ in ()).throw(PoolExhausted()))
    with pytest.raises(DatabaseUnavailable):
        b"".join(pieces)
