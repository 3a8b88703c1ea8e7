"""A second version scores the same windows, and never disturbs the first; through boto3 and S3."""

import json

import numpy as np
import pytest
from plant import MINUTE, NAMES, Plant, at, broken, normal

from service.engine.detection import Readings, fit
from service.engine.store import model_versions, models
from service.engine.work.bucket.trained_models import store_artefacts
from service.engine.work.inference import shadow_scoring
from service.engine.work.leftovers import remove_leftovers

START = at("2026-03-01T13:00")


@pytest.fixture(scope="module")
def used_to_the_fault():
    """A version that was trained on the machine as it is when it is broken."""
    moments = [at("2026-02-01") + count * MINUTE for count in range(1440)]
    times = np.array([moment.replace(tzinfo=None) for moment in moments], dtype="datetime64[ns]")
    return fit(Readings(times, np.array([broken(moment) for moment in moments]), NAMES))


@pytest.fixture
def shadowed(plant: Plant, used_to_the_fault) -> Plant:
    """A scheduler on version 1 with the other version as its shadow."""
    plant.model("model")
    prefix = "models/shadow/"
    store_artefacts(plant.resources.objects, plant.resources.settings.engine_bucket, prefix, used_to_the_fault, MINUTE)
    with plant.resources.database.begin() as connection:
        model = models.find(connection, plant.world.scope, "model")
        first = model_versions.get(connection, model.id, 1)
        model_versions.add(connection, **{**vars(first), "version": 2, "artefact_prefix": prefix})
    plant.scheduler(since="2026-03-01T13:01:00", ModelName="model", ShadowModelVersion=2)
    plant.pass_time(START + MINUTE)
    return plant


def run(plant: Plant, *machines) -> None:
    """A window for each machine; None for one without data, behind which neither version remembers what was before."""
    for number, machine in enumerate(machines):
        start = START + number * 5 * MINUTE
        if machine:
            plant.feed(start, start + 5 * MINUTE, machine=machine)
        plant.pass_time(start + 5 * MINUTE)


def compared(plant: Plant, **more) -> dict:
    return plant.client.compare_inference_events(
        InferenceSchedulerName="scheduler", IntervalStartTime=START, IntervalEndTime=START + 60 * MINUTE, **more
    )


def events_of(plant: Plant) -> list[dict]:
    return plant.client.list_inference_events(
        InferenceSchedulerName="scheduler", IntervalStartTime=START, IntervalEndTime=START + 60 * MINUTE
    )["InferenceEventSummaries"]


def test_the_shadow_version_tells_nobody(shadowed):
    run(shadowed, normal)
    scheduler = shadowed.client.describe_inference_scheduler(InferenceSchedulerName="scheduler")
    assert scheduler["LatestInferenceResult"] == "NORMAL"
    assert events_of(shadowed) == []
    assert shadowed.latest()["ModelVersion"] == 1
    assert {line["prediction"] for line in shadowed.results(shadowed.latest())} == {0}
    assert shadowed.keys("out/") == ["out/2026-03-01T13:00:00Z/results.jsonl"]


def test_its_lines_are_kept_by_the_engine(shadowed):
    run(shadowed, normal)
    place = shadowed.latest()["ShadowResultObject"]
    assert place["Bucket"] == shadowed.resources.settings.engine_bucket
    text = shadowed.s3.get_object(Bucket=place["Bucket"], Key=place["Key"])["Body"].read().decode()
    assert [json.loads(line)["prediction"] for line in text.splitlines()] == [1] * 5
    assert shadowed.latest()["ShadowModelVersion"] == 2


def test_the_diff_tells_what_each_version_found(shadowed):
    run(shadowed, normal, None, broken, broken)
    diff = compared(shadowed)
    assert (diff["ShadowModelVersion"], diff["ComparedExecutions"], diff["FailedShadowExecutions"]) == (2, 3, 0)
    found = [(one["FoundBy"], one["EventStartTime"], one["EventEndTime"]) for one in diff["InferenceEventComparisons"]]
    assert found == [
        ("ACTIVE", START + 11 * MINUTE, START + 20 * MINUTE),
        ("SHADOW", START + MINUTE, START + 5 * MINUTE),
    ]
    assert (diff["FoundByBoth"], diff["FoundByActiveOnly"], diff["FoundByShadowOnly"]) == (0, 1, 1)


