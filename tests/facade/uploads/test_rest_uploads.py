"""POST and GET of uploads: what is accepted, and the problem for each thing that can be wrong with a body."""

import gzip
from io import BytesIO, RawIOBase

import pytest

from service.facade.problems import QueueUnavailable
from service.facade.usecases.upload_work import work_on_uploads
from service.facade.usecases.uploads import WORK_ON_UPLOADS

WIDE = b"t,flow,pressure,speed\n2026-01-01T00:01:00,1,2,3\n2026-01-01T00:06:00,4,5,6\n"


@pytest.fixture
def post(client, scheduler):
    """Uploads a body; answers the response."""

    def send(data, query="", content_type="text/csv", **options):
        return client.post(
            f"/v1/schedulers/{scheduler}/uploads{query}", data=data, content_type=content_type, **options
        )

    return send


def form(*files: tuple[str, bytes]) -> dict:
    return {"file": [(BytesIO(content), name) for name, content in files]}


def test_an_upload_is_accepted_recorded_and_handed_to_a_worker(post, client, scheduler, queue, resources):
    answer = post(WIDE)
    assert answer.status_code == 202
    assert answer.json["status"] == "queued"
    assert answer.json["progress"] == {"files_total": None, "files_written": 0, "rows_read": 0}
    assert answer.headers["Location"] == f"/v1/uploads/{answer.json['id']}"
    assert queue.sent == [(WORK_ON_UPLOADS, scheduler)]
    work_on_uploads(resources, scheduler)
    seen = client.get(answer.headers["Location"]).json
    assert seen["status"] == "succeeded"
    assert seen["files"] == [
        {
            "name": "",
            "format": "csv",
            "layout": "wide",
            "components": ["pump", "motor"],
            "ignored_columns": [],
            "time_format": "yyyy-MM-ddTHH:mm:ss",
            "time_format_from": "detected",
            "time_zone": "UTC",
            "time_zone_from": "assumed",
            "rows": 2,
            "rows_without_values": 0,
            "duplicate_timestamps": 0,
            "out_of_order_rows": 0,
            "gaps": 0,
            "usual_interval_seconds": 300.0,
            "findings": [],
            "first_timestamp": "2026-01-01T00:01:00Z",
            "last_timestamp": "2026-01-01T00:06:00Z",
            "input_files": 4,
        }
    ]


def test_a_gzip_body_and_a_chunked_body_are_read(post, resources, scheduler, input_files):
    assert post(gzip.compress(WIDE), headers={"Content-Encoding": "gzip"}).status_code == 202
    more = WIDE.replace(b"2026-01-01", b"2026-01-02")
    assert post(None, environ_overrides={"wsgi.input": BytesIO(more), "wsgi.input_terminated": True}).status_code == 202
    work_on_uploads(resources, scheduler)
    assert len(input_files()) == 8


def test_the_component_may_be_named_in_the_address(post, resources, scheduler, input_files):
    assert post(b"t,speed\n2026-01-01T00:01:00,1\n", "?component=motor").status_code == 202
    work_on_uploads(resources, scheduler)
    assert list(input_files()) == ["motor_20260101000000.csv"]


def test_a_form_may_carry_many_files(post, resources, scheduler, input_files, client):
    files = [(f"motor_{n}.csv", b"t,speed\n2026-01-01T%02d:01:00,1\n" % n) for n in range(24)]
    answer = post(form(*files), content_type="multipart/form-data")
    assert answer.status_code == 202
    work_on_uploads(resources, scheduler)
    assert len(input_files()) == 24
    reports = client.get(answer.headers["Location"]).json["files"]
    assert [report["name"] for report in reports] == [name for name, _ in files]


@pytest.mark.parametrize(
    ("content", "said", "place"),
    [
        (b"t,flow,presure\n2026-01-01T00:01:00,1,2\n", "no sensor 'presure'. Did you mean pressure", {"row": 1}),
        (b"t,speed\nyesterday,1\n", "'yesterday' is not a time", {"row": 2, "column": "t", "value": "yesterday"}),
        (b"t,speed\n2026-01-01T00:01:00,fast\n", "'fast' is not a number", {"row": 2, "column": "speed"}),
        (b"", "The file is empty", {}),
        (b"t,speed\n", "a header but no rows", {}),
        (b"2026-01-01T00:01:00,1\n2026-01-01T00:02:00,1\n", "must be a header", {"row": 1}),
        ("t,spéed\n".encode("latin-1"), "0xE9 at position 4 is not UTF-8", {"row": 1}),
        ("t,speed\n".encode("utf-16"), "UTF-16", {"row": 1}),
        (b"t;speed\n2026-01-01T00:01:00;1\n", "separated by semicolons", {"row": 1}),
        (gzip.compress(WIDE)[:-6], "ends too early", {}),
    ],
    ids=[
        *("unknown sensor", "no time", "text in a number", "empty", "no rows", "no header"),
        *("latin-1", "utf-16", "semicolons", "torn gzip"),
    ],
)
@pytest.mark.parametrize("in_form", [False, True])
def test_a_file_that_cannot_be_used_is_refused_at_once(post, queue, staged, content, said, place, in_form):
    if in_form:
        good = ("good.csv", b"t,speed\n2026-01-01T00:01:00,1\n")
        answer = post(form(good, ("bad.csv", content)), content_type="multipart/form-data")
    else:
        answer = post(content)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["type"] == "/problems/invalid-upload"
    assert said in answer.json["detail"]
    (item,) = answer.json["errors"][:1]
    assert item.items() >= (place | ({"file": "bad.csv"} if in_form else {})).items()
    assert ("file" in item) == in_form
    assert (queue.sent, staged()) == ([], [])


