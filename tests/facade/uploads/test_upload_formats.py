"""Uploads in every format: the same input files, what is recognised, and what contradicts itself."""

import gzip
from io import BytesIO

import pyarrow as pa
import pytest
from tables import INPUT_FILES, NDJSON, TYPES, WIDE, arrow, as_format, parquet

from service.facade.problems import StorageUnavailable
from service.facade.usecases import input_files as writing
from service.facade.usecases import upload_staging
from service.facade.usecases.upload_work import work_on_uploads
from service.facade.usecases.uploads import accept_upload, show_upload

OCTETS = "application/octet-stream"


@pytest.fixture
def post(client, scheduler):
    def send(data, content_type=OCTETS, query=""):
        return client.post(f"/v1/schedulers/{scheduler}/uploads{query}", data=data, content_type=content_type)

    return send


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("declared", [True, False])
def test_every_format_gives_the_same_input_files(post, client, resources, scheduler, input_files, name, declared):
    answer = post(as_format(name), TYPES[name] if declared or name == "csv" else OCTETS)
    assert answer.status_code == 202, answer.json
    work_on_uploads(resources, scheduler)
    assert input_files() == INPUT_FILES
    (report,) = client.get(answer.headers["Location"]).json["files"]
    assert (report["format"], report["rows"], report["usual_interval_seconds"]) == (name.split()[0], 2, 300.0)
    typed = name.split()[0] in ("parquet", "arrow")
    assert (report["time_zone"], report["time_zone_from"]) == ("UTC", "file" if typed else "assumed")


def test_one_form_may_hold_files_of_all_formats(post, client, resources, scheduler, input_files):
    names = {"csv": "a.csv", "ndjson": "b.jsonl", "parquet": "c.parquet", "arrow": "d.arrow", "arrow file": "e.feather"}
    files = [(BytesIO(as_format(kind)), name) for kind, name in names.items()]
    files.append((BytesIO(gzip.compress(NDJSON)), "f.ndjson.gz"))
    answer = post({"file": files}, "multipart/form-data")
    assert answer.status_code == 202, answer.json
    work_on_uploads(resources, scheduler)
    upload = client.get(answer.headers["Location"]).json
    assert [file["format"] for file in upload["files"]] == ["csv", "ndjson", "parquet", "arrow", "arrow", "ndjson"]
    assert input_files() == INPUT_FILES


@pytest.mark.parametrize(
    ("content", "content_type", "status", "said"),
    [
        (WIDE, TYPES["parquet"], 422, "says parquet, but the file does not begin like that"),
        (as_format("parquet"), "text/csv", 422, "says csv, but the first bytes are those of parquet"),
        (as_format("arrow"), TYPES["parquet"], 422, "says parquet, but the first bytes are those of arrow"),
        (NDJSON, "text/csv", 422, "says csv, but the first bytes are those of ndjson"),
        (b"[" + NDJSON, TYPES["ndjson"], 422, "JSON array. Write one object on each line"),
        (b"PK\x03\x04....", OCTETS, 422, "a ZIP archive or an Excel workbook"),
        (gzip.compress(as_format("parquet")), OCTETS, 422, "There is parquet inside of the gzip data"),
        (as_format("parquet")[:-9], TYPES["parquet"], 422, "The Parquet data cannot be read"),
        (as_format("arrow")[:200], TYPES["arrow"], 422, "The Arrow data cannot be read"),
        (b"\xff\xff\xff\xff\x10\0\0\0" + b"\xff" * 64, TYPES["arrow"], 422, "The Arrow data are damaged"),
        (b'{"t": 1\n', TYPES["ndjson"], 422, "The line is no JSON"),
        (b"[1]\n", TYPES["ndjson"], 422, "JSON array"),
        (b"", TYPES["ndjson"], 422, "The file is empty"),
        (WIDE, "application/pdf", 415, "came with application/pdf; send text/csv"),
    ],
)
def test_a_body_that_contradicts_its_type_or_is_damaged_is_refused_at_once(
    post, queue, staged, content, content_type, status, said
):
    answer = post(content, content_type)
    assert (answer.status_code, said in answer.json["detail"]) == (status, True), answer.json
    assert (queue.sent, staged()) == ([], [])