def test_an_event_that_both_found_is_one_in_the_diff(shadowed):
    def both(moment):
        first, second, current = normal(moment)
        return first + 30, second, current

    run(shadowed, both)
    diff = compared(shadowed)
    assert (diff["FoundByBoth"], diff["FoundByActiveOnly"], diff["FoundByShadowOnly"]) == (1, 0, 0)
    (event,) = diff["InferenceEventComparisons"]
    assert (event["EventStartTime"], event["EventEndTime"]) == (START + MINUTE, START + 5 * MINUTE)
    assert (event["ActivePoints"], event["ShadowPoints"]) == (5, 5)


def test_the_diff_comes_in_pages(shadowed):
    run(shadowed, normal, None, broken)
    first = compared(shadowed, MaxResults=1)
    second = compared(shadowed, MaxResults=1, NextToken=first["NextToken"])
    found = [answer["InferenceEventComparisons"][0]["FoundBy"] for answer in (first, second)]
    assert found == ["ACTIVE", "SHADOW"]
    assert "NextToken" not in second


def test_a_shadow_version_that_cannot_be_loaded_does_not_fail_the_run(shadowed):
    shadowed.s3.delete_object(Bucket=shadowed.resources.settings.engine_bucket, Key="models/shadow/detector.json")
    run(shadowed, broken)
    execution = shadowed.latest()
    assert execution["Status"] == "SUCCESS"
    assert "Version 2" in execution["ShadowFailedReason"]
    assert "ShadowResultObject" not in execution
    diff = compared(shadowed)
    assert (diff["ComparedExecutions"], diff["FailedShadowExecutions"], diff["FoundByActiveOnly"]) == (0, 1, 0)


def test_a_shadow_version_that_breaks_does_not_fail_the_run(shadowed, monkeypatch):
    def broken_down(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(shadow_scoring, "score_window", broken_down)
    run(shadowed, broken)
    assert shadowed.latest()["Status"] == "SUCCESS"
    assert "ZeroDivisionError" in shadowed.latest()["ShadowFailedReason"]
    assert len(events_of(shadowed)) == 1


def test_after_its_promotion_a_version_is_no_shadow_any_more(shadowed):
    with shadowed.resources.database.begin() as connection:
        model = models.find(connection, shadowed.world.scope, "model")
        models.change(connection, model.id, active_version=2)
    run(shadowed, normal)
    execution = shadowed.latest()
    assert execution["ModelVersion"] == 2
    assert not {"ShadowModelVersion", "ShadowResultObject", "ShadowFailedReason"} & set(execution)


def test_executions_without_a_shadow_version_have_no_part_in_the_diff(shadowed):
    shadowed.client.update_inference_scheduler(InferenceSchedulerName="scheduler", ShadowModelVersion=0)
    run(shadowed, broken)
    diff = compared(shadowed, ShadowModelVersion=2)
    assert (diff["ComparedExecutions"], diff["InferenceEventComparisons"]) == (0, [])


def test_a_replay_scores_with_the_shadow_version_too(shadowed):
    shadowed.client.update_inference_scheduler(InferenceSchedulerName="scheduler", ShadowModelVersion=0)
    run(shadowed, broken, normal)
    shadowed.client.update_inference_scheduler(InferenceSchedulerName="scheduler", ShadowModelVersion=2)
    shadowed.client.start_inference_replay(
        InferenceSchedulerName="scheduler", StartTime=START, EndTime=START + 10 * MINUTE, ExistingResults="OVERWRITE"
    )
    shadowed.work()
    assert compared(shadowed)["ComparedExecutions"] == 2


def test_its_lines_go_with_the_scheduler(shadowed):
    run(shadowed, normal)
    place = shadowed.latest()["ShadowResultObject"]

    def kept() -> bool:
        return "Contents" in shadowed.s3.list_objects_v2(Bucket=place["Bucket"], Prefix=place["Key"])

    remove_leftovers(shadowed.resources)
    assert kept()
    shadowed.client.stop_inference_scheduler(InferenceSchedulerName="scheduler")
    shadowed.pass_time(START + 6 * MINUTE)
    shadowed.client.delete_inference_scheduler(InferenceSchedulerName="scheduler")
    remove_leftovers(shadowed.resources)
    assert not kept()
