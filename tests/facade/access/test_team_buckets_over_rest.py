"""A team has the service read and write only where its data are: naming a bucket leads to nobody else's data."""

from dataclasses import replace

import pytest
from problem_checks import problem_of

from service.facade.api.base import EXTENSION


@pytest.fixture
def divided(app, resources, bucket):
    """The bucket of the test is that of `pumps`, and `plant` that of `fans`."""
    settings = replace(resources.settings, team_buckets=f"pumps={bucket}; fans=plant")
    app.extensions[EXTENSION] = replace(resources, settings=settings)


@pytest.fixture
def pumps(divided, client_of):
    return client_of("pumps")


def place(bucket: str) -> dict:
    return {"bucket": bucket, "prefix": "in/"}


def refused_at(response) -> str:
    return problem_of(response, 422, "invalid-request")["errors"][0]["pointer"]


@pytest.mark.parametrize("side", ["input", "output"])
def test_a_scheduler_cannot_be_created_over_the_data_of_another_team(pumps, new_scheduler, upstream, bucket, side):
    body = new_scheduler
    for one in ("input", "output"):
        body[f"data_{one}_configuration"] = {f"s3_{one}_configuration": place("plant" if one == side else bucket)}

    assert refused_at(pumps.post("/v1/schedulers", json=body)) == f"/data_{side}_configuration/s3_{side}_configuration"
    assert upstream.schedulers == {}


def test_a_scheduler_cannot_be_turned_to_the_data_of_another_team(pumps, upstream, name):
    upstream.add_scheduler(name, "STOPPED", team="pumps")
    changes = {"data_output_configuration": {"s3_output_configuration": {"bucket": "plant"}}}

    refused = pumps.patch(f"/v1/schedulers/{name}", json=changes)

    assert refused_at(refused) == "/data_output_configuration/s3_output_configuration"
    assert "UpdateInferenceScheduler" not in upstream.calls


def test_what_does_not_concern_places_can_be_changed_wherever_they_are(pumps, upstream, name):
    upstream.add_scheduler(name, "STOPPED", team="pumps")
    assert pumps.patch(f"/v1/schedulers/{name}", json={"data_upload_frequency": "PT10M"}).status_code == 200


def test_results_of_another_team_cannot_be_imported(pumps, name, bucket):
    address = f"/v1/schedulers/{name}/imports"
    theirs, nobodys = (
        problem_of(pumps.post(address, json={"bucket": one}), 422, "invalid-request")
        for one in ("plant", "nowhere-at-all")
    )

    assert theirs["detail"].replace("plant", "…") == nobodys["detail"].replace("nowhere-at-all", "…")
    assert pumps.post(address, json={"bucket": bucket}).status_code == 202


def test_a_team_that_is_not_named_may_use_nothing(divided, client_of, new_scheduler, bucket):
    stranger = client_of("others")
    assert (
        "It may use: nothing."
        in problem_of(stranger.post("/v1/schedulers", json=new_scheduler), 422, "invalid-request")["detail"]
    )


@pytest.mark.parametrize("kept", ["staging_bucket", "engine_bucket"])
def test_nobody_can_name_the_buckets_that_the_service_keeps_for_itself(client, resources, new_scheduler, name, kept):
    ours = getattr(resources.settings, kept)
    new_scheduler["data_input_configuration"] = {"s3_input_configuration": place(ours)}

    assert refused_at(client.post(f"/v1/schedulers/{name}/imports", json={"bucket": ours})) == "/bucket"
    assert refused_at(client.post("/v1/schedulers", json=new_scheduler)).startswith("/data_input_configuration")
