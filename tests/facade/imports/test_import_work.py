"""Old results -> our store: every age of them, once, behind what was collected from executions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from problem_checks import problem_of

from service.facade.problems import StorageUnavailable
from service.facade.store import imports
from service.facade.usecases import import_batches, import_listing, import_work
from service.facade.usecases.collecting import collect_everything
from service.facade.usecases.import_work import work_on_import

FIRST, SECOND = "2022-05-13T00:01:00Z", "2022-05-13T00:06:00Z"


def test_the_history_of_a_scheduler_that_never_was_here_can_be_read(import_now, archive, rows):
    archive.put(0, 0.25)
    archive.put(1, 0.75)
    import_now()
    assert rows() == [(FIRST, 0.25), (SECOND, 0.75)]


def test_results_of_the_preview_are_read(import_now, archive, rows):
    archive.write("2021-01-27T09:10:00Z/results.csv", b'{"timestamp": "2021-01-27T09:15:00.000000", "prediction": 0}\n')
    import_now()
    assert rows() == [("2021-01-27T09:15:00Z", None)]


@pytest.mark.parametrize("folder", ["2022-05-13T00_00_00Z", "2022-05-13T000000Z", "2022-05-13T00%3A00%3A00Z", "a/b"])
def test_folders_that_lost_their_colons_or_their_names_are_read_once(import_now, archive, rows, folder):
    key = archive.put(0)
    archive.write(f"{folder}/results.jsonl", archive.s3.get_object(Bucket=archive.bucket, Key=key)["Body"].read())
    archive.s3.delete_object(Bucket=archive.bucket, Key=key)
    import_now()
    again = import_now()
    assert rows() == [(FIRST, 0.25)]
    assert (again["progress"]["rows"], again["progress"]["objects_skipped"]) == (0, 1)


def test_other_objects_are_no_results(import_now, archive):
    archive.put(0)
    archive.write("2022-05-13T00:05:00Z/my-results.jsonl", b"")
    archive.write("readme.txt", b"")
    assert import_now()["progress"]["objects_found"] == 1


def test_importing_twice_changes_nothing(import_now, archive, rows):
    for number in range(3):
        archive.put(number)
    archive.put(1, 0.75, name="results.csv")  # the same window twice: the later key counts, whenever it is asked
    import_now()
    before = rows()
    again = import_now()
    assert rows() == before == [(FIRST, 0.25), (SECOND, 0.25), ("2022-05-13T00:11:00Z", 0.25)]
    assert (again["progress"]["objects_skipped"], again["progress"]["rows"]) == (4, 0)


def test_an_object_that_changed_is_read_again(import_now, archive, rows):
    archive.put(0, 0.25, rows=3)
    import_now()
    archive.put(0, 0.75)
    assert import_now()["progress"]["objects_read"] == 1
    assert rows() == [(FIRST, 0.75)]


def test_a_later_import_from_another_place_counts(import_now, archive, rows):
    archive.put(0, 0.25)
    import_now("old/")
    replace(archive, prefix="corrected/").put(0, 0.5)
    import_now("corrected/")
    assert rows() == [(FIRST, 0.5)]


def test_what_was_collected_from_an_execution_stays(import_now, archive, resources, upstream, name, bucket, rows):
    key = replace(archive, prefix="out/").put(0, 0.75, rows=2)
    execute(upstream, name, bucket, key)
    collect_everything(resources)
    archive.put(0, 0.25, rows=3)  # the same window
    archive.write("2022-05-13T00:01:30Z/results.jsonl", lines(2, 7))  # another one, which shares a minute with it
    import_now()
    assert rows() == [(FIRST, 0.75), ("2022-05-13T00:02:00Z", 0.75), ("2022-05-13T00:07:00Z", 0.125)]


def test_the_result_of_an_execution_takes_the_place_of_an_imported_one(
    import_now, archive, resources, upstream, name, bucket, rows
):
    archive.put(0, 0.25, rows=3)
    import_now()
    key = replace(archive, prefix="out/").put(0, 0.75)
    execute(upstream, name, bucket, key)
    collect_everything(resources)
    assert rows() == [(FIRST, 0.75)]


def test_a_scheduler_that_is_created_later_has_the_history_that_was_imported(
    import_now, archive, resources, upstream, name, bucket, rows
):
    archive.put(0)
    import_now()
    key = replace(archive, prefix="out/").put(1, 0.75)
    execute(upstream, name, bucket, key)
    assert rows() == [(FIRST, 0.25), (SECOND, 0.75)]


def test_another_team_does_not_see_it(client_of, import_now, archive, name):
    archive.put(0)
    address, another = f"/v1/imports/{import_now()['id']}", client_of("another")
    problem_of(another.get(address), 404, "import-not-found")
    problem_of(another.delete(address), 404, "import-not-found")
    problem_of(another.get(f"/v1/schedulers/{name}/predictions"), 404, "scheduler-not-found")
    problem_of(another.get(f"/v1/schedulers/{name}/imports"), 404, "scheduler-not-found")


def test_an_import_goes_on_where_the_storage_left_it(begin, resources, archive, client, name, rows, monkeypatch):
    monkeypatch.setattr(import_listing, "_AT_ONCE", 2)
    archive.put_many(range(7))
    import_id = begin()
    read, calls = import_batches.find_object, []

    def fails(client, bucket, key):
        calls.append(key)
        if len(calls) == 4:
            raise StorageUnavailable("away")
        return read(client, bucket, key)

    monkeypatch.setattr(import_batches, "find_object", fails)
    with pytest.raises(StorageUnavailable):
        work_on_import(resources, import_id)
    half = client.get(f"/v1/imports/{import_id}").json
    assert (half["status"], half["progress"]["objects_read"], half["progress"]["objects_found"]) == ("running", 2, 7)
    monkeypatch.setattr(import_batches, "find_object", read)
    work_on_import(resources, import_id)
    done = client.get(f"/v1/imports/{import_id}").json
    assert (done["status"], done["progress"]["objects_read"], done["progress"]["rows"]) == ("succeeded", 7, 7)
    assert len(rows()) == 7


def test_a_long_import_is_done_in_slices(begin, resources, archive, client, queue, monkeypatch):
    monkeypatch.setattr(import_listing, "_AT_ONCE", 2)
    archive.put_many(range(4))
    import_id = begin()
    queue.take()
    work_on_import(resources, import_id, seconds=-1)
    assert queue.take() == [("facade.work_on_import", import_id)]
    work_on_import(resources, import_id)
    assert client.get(f"/v1/imports/{import_id}").json["status"] == "succeeded"


def test_an_import_that_kills_three_workers_in_one_place_fails_with_a_sentence(begin, resources, archive, client):
    archive.put(0)
    import_id = begin()
    for _ in range(3):
        with resources.database.begin() as db:
            imports.begin_attempt(db, import_id, resources.clock())
    work_on_import(resources, import_id)
    done = client.get(f"/v1/imports/{import_id}").json
    assert (done["status"], done["problem"]["type"]) == ("failed", "/problems/import-given-up")


def test_cancelling_in_the_midst_keeps_what_was_read(begin, resources, archive, client, rows, monkeypatch):
    monkeypatch.setattr(import_listing, "_AT_ONCE", 2)
    archive.put_many(range(6))
    import_id = begin()
    read, calls = import_batches.find_object, []

    def cancels(s3, bucket, key):
        calls.append(key)
        if len(calls) == 3:
            client.delete(f"/v1/imports/{import_id}")
        return read(s3, bucket, key)

    monkeypatch.setattr(import_batches, "find_object", cancels)
    monkeypatch.setattr(import_work, "_READERS", 1)
    work_on_import(resources, import_id)
    assert client.get(f"/v1/imports/{import_id}").json["status"] == "cancelled"
    assert [time for time, _ in rows()] == [FIRST, SECOND]


@pytest.fixture
def begin(client, name, bucket):
    """An import that no worker has seen yet; its id."""
    return lambda: client.post(f"/v1/schedulers/{name}/imports", json={"bucket": bucket, "prefix": "old/"}).json["id"]


def execute(upstream, name: str, bucket: str, key: str) -> None:
    """A scheduler whose one execution left its result under a key."""
    start = int(datetime.strptime(key.split("/")[-2], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    upstream.add_scheduler(
        name, InferenceSchedulerArn=f"arn:aws:lookoutequipment:::inference-scheduler/{name}/{bucket}"
    )
    upstream.add_execution(name, start)
    upstream.executions[name][0]["CustomerResultObject"] = {"Bucket": bucket, "Key": key}


def lines(*minutes: int) -> bytes:
    times = (datetime(2022, 5, 13, tzinfo=UTC) + timedelta(minutes=minute) for minute in minutes)
    return b"".join(
        b'{"timestamp": "%s", "prediction": 0, "anomaly_score": 0.125}\n' % f"{time:%Y-%m-%dT%H:%M:%S.%f}".encode()
        for time in times
    )
