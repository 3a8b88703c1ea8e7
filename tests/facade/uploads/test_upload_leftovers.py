"""What is forgotten of uploads, and when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from sent_uploads import WIDE, send

from service.facade.problems import UploadNotFound
from service.facade.usecases.upload_work import sweep_staging, work_on_uploads
from service.facade.usecases.uploads import show_upload


def test_staging_objects_that_nobody_needs_are_deleted_once_they_are_old(resources, scheduler, staged):
    buckets = resources.buckets
    buckets.client.put_object(Bucket=buckets.staging_bucket, Key="uploads/orphan", Body=b"x")
    send(resources, scheduler, WIDE)
    sweep_staging(resources)
    assert len(staged()) == 2
    later = resources.clock() + timedelta(hours=2)
    sweep_staging(replace(resources, clock=lambda: later))
    assert len(staged()) == 1
    assert "uploads/orphan" not in staged()


def test_parts_of_a_staging_object_that_was_never_completed_are_aborted_after_a_day(resources):
    client, bucket = resources.buckets.client, resources.buckets.staging_bucket
    client.create_multipart_upload(Bucket=bucket, Key="uploads/killed")

    def unfinished(**later) -> int:
        sweep_staging(replace(resources, clock=lambda: datetime.now(UTC) + timedelta(**later)))
        return len(client.list_multipart_uploads(Bucket=bucket).get("Uploads", []))

    assert (unfinished(hours=23), unfinished(hours=25)) == (1, 0)


def test_a_server_that_cannot_list_unfinished_parts_is_left_alone(resources):
    refusal = ClientError({"Error": {"Code": "NotImplemented", "Message": ""}}, "ListMultipartUploads")
    client = resources.buckets.client
    client.meta.events.register("before-send.s3.ListMultipartUploads", refuse := _raising(refusal))
    try:
        sweep_staging(resources)
    finally:
        client.meta.events.unregister("before-send.s3.ListMultipartUploads", refuse)


def test_uploads_are_forgotten_three_months_after_they_ended(resources, scheduler):
    ended = send(resources, scheduler, WIDE)
    work_on_uploads(resources, scheduler)
    waiting = send(resources, scheduler, WIDE)
    sweep_staging(replace(resources, clock=lambda: datetime.now(UTC) + timedelta(days=91)))
    assert show_upload(resources, "default", waiting).status == "queued"
    with pytest.raises(UploadNotFound):
        show_upload(resources, "default", ended)


def _raising(error: Exception) -> Callable:
    def refuse(**_) -> None:
        raise error

    return refuse
