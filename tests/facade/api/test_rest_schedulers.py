"""/v1/schedulers over the wire to a small engine."""

import pytest
from problem_checks import problem_of

from service.facade.usecases.operations import WATCH, watch_operation


def test_creating_answers_202_with_the_scheduler_and_the_operation(client, new_scheduler, name, queue):
    response = client.post("/v1/schedulers", json=new_scheduler)

    assert response.status_code == 202
    operation = response.json
    assert operation["kind"] == "create_scheduler"
    assert (operation["status"], operation["scheduler_status"]) == ("running", "PENDING")
    assert response.headers["Location"] == f"/v1/schedulers/{name}"
    assert response.headers["Operation-Location"] == f"/v1/operations/{operation['id']}"
    assert queue.take() == [(WATCH, operation["id"])]


def test_creating_without_a_role_uses_the_role_in_the_settings(client, new_scheduler, name, upstream, settings):
    client.post("/v1/schedulers", json=new_scheduler)

    assert upstream.schedulers[name]["RoleArn"] == settings.default_role_arn


def test_the_operation_of_a_creation_succeeds_once_the_scheduler_runs(client, new_scheduler, name, upstream, resources):
    where = client.post("/v1/schedulers", json=new_scheduler).headers["Operation-Location"]
    watch_operation(resources, where.rpartition("/")[2])
    assert client.get(where).json["status"] == "running"

    upstream.schedulers[name]["Status"] = "RUNNING"
    watch_operation(resources, where.rpartition("/")[2])

    operation = client.get(where).json
    assert (operation["status"], operation["scheduler_status"], operation["problem"]) == ("succeeded", "RUNNING", None)


def test_a_name_that_is_taken_is_a_conflict_with_the_engines_words(client, new_scheduler, name, upstream):
    upstream.add_scheduler(name)

    problem = problem_of(client.post("/v1/schedulers", json=new_scheduler), 409, "conflict")

    assert "already exists" in problem["detail"]
    assert problem["aws_error_code"] == "ConflictException"


def test_a_model_that_does_not_exist_is_named(client, new_scheduler):
    problem = problem_of(
        client.post("/v1/schedulers", json=new_scheduler | {"model_name": "other"}), 404, "model-not-found"
    )

    assert "other" in problem["detail"]


def test_a_second_scheduler_on_a_model_is_a_used_up_quota(client, new_scheduler, upstream):
    upstream.refuse("CreateInferenceScheduler", "ServiceQuotaExceededException", "one per model")

    problem_of(client.post("/v1/schedulers", json=new_scheduler), 403, "quota-exceeded")


def test_describing_gives_every_field_of_the_describe_call_in_snake_case(client, name, upstream):
    upstream.add_scheduler(name, LatestInferenceResult="NORMAL")

    assert client.get(f"/v1/schedulers/{name}").json == {
        "inference_scheduler_name": name,
        "inference_scheduler_arn": upstream.schedulers[name]["InferenceSchedulerArn"],
        "model_name": "pump-model",
        "model_arn": upstream.schedulers[name]["ModelArn"],
        "status": "RUNNING",
        "data_delay_offset_in_minutes": 0,
        "data_upload_frequency": "PT5M",
        "created_at": "2026-03-01T12:30:00.250Z",
        "updated_at": "2026-03-01T12:30:00.250Z",
        "data_input_configuration": {
            "s3_input_configuration": {"bucket": "plant", "prefix": "in/"},
            "input_time_zone_offset": "+00:00",
            "inference_input_name_configuration": {
                "timestamp_format": "yyyyMMddHHmmss",
                "component_timestamp_delimiter": "_",
            },
        },
        "data_output_configuration": {
            "s3_output_configuration": {"bucket": "plant", "prefix": "out/"},
            "kms_key_id": "alias/plant",
        },
        "role_arn": "arn:aws:iam::000000000000:role/lookout",
        "server_side_kms_key_id": None,
        "latest_inference_result": "NORMAL",
    }


def test_describing_twice_asks_the_engine_once(client, name, upstream):
    upstream.add_scheduler(name)

    assert client.get(f"/v1/schedulers/{name}").data == client.get(f"/v1/schedulers/{name}").data
    assert upstream.calls.count("DescribeInferenceScheduler") == 1


def test_no_cache_asks_the_engine_and_refreshes_what_others_get(client, name, upstream):
    upstream.add_scheduler(name)
    client.get(f"/v1/schedulers/{name}")
    upstream.schedulers[name]["Status"] = "STOPPED"

    fresh = client.get(f"/v1/schedulers/{name}", headers={"Cache-Control": "no-cache"})

    assert fresh.json["status"] == "STOPPED"
    assert client.get(f"/v1/schedulers/{name}").json["status"] == "STOPPED"


def test_an_etag_the_caller_has_already_is_a_304_without_a_body(client, name, upstream):
    upstream.add_scheduler(name)
    etag = client.get(f"/v1/schedulers/{name}").headers["ETag"]

    again = client.get(f"/v1/schedulers/{name}", headers={"If-None-Match": etag})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)


def test_describing_does_not_touch_the_database(client, name, upstream, resources, monkeypatch):
    upstream.add_scheduler(name)
    monkeypatch.setattr(type(resources.database), "begin", lambda _: pytest.fail("the database was used"))

    assert client.get(f"/v1/schedulers/{name}").status_code == 200


def test_a_creation_whose_answer_got_lost_is_repeated_with_the_same_token(client, new_scheduler, upstream):
    upstream.lose_answer_of = "CreateInferenceScheduler"

    assert client.post("/v1/schedulers", json=new_scheduler).status_code == 202


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("patch", ""), ("delete", ""), ("post", "/start"), ("post", "/stop"), ("get", "/executions")],
)
def test_an_unknown_scheduler_is_named(client, name, method, path):
    body = {"json": {"data_upload_frequency": "PT10M"}} if method == "patch" else {}

    problem = problem_of(getattr(client, method)(f"/v1/schedulers/{name}{path}", **body), 404, "scheduler-not-found")

    assert name in problem["detail"]


def test_a_name_that_nothing_can_have_is_not_asked_for(client, upstream):
    problem = problem_of(client.get("/v1/schedulers/not%20a%20name"), 404, "scheduler-not-found")

    assert problem["errors"][0]["parameter"] == "scheduler_name"
    assert upstream.calls == []


def test_the_list_is_filtered_by_prefix_model_and_status(client, name, upstream):
    upstream.add_scheduler(f"{name}-a", "STOPPED")
    upstream.add_scheduler(f"{name}-b")
    upstream.add_scheduler("other", "STOPPED")

    page = client.get(f"/v1/schedulers?name_prefix={name}&status=STOPPED&model_name=pump-model").json

    assert [one["inference_scheduler_name"] for one in page["schedulers"]] == [f"{name}-a"]
    assert page["next"] is None


def test_next_leads_through_all_pages_with_the_same_filters(client, name, upstream):
    for number in range(5):
        upstream.add_scheduler(f"{name}-{number}")
    upstream.add_scheduler("other")
    address, seen = f"/v1/schedulers?name_prefix={name}&limit=2", []

    while address:
        page = client.get(address).json
        seen += [one["inference_scheduler_name"] for one in page["schedulers"]]
        address = page["next"]

    assert seen == [f"{name}-{number}" for number in range(5)]
