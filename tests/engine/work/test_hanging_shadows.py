"""A shadow version that hangs holds nothing for longer than its execution may take, and the execution is a SUCCESS."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from time import monotonic

import pytest
from plant import MINUTE, Plant, at, fitted_plant
from short_limits import LIMIT, SLOT, until
from structlog.testing import capture_logs

from service.engine import worker
from service.engine.resources import Resources
from service.engine.store import model_versions, models
from service.engine.work.bucket.trained_models import store_artefacts
from service.engine.work.inference import executions, shadow_scoring
from service.engine.work.inference.time_limits import Limited, TimeIsUp, TimeLimits
from service.engine.work.tick import tick
from service.engine.worker import WORK
from service.telemetry.declaring import REGISTRY

START = at("2026-03-01T13:00")


@pytest.fixture
def shadowed(plant: Plant) -> Plant:
    """A scheduler whose shadow version is another copy of the active one, with data for three windows."""
    plant.model("model")
    prefix = "models/shadow/"
    store_artefacts(plant.resources.objects, plant.resources.settings.engine_bucket, prefix, fitted_plant(), MINUTE)
    with plant.resources.database.begin() as connection:
        model = models.find(connection, plant.world.scope, "model")
        first = model_versions.get(connection, model.id, 1)
        model_versions.add(connection, **{**vars(first), "version": 2, "artefact_prefix": prefix})
    plant.scheduler(since="2026-03-01T13:01:00", ModelName="model", ShadowModelVersion=2)
    plant.feed_windows(START, 3)
    return plant


@pytest.fixture
def hanging(shadowed: Plant, monkeypatch) -> Iterator[tuple[Resources, Event]]:
    """The resources of a worker whose shadow versions hang until they are let go. Its slots are short."""
    let_go, score = Event(), shadow_scoring.score_window

    def hang(*asked):
        let_go.wait(30)
        return score(*asked)

    monkeypatch.setattr(shadow_scoring, "score_window", hang)
    for module, seconds in ((worker, SLOT), (executions, SLOT), (shadow_scoring, 0)):
        monkeypatch.setattr(module, "SLOT_SECONDS", seconds)
    settings = replace(shadowed.resources.settings, execution_seconds=LIMIT)
    yield replace(shadowed.resources, settings=settings), let_go
    let_go.set()
    until(lambda: not len(executions.TIME_LIMITS))


def fall_due(plant: Plant, resources: Resources, minutes: int) -> None:
    plant.world.clock.now = START + minutes * MINUTE
    tick(plant.resources, plant.world.clock())
    while plant.resources.queue.sent:
        nudge = plant.resources.queue.sent.pop(0)
        WORK[nudge.task](resources, nudge.row_id)


def statuses(plant: Plant) -> list[str]:
    return [execution["Status"] for execution in plant.executions()]


def shadows(outcome: str) -> float:
    return REGISTRY.get_sample_value("lookout_engine_shadows_total", {"outcome": outcome}) or 0.0


def shadow_keys(plant: Plant) -> list[str]:
    scheduler = plant.client.describe_inference_scheduler(InferenceSchedulerName="scheduler")
    folder = f"shadows/{scheduler['InferenceSchedulerArn'].rpartition('/')[2]}/"
    found = plant.s3.list_objects_v2(Bucket=plant.resources.settings.engine_bucket, Prefix=folder)
    return [entry["Key"] for entry in found.get("Contents", [])]


def test_the_execution_ends_in_its_time_without_what_the_shadow_found(shadowed, hanging):
    resources, let_go = hanging
    counted = {outcome: shadows(outcome) for outcome in ("succeeded", "failed", "given_up")}
    with capture_logs() as logs:
        began = monotonic()
        fall_due(shadowed, resources, 5)
        assert len(executions.TIME_LIMITS) == 1  # the slot is free, and the shadow hangs
        until(lambda: statuses(shadowed) == ["SUCCESS"])
        assert monotonic() - began >= LIMIT
        until(lambda: shadows("given_up") > counted["given_up"])
        let_go.set()
        until(lambda: not len(executions.TIME_LIMITS))
    said = [line["event"] for line in logs]
    assert (said.count("shadow_given_up"), said.count("execution_came_too_late")) == (1, 1)
    execution = shadowed.latest()
    assert execution["ShadowFailedReason"] == (
        "The shadow version had not scored the window 3 seconds after it began (LOOKOUT_EXECUTION_SECONDS)."
    )
    assert "ShadowResultObject" not in execution
    assert len(shadowed.results(execution)) == 5
    assert {outcome: shadows(outcome) - before for outcome, before in counted.items()} == {
        "succeeded": 0, "failed": 0, "given_up": 1,
    }  # fmt: skip
    assert shadow_keys(shadowed) == []


def test_the_windows_after_it_are_run_and_leave_out_the_shadow_that_hangs(shadowed, hanging):
    resources, let_go = hanging
    fall_due(shadowed, resources, 5)
    until(lambda: statuses(shadowed) == ["SUCCESS"])
    fall_due(shadowed, resources, 10)
    until(lambda: statuses(shadowed) == ["SUCCESS", "SUCCESS"])
    assert "has not come back" in shadowed.latest()["ShadowFailedReason"]
    let_go.set()
    until(lambda: not len(executions.TIME_LIMITS))
    fall_due(shadowed, resources, 15)
    until(lambda: statuses(shadowed)[0] == "SUCCESS")
    assert "ShadowResultObject" in shadowed.latest()


def test_a_shadow_that_comes_in_time_is_kept_and_counted(shadowed):
    before = shadows("succeeded")
    for minutes in (5, 10):
        fall_due(shadowed, shadowed.resources, minutes)
    assert all("ShadowResultObject" in execution for execution in shadowed.executions())
    assert shadows("succeeded") - before == 2
    assert len(shadow_keys(shadowed)) == 2


def test_what_comes_beside_a_result_is_bounded_by_the_seconds_that_are_left():
    limits, given_up = TimeLimits(), []
    own = Limited(group="a", seconds=0.05, give_up=lambda: given_up.append("the window"))
    with limits.limit(own):
        limits.check_writing()
        assert limits.is_slow("a", 0) is False  # it is this thread's own
        limits.go_on_beside(lambda: given_up.append("what is beside it"))
        until(lambda: given_up)
        with pytest.raises(TimeIsUp):
            limits.check_writing()
    assert given_up == ["what is beside it"]


def test_a_process_is_told_of_a_shadow_that_does_not_come_back():
    limits, lost = TimeLimits(), Event()
    limits.when_lost = lambda _: lost.set()
    with limits.limit(Limited(group="a", seconds=0.02, give_up=lambda: None)):
        limits.check_writing()
        limits.go_on_beside(lambda: None)
        assert lost.wait(15)
