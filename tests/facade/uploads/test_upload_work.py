"""From an accepted upload to the input files of a scheduler."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Semaphore

import pytest
from sent_uploads import WIDE, send

from service.facade.domain.uploads import Upload
from service.facade.problems import UploadTooLarge
from service.facade.resources import join
from service.facade.usecases import input_files as writing
from service.facade.usecases import upload_progress
from service.facade.usecases.operations import follow, show_operation, watch_operation
from service.facade.usecases.upload_work import work_on_uploads
from service.facade.usecases.uploads import accept_upload, show_upload


def test_an_upload_becomes_a_file_for_each_component_and_window(resources, scheduler, input_files, staged):
    upload_id = send(resources, scheduler, WIDE)
    work_on_uploads(resources, scheduler)
    assert input_files() == {
        "pump_20260101000000.csv": "Timestamp,flow,pressure\n2026-01-01T00:01:00.000000,1.0,2.0\n",
        "pump_20260101000500.csv": "Timestamp,flow,pressure\n2026-01-01T00:06:00.000000,4.0,5.0\n",
        "motor_20260101000000.csv": "Timestamp,speed\n2026-01-01T00:01:00.000000,3.0\n",
        "motor_20260101000500.csv": "Timestamp,speed\n2026-01-01T00:06:00.000000,6.0\n",
    }
    upload = show_upload(resources, "default", upload_id)
    assert upload.status == "succeeded"
    assert vars(upload.progress) == {"files_total": 4, "files_written": 4, "rows_read": 2}
    assert [(report.rows, report.input_files, report.components) for report in upload.files] == [
        (2, 4, ("pump", "motor"))
    ]
    assert staged() == []


def test_names_follow_the_delimiter_format_and_offset_of_the_scheduler(
    resources, upstream, scheduler, bucket, input_files
):
    upstream.add(
        "shifted",
        bucket,
        upstream.components[f"{scheduler}-model"],
        frequency="PT1H",
        offset="+05:30",
        timestamp_format="yyyy-MM-dd-HH-mm-ss",
        component_timestamp_delimiter="-",
    )
    send(resources, "shifted", b"t,speed\n2026-01-01T00:01:00,3\n")
    work_on_uploads(resources, "shifted")
    assert list(input_files()) == ["motor-2026-01-01-05-30-00.csv"]


def test_many_files_in_one_upload_are_named_after_their_component(resources, scheduler, input_files):
    files = [
        ("motor_20260101.csv", [b"t,speed\n2026-01-01T00:01:00,3\n"]),
        ("pump.csv", [gzip.compress(b"t,flow,pressure\n2026-01-01T00:01:00,1,2\n")]),
        ("motor.csv", [b"t,speed\n2026-01-01T00:02:00,4\n"]),
    ]
    upload_id = accept_upload(resources, "default", scheduler, files).id
    work_on_uploads(resources, scheduler)
    assert sorted(input_files()) == ["motor_20260101000000.csv", "pump_20260101000000.csv"]
    assert input_files()["motor_20260101000000.csv"].count("\n") == 3
    upload = show_upload(resources, "default", upload_id)
    assert [report.name for report in upload.files] == ["motor_20260101.csv", "pump.csv", "motor.csv"]
    assert vars(upload.progress) == {"files_total": 2, "files_written": 2, "rows_read": 3}


@pytest.mark.parametrize("bound", ["_AT_ONCE", "_CELLS_AT_ONCE"])
@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_files_for_one_window_in_one_upload_are_merged_in_their_order(
    resources, scheduler, input_files, monkeypatch, bound, at_once
):
    monkeypatch.setattr(writing, bound, at_once)
    rows = ["00:01:00,1", "00:06:00,1", "00:02:00,2", "00:01:00,3"]
    upload_id = send(resources, scheduler, *(f"t,speed\n2026-01-01T{row}\n".encode() for row in rows))
    work_on_uploads(resources, scheduler)
    assert [line[20:] for line in input_files()["motor_20260101000000.csv"].splitlines()[1:]] == [
        "000000,3.0",
        "000000,2.0",
    ]
    assert show_upload(resources, "default", upload_id).progress.files_written == 2


def test_nothing_is_written_when_any_row_of_any_file_is_wrong(resources, scheduler, input_files, staged, monkeypatch):
    monkeypatch.setattr("service.facade.usecases.upload_staging.BEGINNING_BYTES", 30)  # the beginnings are fine
    wrong = b"t,speed\n" + b"2026-01-01T00:01:00,3\n" * 3 + b"2026-01-01T00:02:00,fast\nsoon,1\n"
    good = b"t,flow,pressure\n2026-01-01T00:01:00,1,2\n"
    upload_id = send(resources, scheduler, good, wrong, wrong)
    work_on_uploads(resources, scheduler)
    upload = show_upload(resources, "default", upload_id)
    assert (upload.status, upload.problem["type"]) == ("failed", "/problems/invalid-upload")
    assert [(item["file"], item["row"], item["column"], item["value"]) for item in upload.problem["errors"]] == [
        ("part1.csv", 5, "speed", "fast"),
        ("part1.csv", 6, "t", "soon"),
        ("part2.csv", 5, "speed", "fast"),
        ("part2.csv", 6, "t", "soon"),
    ]
    assert (input_files(), staged()) == ({}, [])


def test_uploads_of_parts_of_a_window_lose_nothing_and_the_later_one_wins(resources, scheduler, input_files):
    send(resources, scheduler, b"t,speed\n2026-01-01T00:01:00,1\n2026-01-01T00:02:00,1\n")
    send(resources, scheduler, b"t,speed\n2026-01-01T00:02:00,2\n2026-01-01T00:03:00,2\n")
    work_on_uploads(resources, scheduler)
    assert [line[-3:] for line in input_files()["motor_20260101000000.csv"].splitlines()[1:]] == ["1.0", "2.0", "2.0"]


def test_an_existing_file_that_cannot_be_merged_fails_the_upload_and_stays(
    resources, scheduler, s3, bucket, input_files
):
    s3.put_object(Bucket=bucket, Key="in/motor_20260101000000.csv", Body=b"something else")
    upload_id = send(resources, scheduler, b"t,speed\n2026-01-01T00:01:00,1\n")
    work_on_uploads(resources, scheduler)
    upload = show_upload(resources, "default", upload_id)
    assert upload.status == "failed"
    assert f"s3://{bucket}/in/motor_20260101000000.csv is there already" in upload.problem["detail"]
    assert input_files() == {"motor_20260101000000.csv": "something else"}


def test_work_on_one_scheduler_goes_on_in_one_place_only(resources, scheduler, input_files):
    send(resources, scheduler, WIDE)
    with resources.database.claim("uploads", scheduler):
        work_on_uploads(resources, scheduler)
        assert input_files() == {}
    work_on_uploads(resources, scheduler)
    assert len(input_files()) == 4


def test_many_workers_at_once_do_each_upload_once(resources, scheduler, input_files):
    ids = [send(resources, scheduler, b"t,speed\n2026-01-01T00:0%d:00,%d\n" % (n, n)) for n in range(1, 6)]
    with ThreadPoolExecutor(4) as pool:  # whoever finds the claim taken leaves, and the holder sees to what is left
        list(pool.map(lambda _: work_on_uploads(resources, scheduler), range(4)))
    assert {show_upload(resources, "default", upload_id).status for upload_id in ids} == {"succeeded"}
    assert input_files()["motor_20260101000000.csv"].count("\n") == 6


def test_uploads_leave_a_thread_of_the_worker_to_what_is_quick(settings, queue):
    def places(worker_threads: int) -> int:
        joined = join(replace(settings, worker_threads=worker_threads), queue)
        taken = iter(lambda: joined.long_work_places.acquire(blocking=False), False)
        return sum(1 for _ in taken)

    assert [places(threads) for threads in (1, 2, 4)] == [1, 1, 3]


def test_an_upload_without_a_place_stays_queued_until_one_is_free(resources, scheduler, upstream, bucket, monkeypatch):
    upstream.add("other", bucket, upstream.components[f"{scheduler}-model"], prefix="other/")
    resources = replace(resources, long_work_places=Semaphore(1))
    first, second = send(resources, scheduler, WIDE), send(resources, "other", WIDE)
    put, seen = writing.put_object, []

    def put_and_try_the_other(*arguments) -> None:
        work_on_uploads(resources, "other")
        seen.append(show_upload(resources, "default", second).status)
        put(*arguments)

    monkeypatch.setattr(writing, "put_object", put_and_try_the_other)
    work_on_uploads(resources, scheduler)
    assert set(seen) == {"queued"}
    monkeypatch.setattr(writing, "put_object", put)
    work_on_uploads(resources, "other")
    assert {show_upload(resources, "default", upload_id).status for upload_id in (first, second)} == {"succeeded"}


def test_an_operation_is_looked_at_while_large_uploads_go_on(resources, scheduler, upstream, bucket, monkeypatch):
    names = [scheduler, "second", "third"]
    for name in names[1:]:
        upstream.add(name, bucket, upstream.components[f"{scheduler}-model"], prefix=f"{name}/")
    for name in names:
        send(resources, name, WIDE)
    operation = follow(resources, "default", "start_scheduler", scheduler, "PENDING")
    goes_on = Event()
    monkeypatch.setattr(writing, "put_object", lambda *_: goes_on.wait(30))
    resources = replace(resources, long_work_places=Semaphore(1))
    with ThreadPoolExecutor(2) as worker:
        for name in names:
            worker.submit(work_on_uploads, resources, name)
        worker.submit(watch_operation, resources, operation.id).result(timeout=10)
        assert show_operation(resources, "default", operation.id).status == "succeeded"
        goes_on.set()


def test_progress_is_visible_while_the_work_goes_on(resources, scheduler, monkeypatch):
    monkeypatch.setattr(upload_progress, "_PROGRESS_SECONDS", 0)
    monkeypatch.setattr(writing, "_AT_ONCE", 10)  # a batch ends before the next one begins
    rows = b"".join(b"2026-01-01T%02d:%02d:00,%d\n" % (n // 60, n % 60, n) for n in range(1, 200))
    upload_id = send(resources, scheduler, b"t,speed\n" + rows)
    seen: list[Upload] = []
    put = writing.put_object
    monkeypatch.setattr(
        writing, "put_object", lambda *a: (seen.append(show_upload(resources, "default", upload_id)), put(*a))
    )
    work_on_uploads(resources, scheduler)
    assert {upload.status for upload in seen} == {"running"}
    assert {upload.progress.files_total for upload in seen} == {40}
    assert max(upload.progress.files_written for upload in seen) >= 30
    assert {upload.progress.rows_read for upload in seen} == {199}


def test_gzip_data_that_become_too_large_are_refused_at_once_or_fail_the_upload(resources, scheduler, staged):
    plain = b"t,speed\n" + b"".join(b"2026-01-01T%02d:%02d:00,3\n" % (n // 60, n % 60) for n in range(1, 1440))
    packed = gzip.compress(plain)
    assert len(plain) > 30_000 > len(packed)
    small = replace(resources, settings=replace(resources.settings, upload_max_bytes=1_500))
    with pytest.raises(UploadTooLarge, match=r"more than 30,000 bytes\. Split it by time"):
        send(small, scheduler, packed)
    assert staged() == []
    upload_id = send(resources, scheduler, packed)  # accepted by a process that allows more
    work_on_uploads(small, scheduler)
    assert show_upload(resources, "default", upload_id).problem["type"] == "/problems/upload-too-large"


def test_rows_that_fall_into_too_many_windows_fail_the_upload(resources, scheduler, monkeypatch, input_files):
    monkeypatch.setattr("service.facade.sensordata.survey.MOST_INPUT_FILES", 3)
    one, two = b"t,speed\n2026-01-01T00:01:00,1\n", b"t,speed\n2026-01-02T00:01:00,1\n2026-01-02T01:01:00,1\n"
    fits = send(resources, scheduler, one, two)
    too_many = [
        send(resources, scheduler, WIDE),
        send(resources, scheduler, one, two, b"t,speed\n2026-01-03T00:01:00,1\n"),
    ]
    work_on_uploads(resources, scheduler)
    assert show_upload(resources, "default", fits).status == "succeeded"
    for upload_id in too_many:
        problem = show_upload(resources, "default", upload_id).problem
        assert (problem["status"], "Split the upload by time" in problem["detail"]) == (413, True)
