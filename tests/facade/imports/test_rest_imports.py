"""/v1/schedulers/{name}/imports and /v1/imports"""

from problem_checks import problem_of

from service.facade.usecases.import_work import sweep_imports, work_on_import


def test_an_import_is_accepted_with_its_address_and_left_to_a_worker(client, name, bucket, archive, queue):
    archive.put(0)

    response = client.post(f"/v1/schedulers/{name}/imports", json={"bucket": bucket, "prefix": "old/"})

    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/imports/{response.json['id']}"
    assert (response.json["status"], response.json["progress"]["objects_found"]) == ("queued", None)
    assert queue.take() == [("facade.work_on_import", response.json["id"])]
    assert client.get(response.headers["Location"]).json == response.json


def test_what_came_of_it_is_told(import_now, archive):
    archive.put(0, rows=5)
    archive.put(1, rows=3)
    bad = archive.write("2022-05-13T00:10:00Z/results.jsonl", b"<html>\n")

    done = import_now()

    assert done["status"] == "succeeded"
    assert done["progress"] == {
        "objects_found": 3, "objects_read": 2, "objects_skipped": 0, "objects_unreadable": 1, "rows": 8,
    }  # fmt: skip
    assert done["unreadable"] == [{"key": bad, "reason": "line 1 is no result line: b'<html>'"}]


def test_a_place_without_results_is_said(import_now, bucket):
    done = import_now("nowhere/")

    assert (done["status"], done["problem"]["type"]) == ("failed", "/problems/nothing-to-import")
    assert f"s3://{bucket}/nowhere/" in done["problem"]["detail"]


def test_a_bucket_that_is_not_there_points_at_itself(client, name):
    response = client.post(f"/v1/schedulers/{name}/imports", json={"bucket": "no-such-bucket"})

    assert problem_of(response, 422, "invalid-request")["errors"] == [
        {"pointer": "/bucket", "detail": "There is no bucket 'no-such-bucket'."}
    ]


def test_an_address_in_the_place_of_a_prefix_is_refused(client, name, bucket):
    response = client.post(f"/v1/schedulers/{name}/imports", json={"bucket": bucket, "prefix": f"s3://{bucket}/old/"})

    (error,) = problem_of(response, 422, "invalid-request")["errors"]
    assert error["pointer"] == "/prefix"
    assert "begins behind the bucket, without s3://" in error["detail"]


def test_nothing_is_accepted_while_no_work_can_be_left(client, name, bucket, queue):
    queue.away = True

    problem_of(client.post(f"/v1/schedulers/{name}/imports", json={"bucket": bucket}), 503, "queue-unavailable")

    problem_of(client.get(f"/v1/schedulers/{name}/imports"), 404, "scheduler-not-found")


def test_imports_are_listed_newest_first_page_by_page(client, name, bucket, archive):
    archive.put(0)
    body = {"bucket": bucket, "prefix": "old/"}
    ids = [client.post(f"/v1/schedulers/{name}/imports", json=body).json["id"] for _ in range(3)]

    first = client.get(f"/v1/schedulers/{name}/imports?limit=2").json
    rest = client.get(first["next"]).json

    assert [one["id"] for one in first["imports"] + rest["imports"]] == ids[::-1]
    assert rest["next"] is None


def test_a_cancelled_import_is_left_alone(client, resources, name, bucket, archive, rows):
    archive.put(0)
    address = client.post(f"/v1/schedulers/{name}/imports", json={"bucket": bucket}).headers["Location"]

    assert client.delete(address).json["status"] == "cancelled"
    work_on_import(resources, address.rpartition("/")[2])

    assert client.get(address).json["status"] == "cancelled"
    assert client.delete(address).json["status"] == "cancelled"


def test_a_lost_nudge_is_sent_again(client, resources, name, bucket, archive, queue):
    archive.put(0)
    import_id = client.post(f"/v1/schedulers/{name}/imports", json={"bucket": bucket}).json["id"]
    queue.take()

    sweep_imports(resources)

    assert ("facade.work_on_import", import_id) in queue.take()


def test_an_unknown_import_is_a_404(client):
    problem_of(client.get(f"/v1/imports/{'0' * 32}"), 404, "import-not-found")
    problem_of(client.delete(f"/v1/imports/{'0' * 32}"), 404, "import-not-found")


def test_the_same_key_again_is_the_same_import(client, name, bucket, archive):
    archive.put(0)
    key = {"Idempotency-Key": f"import-{name}"}
    body = {"bucket": bucket, "prefix": "old/"}

    first, again = (client.post(f"/v1/schedulers/{name}/imports", json=body, headers=key) for _ in range(2))

    assert first.json["id"] == again.json["id"]
    assert len(client.get(f"/v1/schedulers/{name}/imports").json["imports"]) == 1


def test_a_prefix_that_is_no_text_is_refused(client, name, bucket):
    for prefix, status in (("\\ud800", 400), ("\\u0000", 422), ("\\n", 422)):
        body = f'{{"bucket": "{bucket}", "prefix": "{prefix}"}}'
        response = client.post(f"/v1/schedulers/{name}/imports", data=body, content_type="application/json")
        assert response.status_code == status, prefix
