"""PATCH, DELETE, start and stop of a scheduler, over the wire to a small engine."""

import pytest
from problem_checks import problem_of

from service.facade.usecases.operations import watch_operation


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