class Unread(RawIOBase):
    """A body of which nobody should want a byte."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer) -> int:
        raise AssertionError("the body was read")


def test_a_body_over_the_limit_is_refused_by_its_announced_length_alone(post):
    answer = post(None, environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": str(2 * 1024**3)})
    assert answer.status_code == 413
    assert answer.json["type"] == "/problems/upload-too-large"
    assert "up to 1,073,741,824 bytes" in answer.json["detail"]


def test_a_body_of_unknown_length_is_counted_as_it_comes(post, resources, monkeypatch, staged):
    monkeypatch.setitem(resources.settings.__dict__, "upload_max_bytes", 10_000_000)
    sent = []

    class Endless(RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            text = (b"t,speed\n" if not sent else b"") + b"2026-01-01T00:01:00,1\n" * 1000
            buffer[: len(text)] = text
            sent.append(len(text))
            return len(text)

    answer = post(None, environ_overrides={"wsgi.input": Endless(), "wsgi.input_terminated": True})
    assert answer.status_code == 413
    assert sum(sent) < 11_000_000
    assert staged() == []


def test_a_sender_that_breaks_off_leaves_nothing_behind(post, staged, queue):
    body = WIDE + b"2026-01-01T00:11:00,4,5,6\n" * 400_000  # more than one part of a multipart upload
    answer = post(None, environ_overrides={"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body) + 1)})
    assert answer.status_code == 400
    assert (staged(), queue.sent) == ([], [])


@pytest.mark.parametrize(
    ("options", "status", "slug"),
    [
        ({"content_type": "application/json"}, 415, "unsupported-media-type"),
        ({"content_type": ""}, 415, "unsupported-media-type"),
        ({"headers": {"Content-Encoding": "br"}}, 415, "unsupported-media-type"),
        ({"content_type": "multipart/form-data"}, 400, "bad-request"),
        ({"content_type": "multipart/form-data; boundary=x"}, 400, "bad-request"),
        ({"query": "?component=pumb"}, 422, "invalid-request"),
        ({"query": "?components=pump"}, 422, "invalid-request"),
    ],
)
def test_a_request_of_another_kind_is_refused(post, options, status, slug):
    answer = post(WIDE, **options)
    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{slug}")


def test_a_form_field_that_is_no_file_is_refused(post):
    answer = post({"component": "pump"}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "'component' is no file" in answer.json["detail"]


def test_an_empty_form_is_refused(post):
    answer = post(b"--x--\r\n", content_type="multipart/form-data; boundary=x")
    assert "no file in the body" in answer.json["detail"]


def test_a_column_of_another_component_than_the_one_named_is_refused(post):
    answer = post(b"t,motor/speed,flow,pressure\n2026-01-01T00:01:00,1,2,3\n", "?component=pump")
    assert "no sensor 'motor/speed'" in answer.json["detail"]


def test_an_upload_for_an_unknown_scheduler_is_refused(client):
    answer = client.post("/v1/schedulers/nobody/uploads", data=WIDE, content_type="text/csv")
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/scheduler-not-found")


def test_without_a_queue_nothing_is_accepted(post, queue, staged, monkeypatch):
    def away():
        raise QueueUnavailable("Redis does not answer.")

    monkeypatch.setattr(queue, "check", away)
    answer = post(WIDE)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert staged() == []


def test_uploads_are_listed_newest_first_page_by_page(post, client, scheduler):
    ids = [post(WIDE, "?force=true").json["id"] for _ in range(5)]
    seen, address = [], f"/v1/schedulers/{scheduler}/uploads?limit=2"
    while address:
        page = client.get(address).json
        seen += [upload["id"] for upload in page["uploads"]]
        address = page["next"]
    assert seen == ids[::-1]


def test_a_cursor_of_another_list_is_refused(post, client, scheduler, upstream, bucket):
    for _ in range(2):
        post(WIDE, "?force=true")
    address = client.get(f"/v1/schedulers/{scheduler}/uploads?limit=1").json["next"]
    answer = client.get(address.replace(scheduler, "somebody-else"))
    assert answer.json["type"] == "/problems/bad-cursor"


def test_an_unknown_upload_is_not_found(client):
    assert client.get("/v1/uploads/nothing").json["type"] == "/problems/upload-not-found"
