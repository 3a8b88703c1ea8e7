"""The same content twice, dry runs, and cancelling."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from service.facade.problems import StorageUnavailable
from service.facade.store import uploads
from service.facade.usecases import input_files as writing
from service.facade.usecases import upload_progress
from service.facade.usecases.upload_work import work_on_uploads
from service.facade.usecases.uploads import accept_upload, cancel_upload, show_upload

WIDE = b"t,flow,pressure,speed\n2026-01-01T00:01:00,1,2,3\n2026-01-01T00:06:00,4,5,6\n"


@pytest.fixture
def post(client, scheduler):
    def send(data=WIDE, query="", **options):
        return client.post(f"/v1/schedulers/{scheduler}/uploads{query}", data=data, content_type="text/csv", **options)

    return send


@pytest.mark.parametrize("done", [False, True], ids=["queued", "succeeded"])
def test_the_same_content_again_is_answered_with_the_earlier_upload(post, resources, scheduler, staged, done):
    first = post()
    assert first.json["repetition"] is False
    if done:
        work_on_uploads(resources, scheduler)
    again = post()
    assert (again.status_code, again.json["id"], again.json["repetition"]) == (200, first.json["id"], True)
    assert again.headers["Location"] == f"/v1/uploads/{first.json['id']}"
    assert "With force=true it is done again" in again.json["notice"]
    assert len(staged()) == (0 if done else 1)


def test_other_bytes_names_options_plans_schedulers_or_teams_are_no_repetition(
    post, client, resources, scheduler, upstream, bucket
):
    first = post().json["id"]
    others = [
        post(WIDE + b"2026-01-01T00:07:00,1,1,1\n"),
        post(query="?time_zone=Europe/Berlin"),
        post(query="?force=true"),
    ]
    upstream.add("other", bucket, upstream.components[f"{scheduler}-model"], prefix="other/")
    others.append(client.post("/v1/schedulers/other/uploads", data=WIDE, content_type="text/csv"))
    upstream.add(scheduler, bucket, upstream.components[f"{scheduler}-model"], prefix="moved/")
    others.append(post())
    assert {answer.status_code for answer in others} == {202}
    ids = {answer.json["id"] for answer in others} | {accept_upload(resources, "b", scheduler, [("", [WIDE])]).id}
    assert len(ids | {first}) == 7


def test_what_failed_or_was_cancelled_or_only_tried_is_done_when_it_comes_again(post, resources, scheduler):
    tried = post(query="?dry_run=true")
    assert post(query="?dry_run=true").json["id"] != tried.json["id"]
    cancelled = post().json["id"]
    cancel_upload(resources, "default", cancelled)
    failed = post().json["id"]
    with resources.database.begin() as db:
        uploads.record_failure(db, failed, {"type": "/problems/storage-refused"}, resources.clock())
    last = post()
    assert (last.status_code, last.json["id"] in (cancelled, failed)) == (202, False)


def test_what_was_overwritten_meanwhile_is_done_again(post, resources, scheduler, input_files):
    old, new = (b"t,speed\n2026-01-01T00:01:00,%d\n" % value for value in (1, 2))
    for content in (old, new):
        post(content)
        work_on_uploads(resources, scheduler)
    post(b"t,speed\n2026-02-01T00:01:00,9\n")  # elsewhere
    work_on_uploads(resources, scheduler)
    assert post(new).status_code == 200
    assert post(old).status_code == 202
    work_on_uploads(resources, scheduler)
    assert input_files()["motor_20260101000000.csv"].endswith(",1.0\n")


def test_two_at_the_same_moment_are_one_upload(resources, scheduler):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: accept_upload(resources, "default", scheduler, [("", [WIDE])]), range(4)))
    assert len({upload.id for upload in found}) == 1
    assert sorted(upload.repetition for upload in found) == [False, True, True, True]


def test_a_request_that_comes_again_with_its_key_is_one_upload_also_by_force(post, resources, scheduler):
    one = accept_upload(resources, "default", scheduler, [("", [WIDE])], force=True, upload_id="a" * 32)
    again = accept_upload(resources, "default", scheduler, [("", [WIDE])], force=True, upload_id="a" * 32)
    assert (one.id, again.id) == ("a" * 32, "a" * 32)


def test_a_dry_run_checks_everything_and_writes_nothing(post, client, resources, scheduler, input_files, staged):
    answer = post(query="?dry_run=true")
    assert (answer.status_code, answer.json["dry_run"]) == (202, True)
    work_on_uploads(resources, scheduler)
    upload = client.get(answer.headers["Location"]).json
    assert (upload["status"], upload["notice"]) == ("succeeded", "A dry run: nothing was written.")
    assert upload["planned_files"] == [
        "in/motor_20260101000000.csv",
        "in/motor_20260101000500.csv",
        "in/pump_20260101000000.csv",
        "in/pump_20260101000500.csv",
    ]
    assert upload["progress"] == {"files_total": 4, "files_written": 0, "rows_read": 2}
    assert upload["files"][0]["rows"] == 2
    assert (input_files(), staged()) == ({}, [])


def test_a_dry_run_names_everything_that_is_wrong(client, resources, scheduler, monkeypatch):
    monkeypatch.setattr("service.facade.usecases.upload_staging.BEGINNING_BYTES", 30)
    blocks = [WIDE, b"soon,1,1,x\n"]
    upload_id = accept_upload(resources, "default", scheduler, [("", blocks)], dry_run=True).id
    work_on_uploads(resources, scheduler)
    problem = client.get(f"/v1/uploads/{upload_id}").json["problem"]
    assert [(item["row"], item["column"]) for item in problem["errors"]] == [(4, "t"), (4, "speed")]


def test_a_queued_upload_is_cancelled_and_nothing_of_it_stays(post, client, resources, scheduler, input_files, staged):
    address = post().headers["Location"]
    answer = client.delete(address)
    assert (answer.status_code, answer.json["status"]) == (200, "cancelled")
    assert answer.json["notice"] == "0 input files were written before it was cancelled, and stay."
    assert client.delete(address).json["status"] == "cancelled"
    work_on_uploads(resources, scheduler)
    assert (client.get(address).json["status"], input_files(), staged()) == ("cancelled", {}, [])


def test_an_upload_that_has_ended_cannot_be_cancelled(post, client, resources, scheduler):
    address = post().headers["Location"]
    work_on_uploads(resources, scheduler)
    answer = client.delete(address)
    assert (answer.status_code, answer.json["detail"]) == (
        409,
        "The upload has succeeded already. What it wrote stays.",
    )


def test_nobody_cancels_the_upload_of_another_team(post, resources, scheduler, client_of):
    address = post().headers["Location"]
    assert client_of("b", ("read", "operate")).delete(address).status_code == 404
    assert show_upload(resources, "default", address.rpartition("/")[2]).status == "queued"


def test_a_worker_stops_soon_when_its_upload_is_cancelled_and_says_what_it_wrote(
    post, resources, scheduler, input_files, staged, monkeypatch
):
    monkeypatch.setattr(upload_progress, "_PROGRESS_SECONDS", 0.05)
    monkeypatch.setattr(writing, "_AT_ONCE", 20)
    rows = b"".join(b"2026-01-%02dT%02d:01:00,1\n" % (n // 24 + 1, n % 24) for n in range(480))
    upload_id = post(b"t,speed\n" + rows).json["id"]
    put, began = writing.put_object, Event()

    def slowly(*arguments) -> None:
        began.set()
        time.sleep(0.02)  # 480 of these would take a second and more
        put(*arguments)

    monkeypatch.setattr(writing, "put_object", slowly)
    with ThreadPoolExecutor(1) as worker:
        work = worker.submit(work_on_uploads, resources, scheduler)
        assert began.wait(20)
        cancel_upload(resources, "default", upload_id)
        work.result(timeout=20)
    upload = show_upload(resources, "default", upload_id)
    written = len(input_files())
    assert (upload.status, 0 < written < 480) == ("cancelled", True)
    assert upload.progress.files_written <= written
    assert f"{upload.progress.files_written} input files were written" in upload.notice
    assert staged() == []


def test_an_upload_that_was_cancelled_while_s3_was_away_is_not_taken_up_again(post, resources, scheduler, monkeypatch):
    upload_id = post().json["id"]

    def away(*_) -> None:
        raise StorageUnavailable("S3 is away.")

    with monkeypatch.context() as patch:
        patch.setattr(writing, "put_object", away)
        with pytest.raises(StorageUnavailable):
            work_on_uploads(resources, scheduler)
    cancel_upload(resources, "default", upload_id)
    work_on_uploads(resources, scheduler)
    assert show_upload(resources, "default", upload_id).status == "cancelled"


def test_an_upload_that_is_cancelled_while_it_is_checked_never_writes(
    post, resources, scheduler, input_files, monkeypatch
):
    monkeypatch.setattr(upload_progress, "_PROGRESS_SECONDS", 0)
    upload_id = post().json["id"]
    recorder = upload_progress.ProgressRecorder(resources, upload_id)
    cancel_upload(resources, "default", upload_id)
    with pytest.raises(upload_progress.UploadCancelled):
        recorder.rows(1)
    work_on_uploads(replace(resources), scheduler)
    assert input_files() == {}
