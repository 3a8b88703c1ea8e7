"""/v1/operations"""

import pytest
from problem_checks import problem_of

from service.facade.usecases.operations import watch_operation


def test_an_operation_shows_what_it_is_and_when(client, name, upstream):
    upstream.add_scheduler(name)
    begun = client.post(f"/v1/schedulers/{name}/stop")

    operation = client.get(begun.headers["Operation-Location"]).json

    assert operation == begun.json
    assert operation["kind"] == "stop_scheduler"
    assert operation["inference_scheduler_name"] == name
    assert operation["created_at"].endswith("Z")


def test_a_failed_operation_carries_its_problem(client, name, upstream, resources):
    upstream.add_scheduler(name)
    where = client.post(f"/v1/schedulers/{name}/stop").headers["Operation-Location"]
    del upstream.schedulers[name]
    watch_operation(resources, where.rpartition("/")[2])

    operation = client.get(where).json

    assert operation["status"] == "failed"
    assert operation["problem"]["type"] == "/problems/scheduler-not-found"
    assert (operation["problem"]["status"], operation["problem"]["aws_error_code"]) == (
        404,
        "ResourceNotFoundException",
    )


def test_an_unknown_operation_is_a_404(client):
    assert "nonsense" in problem_of(client.get("/v1/operations/nonsense"), 404, "operation-not-found")["detail"]


@pytest.mark.parametrize("wait", ["soon", "-1", "nan", "inf", "", "3601"])
def test_a_wait_that_is_no_number_of_seconds_is_named(client, wait):
    problem = problem_of(client.get(f"/v1/operations/any?wait={wait}"), 422, "invalid-request")

    assert problem["errors"][0]["parameter"] == "wait"


def test_waiting_for_an_unknown_operation_does_not_wait(client):
    problem_of(client.get("/v1/operations/nonsense?wait=30"), 404, "operation-not-found")
