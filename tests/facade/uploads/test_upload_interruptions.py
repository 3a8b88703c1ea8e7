"""Uploads whose work ended before it was done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sent_uploads import WIDE, send

from service.facade.problems import StorageUnavailable
from service.facade.store import uploads
from service.facade.usecases import input_files as writing
from service.facade.usecases.upload_work import sweep_uploads, work_on_uploads
from service.facade.usecases.uploads import WORK_ON_UPLOADS, show_upload


def test_an_upload_that_was_interrupted_is_swept_up_and_ends_with_the_same_files(
    resources, scheduler, queue, input_files, monkeypatch
):
    rows = b"".join(b"2026-01-01T%02d:%02d:00,%d\n" % (n // 60, n % 60, n) for n in range(1, 200))
    upload_id = send(resources, scheduler, b"t,speed\n" + rows)
    with monkeypatch.context() as patch:
        patch.setattr(writing, "put_object", _failing_after(7, writing.put_object))
        with pytest.raises(StorageUnavailable):
            work_on_uploads(resources, scheduler)
    assert show_upload(resources, "default", upload_id).status == "running"
    half = input_files()
    assert 0 < len(half) < 40
    queue.sent.clear()
    sweep_uploads(resources)
    assert (WORK_ON_UPLOADS, scheduler) in queue.sent
    work_on_uploads(resources, scheduler)
    files = input_files()
    assert len(files) == 40
    assert half.items() <= files.items()
    assert sum(content.count("\n") - 1 for content in files.values()) == 199


def test_an_upload_that_cannot_be_written_for_a_day_gives_way_to_the_next(resources, scheduler, monkeypatch):
    upload_id = send(resources, scheduler, WIDE)
    monkeypatch.setattr(writing, "put_object", _failing_after(0, writing.put_object))
    tomorrow = resources.clock() + timedelta(hours=25)
    work_on_uploads(replace(resources, clock=lambda: tomorrow), scheduler)
    upload = show_upload(resources, "default", upload_id)
    assert (upload.status, upload.problem["type"]) == ("failed", "/problems/storage-unavailable")


def test_an_upload_that_killed_five_workers_fails_and_gives_way_to_the_next(resources, scheduler):
    deadly, harmless = send(resources, scheduler, WIDE), send(resources, scheduler, WIDE)
    for _ in range(5):  # a worker that is killed leaves nothing but this
        with resources.database.begin() as db:
            uploads.begin_attempt(db, deadly)
    work_on_uploads(resources, scheduler)
    assert show_upload(resources, "default", deadly).problem["type"] == "/problems/upload-too-large"
    assert "5 workers were killed" in show_upload(resources, "default", deadly).problem["detail"]
    assert show_upload(resources, "default", harmless).status == "succeeded"


def test_an_attempt_that_found_s3_away_does_not_count_as_killed(resources, scheduler, monkeypatch):
    upload_id = send(resources, scheduler, WIDE)
    with monkeypatch.context() as patch:
        patch.setattr(writing, "put_object", _failing_after(0, writing.put_object))
        for _ in range(7):
            with pytest.raises(StorageUnavailable):
                work_on_uploads(resources, scheduler)
    work_on_uploads(resources, scheduler)
    assert show_upload(resources, "default", upload_id).status == "succeeded"


def _failing_after(count: int, put: Callable) -> Callable:
    calls: list[int] = []

    def put_some(*arguments) -> None:
        calls.append(1)
        if len(calls) > count:
            raise StorageUnavailable("S3 is away.")
        put(*arguments)

    return put_some
