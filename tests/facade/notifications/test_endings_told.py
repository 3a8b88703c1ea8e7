"""Uploads and replays that have ended are told of in the transaction that ends them."""

from datetime import timedelta

import pytest
from watched_plant import at

from service.facade.usecases.replay_work import sweep_replays
from service.facade.usecases.upload_work import sweep_staging, work_on_uploads

ROWS = "Timestamp,flow,power\n2026-03-01T12:01:00,1,2\n2026-03-01T12:02:00,1,2\n"
LATER = "2026-03-01T12:03:00,1,2\n" * 12_000  # so that the fault is not in what is looked at first


@pytest.fixture
def send(plant, owner, upstream, bucket):
    """Upload a table for the pump; answers its id."""
    upstream.schedulers[plant.name]["DataInputConfiguration"]["S3InputConfiguration"]["Bucket"] = bucket

    def post(rows: str, query: str = "") -> str:
        address = f"/v1/schedulers/{plant.name}/uploads?component=pump{query}"
        return owner.post(address, data=rows, content_type="text/csv").json["id"]

    return post


def test_an_upload_that_succeeds_is_told_of_with_what_it_wrote(plant, send):
    upload_id = send(ROWS)
    assert plant.news() == []
    work_on_uploads(plant.resources, plant.name)
    work_on_uploads(plant.resources, plant.name)

    assert plant.news() == ["upload.finished"]
    assert plant.feed()[0].data == {
        "inference_scheduler_name": plant.name,
        "upload_id": upload_id,
        "status": "succeeded",
        "dry_run": False,
        "rows_read": 2,
        "files_written": 1,
        "first_timestamp": "2026-03-01T12:01:00Z",
        "last_timestamp": "2026-03-01T12:02:00Z",
        "repeats": None,
        "problem": None,
        "upload_url": f"/v1/uploads/{upload_id}",
    }


def test_an_upload_that_fails_says_why_and_maintenance_keeps_nobody_from_hearing_it(plant, owner, send):
    plant.plan(owner, "maintenance-windows", start_time=at(0), end_time=at(60))
    send(ROWS + LATER + "2026-03-01T12:03:00,broken,2\n")
    work_on_uploads(plant.resources, plant.name)
    assert plant.news() == ["upload.finished"]
    [told] = plant.feed()
    assert (told.data["status"], told.data["problem"]["type"]) == ("failed", "/problems/invalid-upload")


def test_an_upload_that_is_cancelled_is_told_of_once(plant, owner, send):
    upload_id = send(ROWS)
    for _ in range(2):
        owner.delete(f"/v1/uploads/{upload_id}")
    work_on_uploads(plant.resources, plant.name)
    assert [told.data["status"] for told in plant.feed()] == ["cancelled"]


def test_a_direct_upload_that_never_came_is_told_of(plant, owner):
    owner.post(f"/v1/schedulers/{plant.name}/direct-uploads", json={"component": "pump"})
    plant.now += timedelta(hours=2)
    sweep_staging(plant.resources)
    sweep_staging(plant.resources)
    assert [told.data["problem"]["type"] for told in plant.feed()] == ["/problems/upload-expired"]


def test_a_replay_that_ends_is_told_of_once_whoever_sees_it(plant, owner, upstream):
    replay = plant.plan(owner, "replays", start_time=at(-60), end_time=at(0))
    sweep_replays(plant.resources)
    assert plant.news() == []

    upstream.end_replay("SUCCESS", SucceededWindows=11, FailedWindows=1)
    sweep_replays(plant.resources)
    owner.get(f"/v1/replays/{replay['id']}")
    assert plant.news() == ["replay.finished"]
    data = plant.feed()[0].data
    assert (data["replay_id"], data["status"]) == (replay["id"], "succeeded")
    assert (data["total_windows"], data["succeeded_windows"], data["failed_windows"]) == (12, 11, 1)