def test_a_file_name_that_contradicts_its_bytes_is_refused(post):
    answer = post({"file": [(BytesIO(as_format("parquet")), "day.csv", OCTETS)]}, "multipart/form-data")
    assert "The name says csv, but the first bytes are those of parquet" in answer.json["detail"]
    assert answer.json["errors"][0]["file"] == "day.csv"


@pytest.mark.parametrize("name", ["ndjson", "parquet", "arrow"])
def test_an_unknown_sensor_is_refused_at_once_in_every_format(post, name):
    table = pa.table({"t": pa.array([0], pa.timestamp("s")), "flow": [1.0], "presure": [1.0]})
    content = {
        "ndjson": b'{"t": "2026-01-01T00:00:00Z", "flow": 1, "presure": 2}\n',
        "parquet": parquet(table),
        "arrow": arrow(table),
    }[name]
    answer = post(content, TYPES[name])
    assert answer.status_code == 422
    assert "no sensor 'presure'. Did you mean pressure" in answer.json["detail"]


def test_wrong_cells_of_a_columnar_file_are_named_with_row_and_column(resources, scheduler, monkeypatch):
    monkeypatch.setattr(upload_staging, "BEGINNING_BYTES", 16)  # nothing is seen while the sender waits
    expected = [(2, "t"), (2, "pressure"), (3, "flow")]
    stamps = pa.array([0, None, 120], pa.timestamp("s"))
    table = pa.table({"t": stamps, "flow": ["1", "2", "fast"], "pressure": [1.0, float("inf"), 2.0]})
    for content in (parquet(table), arrow(table)):
        upload_id = accept_upload(resources, "default", scheduler, [("", [content[:16], content[16:]])]).id
        work_on_uploads(resources, scheduler)
        problem = show_upload(resources, "default", upload_id).problem
        assert [(item["row"], item["column"]) for item in problem["errors"]] == expected


def day(rows: int) -> pa.Table:
    """A row each minute, for the motor."""
    return pa.table(
        {"t": pa.array(range(60, 60 * rows + 60, 60), pa.timestamp("s")), "speed": [float(n) for n in range(rows)]}
    )


def ndjson(table: pa.Table) -> bytes:
    return "".join(
        f'{{"t": "{row["t"]:%Y-%m-%dT%H:%M:%S}", "speed": {row["speed"]}}}\n' for row in table.to_pylist()
    ).encode()


@pytest.mark.parametrize(
    "content",
    [ndjson(day(200)), parquet(day(200), row_group_size=30), arrow(day(200), batch=30)],
    ids=["ndjson", "parquet", "arrow"],
)
def test_work_that_was_interrupted_after_the_first_batch_ends_with_the_same_files(
    resources, scheduler, input_files, monkeypatch, content
):
    monkeypatch.setattr(writing, "_AT_ONCE", 5)
    upload_id = accept_upload(resources, "default", scheduler, [("", [content])]).id
    put, calls = writing.put_object, []

    def put_some(*arguments) -> None:
        calls.append(1)
        if len(calls) > 7:
            raise StorageUnavailable("S3 is away.")
        put(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(writing, "put_object", put_some)
        with pytest.raises(StorageUnavailable):
            work_on_uploads(resources, scheduler)
    half = input_files()
    assert 5 <= len(half) < 40
    work_on_uploads(resources, scheduler)
    files = input_files()
    assert show_upload(resources, "default", upload_id).status == "succeeded"
    assert (len(files), half.items() <= files.items()) == (40, True)
    assert sum(content.count("\n") - 1 for content in files.values()) == 200


def test_a_parquet_file_larger_than_a_piece_is_read_range_by_range(resources, scheduler, input_files, monkeypatch):
    monkeypatch.setattr("service.facade.aws.ranges._FETCHED_WHOLE", 1000)
    monkeypatch.setattr("service.facade.aws.ranges._READ_AHEAD", 256)
    content = parquet(day(2000), row_group_size=300)
    upload_id = accept_upload(resources, "default", scheduler, [("motor.parquet", [content])]).id
    work_on_uploads(resources, scheduler)
    assert show_upload(resources, "default", upload_id).status == "succeeded"
    assert sum(text.count("\n") - 1 for text in input_files().values()) == 2000
