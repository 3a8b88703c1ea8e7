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


def test_our_own_change_is_seen_at_once(client, name, upstream):
    upstream.add_scheduler(name)
    client.get(f"/v1/schedulers/{name}")

    client.post(f"/v1/schedulers/{name}/stop")

    assert client.get(f"/v1/schedulers/{name}").json["status"] == "STOPPING"


def test_a_change_fills_nested_structures_from_what_is_there(client, name, upstream):
    upstream.add_scheduler(name)

    changed = client.patch(
        f"/v1/schedulers/{name}",
        json={
            "data_delay_offset_in_minutes": 10,
            "data_input_configuration": {"inference_input_name_configuration": {"component_timestamp_delimiter": "-"}},
        },
    )

    assert changed.status_code == 200
    assert changed.json["data_delay_offset_in_minutes"] == 10
    assert upstream.schedulers[name]["DataInputConfiguration"] == {
        "S3InputConfiguration": {"Bucket": "plant", "Prefix": "in/"},
        "InputTimeZoneOffset": "+00:00",
        "InferenceInputNameConfiguration": {
            "TimestampFormat": "yyyyMMddHHmmss",
            "ComponentTimestampDelimiter": "-",
        },
    }


def test_an_empty_delimiter_and_an_empty_prefix_are_values_not_absences(client, name, upstream):
    upstream.add_scheduler(name)

    client.patch(
        f"/v1/schedulers/{name}",
        json={
            "data_input_configuration": {
                "s3_input_configuration": {"prefix": ""},
                "inference_input_name_configuration": {"component_timestamp_delimiter": ""},
            }
        },
    )

    source = upstream.schedulers[name]["DataInputConfiguration"]
    assert source["S3InputConfiguration"] == {"Bucket": "plant", "Prefix": ""}
    assert source["InferenceInputNameConfiguration"]["ComponentTimestampDelimiter"] == ""


def test_a_null_takes_the_output_key_away(client, name, upstream):
    upstream.add_scheduler(name)

    client.patch(f"/v1/schedulers/{name}", json={"data_output_configuration": {"kms_key_id": None}})

    assert upstream.schedulers[name]["DataOutputConfiguration"] == {
        "S3OutputConfiguration": {"Bucket": "plant", "Prefix": "out/"}
    }


def test_a_change_of_nothing_changes_nothing(client, name, upstream):
    upstream.add_scheduler(name)

    assert client.patch(f"/v1/schedulers/{name}", json={}).json == client.get(f"/v1/schedulers/{name}").json
    assert "UpdateInferenceScheduler" not in upstream.calls


def test_a_changed_scheduler_answers_with_the_etag_that_a_read_gives(client, name, upstream):
    upstream.add_scheduler(name)

    changed = client.patch(f"/v1/schedulers/{name}", json={"data_upload_frequency": "PT10M"})

    assert changed.headers["ETag"] == client.get(f"/v1/schedulers/{name}").headers["ETag"]


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_a_stale_if_match_changes_nothing(client, name, upstream, method):
    upstream.add_scheduler(name, "STOPPED")
    etag = client.get(f"/v1/schedulers/{name}").headers["ETag"]
    upstream.schedulers[name]["DataDelayOffsetInMinutes"] = 30
    body = {"json": {"data_upload_frequency": "PT10M"}} if method == "patch" else {}

    response = getattr(client, method)(f"/v1/schedulers/{name}", headers={"If-Match": etag}, **body)

    problem_of(response, 412, "precondition-failed")
    assert upstream.schedulers[name]["DataUploadFrequency"] == "PT5M"


def test_a_present_if_match_changes(client, name, upstream):
    upstream.add_scheduler(name, "STOPPED")
    etag = client.get(f"/v1/schedulers/{name}").headers["ETag"]

    assert client.delete(f"/v1/schedulers/{name}", headers={"If-Match": etag}).status_code == 204
    assert name not in upstream.schedulers


def test_a_deleted_scheduler_is_gone_from_the_cache_too(client, name, upstream):
    upstream.add_scheduler(name, "STOPPED")
    client.get(f"/v1/schedulers/{name}")

    client.delete(f"/v1/schedulers/{name}")

    problem_of(client.get(f"/v1/schedulers/{name}"), 404, "scheduler-not-found")


def test_deleting_a_running_scheduler_says_what_to_do(client, name, upstream):
    upstream.add_scheduler(name)

    problem = problem_of(client.delete(f"/v1/schedulers/{name}"), 409, "wrong-state")

    assert f"/v1/schedulers/{name}/stop" in problem["detail"]
    assert "force=true" in problem["detail"]


def test_force_stops_a_running_scheduler_and_deletes_it_through_an_operation(client, name, upstream, resources):
    upstream.add_scheduler(name)
    response = client.delete(f"/v1/schedulers/{name}?force=true")
    assert (response.status_code, response.json["kind"]) == (202, "delete_scheduler")

    watch_operation(resources, response.json["id"])
    assert upstream.schedulers[name]["Status"] == "STOPPING"
    upstream.schedulers[name]["Status"] = "STOPPED"
    watch_operation(resources, response.json["id"])
    assert name not in upstream.schedulers
    watch_operation(resources, response.json["id"])

    ended = client.get(response.headers["Operation-Location"]).json
    assert (ended["status"], ended["scheduler_status"]) == ("succeeded", None)


@pytest.mark.parametrize(("action", "status"), [("start", "RUNNING"), ("stop", "STOPPED")])
def test_starting_what_runs_and_stopping_what_stands_is_a_wrong_state(client, name, upstream, action, status):
    upstream.add_scheduler(name, status)

    problem = problem_of(client.post(f"/v1/schedulers/{name}/{action}"), 409, "wrong-state")

    assert status in problem["detail"]


@pytest.mark.parametrize(
    ("action", "before", "after"), [("start", "STOPPED", "PENDING"), ("stop", "RUNNING", "STOPPING")]
)
def test_a_change_whose_answer_got_lost_is_no_wrong_state_when_it_is_repeated(
    client, name, upstream, action, before, after
):
    upstream.add_scheduler(name, before)
    upstream.lose_answer_of = f"{action.title()}InferenceScheduler"

    response = client.post(f"/v1/schedulers/{name}/{action}")

    assert (response.status_code, response.json["scheduler_status"]) == (202, after)
    assert len([call for call in upstream.calls if not call.startswith(("Describe", "ListTags"))]) == 2


def test_a_deletion_whose_answer_got_lost_is_no_unknown_scheduler_when_it_is_repeated(client, name, upstream):
    upstream.add_scheduler(name, "STOPPED")
    client.get(f"/v1/schedulers/{name}")

    upstream.lose_answer_of = "DeleteInferenceScheduler"

    assert client.delete(f"/v1/schedulers/{name}").status_code == 204


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
