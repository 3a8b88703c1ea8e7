"""Files that callers put into S3 themselves, over a socket, with nothing but the address they were given."""

import subprocess
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tables import INPUT_FILES, as_format

from service.facade.usecases.direct_uploads import begin_direct_upload, complete_upload
from service.facade.usecases.upload_work import sweep_staging, work_on_uploads
from service.facade.usecases.uploads import accept_upload, show_upload

PARQUET = as_format("parquet")
CSV = as_format("csv")


@pytest.fixture
def begin(client, scheduler):
    def ask(**wanted):
        return client.post(f"/v1/schedulers/{scheduler}/direct-uploads", json=wanted)

    return ask


def put(begun: dict, content: bytes, **headers: str) -> int:
    request = urllib.request.Request(
        begun["url"], data=content, method=begun["method"], headers=begun["headers"] | headers
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_file_is_put_with_curl_completed_and_worked_on(
    begin, client, resources, scheduler, input_files, tmp_path, queue
):
    begun = begin(file_name="year.parquet", content_type="application/vnd.apache.parquet", size=len(PARQUET))
    assert (begun.status_code, begun.json["method"]) == (201, "PUT")
    address = begun.headers["Location"]
    awaited = client.get(address).json
    assert (awaited["status"], awaited["expires_at"]) == ("awaiting", begun.json["expires_at"])
    (tmp_path / "year.parquet").write_bytes(PARQUET)
    headers = [part for name, value in begun.json["headers"].items() for part in ("-H", f"{name}: {value}")]
    curl = ["curl", "-sS", "--fail", "-T", str(tmp_path / "year.parquet"), *headers, begun.json["url"]]
    subprocess.run(curl, check=True, timeout=20)
    assert queue.sent == []
    done = client.post(f"{address}/complete")
    assert (done.status_code, done.json["status"], done.headers["Location"]) == (202, "queued", address)
    work_on_uploads(resources, scheduler)
    assert input_files() == INPUT_FILES
    upload = client.get(address).json
    assert (upload["status"], upload["files"][0]["format"], upload["files"][0]["name"]) == (
        "succeeded",
        "parquet",
        "year.parquet",
    )
    assert client.post(f"{address}/complete").json["status"] == "succeeded"


def test_the_address_is_the_one_that_callers_can_reach(begin, resources, monkeypatch):
    monkeypatch.setitem(resources.settings.__dict__, "s3_public_endpoint_url", "https://s3.example.com")
    assert begin().json["url"].startswith("https://s3.example.com/staging-")


def test_an_address_is_for_one_object_and_one_method_only(begin, s3):
    begun = begin(content_type="text/csv").json
    assert put(begun | {"url": begun["url"].replace(begun["id"], "0" * 32)}, CSV) == 403
    assert put(begun | {"method": "DELETE"}, CSV) == 403


@pytest.mark.parametrize("action", ["nothing", "another size", "too large", "no table", "another kind"])
def test_what_came_is_looked_at_before_it_is_queued(begin, client, resources, queue, staged, monkeypatch, action):
    begun = begin(file_name="day.csv", size=len(CSV)).json
    content = {
        "another size": CSV + b"\n",
        "too large": CSV,
        "no table": CSV.replace(b"flow", b"flaw"),
        "another kind": b"PAR1".ljust(len(CSV), b" "),
    }.get(action)
    if content:
        assert put(begun, content) == 200
    if action == "too large":
        monkeypatch.setitem(resources.settings.__dict__, "direct_upload_max_bytes", 50)
    answer = client.post(f"/v1/uploads/{begun['id']}/complete")
    expected = {"nothing": 409, "another size": 409, "too large": 413, "no table": 422, "another kind": 422}[action]
    assert (answer.status_code, answer.mimetype) == (expected, "application/problem+json")
    assert queue.sent == []
    assert len(staged()) == (0 if action in ("nothing", "too large") else 1)
    if action != "too large":  # it may be put again
        assert put(begun, CSV) == 200
        assert client.post(f"/v1/uploads/{begun['id']}/complete").status_code == 202


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"size": 6 * 1024**3}, 413),
        ({"content_type": "application/pdf"}, 415),
        ({"component": "pumb"}, 422),
        ({"time_zone": "Mars"}, 422),
        ({"file_name": "a\nb"}, 422),
        ({"size": 0}, 422),
    ],
)
def test_a_wish_that_cannot_be_fulfilled_is_refused(begin, wanted, status):
    assert begin(**wanted).status_code == status


def test_a_file_that_does_not_come_in_time_is_given_up(begin, client, resources, staged):
    begun = begin().json
    put(begun, CSV)
    late = replace(resources, clock=lambda: datetime.now(UTC) + timedelta(hours=2))
    answer = client.get(f"/v1/uploads/{begun['id']}")
    assert answer.json["status"] == "awaiting"
    sweep_staging(late)
    upload = client.get(f"/v1/uploads/{begun['id']}").json
    assert (upload["status"], upload["problem"]["type"]) == ("failed", "/problems/upload-expired")
    assert staged() == []
    answer = client.post(f"/v1/uploads/{begun['id']}/complete")
    assert (answer.status_code, answer.json["type"]) == (410, "/problems/upload-expired")


def test_an_awaited_file_is_not_swept_while_it_may_come(begin, resources, staged):
    put(begin().json, CSV)
    sweep_staging(replace(resources, clock=lambda: datetime.now(UTC) + timedelta(minutes=59)))
    assert len(staged()) == 1


def test_an_awaited_upload_can_be_cancelled(begin, client, staged):
    begun = begin().json
    put(begun, CSV)
    assert client.delete(f"/v1/uploads/{begun['id']}").json["status"] == "cancelled"
    assert staged() == []
    assert client.post(f"/v1/uploads/{begun['id']}/complete").status_code == 409


def test_the_same_content_as_before_is_recognised_by_the_worker(begin, client, resources, scheduler, input_files):
    earlier = accept_upload(resources, "default", scheduler, [("day.csv", [CSV])])
    work_on_uploads(resources, scheduler)
    begun = begin(file_name="day.csv").json
    put(begun, CSV)
    client.post(f"/v1/uploads/{begun['id']}/complete")
    work_on_uploads(resources, scheduler)
    upload = client.get(f"/v1/uploads/{begun['id']}").json
    assert (upload["status"], upload["repeats"], upload["progress"]["files_written"]) == ("succeeded", earlier.id, 0)
    assert earlier.id in upload["notice"]


def test_what_is_put_after_the_completion_is_not_taken(begin, client, resources, scheduler, input_files):
    begun = begin(file_name="day.csv").json
    put(begun, CSV)
    client.post(f"/v1/uploads/{begun['id']}/complete")
    put(begun, CSV.replace(b"00:01:00,1,", b"00:01:00,9,"))
    work_on_uploads(resources, scheduler)
    upload = client.get(f"/v1/uploads/{begun['id']}").json
    assert (upload["status"], input_files()) == ("failed", {})


def test_the_same_request_again_gives_the_same_upload(resources, scheduler):
    one, two = (begin_direct_upload(resources, "default", scheduler, "b" * 32) for _ in range(2))
    assert (one.id, one.expires_at) == (two.id, two.expires_at)


def test_nobody_completes_the_upload_of_another_team(begin, client_of, resources):
    begun = begin().json
    put(begun, CSV)
    assert client_of("b", ("operate",)).post(f"/v1/uploads/{begun['id']}/complete").status_code == 404
    assert complete_upload(resources, "default", begun["id"]).status == "queued"
    assert show_upload(resources, "default", begun["id"]).expires_at is None
