"""Trainings of more data than one task takes: done in pieces, by whoever is there, to the same end."""

import json
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from plant import NAMES, Plant, minutes_of
from test_trainings import DAY, FAULT, RANGES, START, fault_label, ingested, label_file, lines_of, machine, train

from service.engine.detection import FittedModel, Readings, load, score
from service.engine.objects import ObjectStore, ObjectsUnavailable
from service.engine.resources import Nudge
from service.engine.store import training_pieces
from service.engine.store.unfinished import version_of
from service.engine.work.attempts import KILLED_AT_MOST
from service.engine.work.leftovers import remove_leftovers
from service.engine.work.problems import InputProblem
from service.engine.work.tick import sweep, tick
from service.engine.worker import WORK

__all__ = ["ingested"]


def in_portions(plant: Plant, cells: int, *, at_once: int = 1) -> Plant:
    """The same plant, with trainings cut into portions of so many cells; done in one task up to `at_once` cells."""
    settings = replace(
        plant.resources.settings,
        training_cells_at_once=at_once,
        training_portion_cells=cells,
        engine_quotas="models=99",
    )
    return replace(plant, world=replace(plant.world, resources=replace(plant.resources, settings=settings)))


def fitted(plant: Plant, name: str) -> FittedModel:
    """What a training left in the engine's bucket."""
    model_id = plant.client.describe_model(ModelName=name)["ModelArn"].rpartition("/")[2]
    bucket, prefix = plant.resources.settings.engine_bucket, f"models/{model_id}/1/"
    text, arrays = plant.resources.objects.get_many(bucket, [prefix + "detector.json", prefix + "detector.npz"])
    return load(text.decode(), arrays)


def assert_same_model(plant: Plant, one: str, other: str) -> None:
    """The same scores within rounding, and so the same metrics."""
    moments = minutes_of(START + 2 * DAY, START + 3 * DAY)
    times = np.array([moment.replace(tzinfo=None) for moment in moments], dtype="datetime64[ns]")
    day = Readings(times, np.array([machine(moment) for moment in moments]), NAMES)
    scores, others = score(fitted(plant, one), day), score(fitted(plant, other), day)
    assert scores.anomalous.any()
    np.testing.assert_allclose(scores.score, others.score, atol=1e-4)
    np.testing.assert_allclose(scores.contributions, others.contributions, atol=1e-3)
    metrics = [json.loads(plant.client.describe_model(ModelName=name)["ModelMetrics"]) for name in (one, other)]
    assert metrics[0]["predicted_ranges"]
    assert_alike(*metrics)


def assert_alike(one: Any, other: Any, place: str = "") -> None:
    if isinstance(one, dict):
        assert one.keys() == other.keys(), place
        for name in one:
            assert_alike(one[name], other[name], f"{place}/{name}")
    elif isinstance(one, list):
        assert len(one) == len(other), place
        for number, (part, other_part) in enumerate(zip(one, other, strict=True)):
            assert_alike(part, other_part, f"{place}/{number}")
    elif isinstance(one, str):
        assert one == other, place
    else:
        assert one == pytest.approx(other, abs=1e-3), place


def parts_kept(plant: Plant) -> list[str]:
    found = plant.s3.list_objects_v2(Bucket=plant.resources.settings.engine_bucket, Prefix="trainings/")
    return [entry["Key"] for entry in found.get("Contents", [])]


@pytest.mark.parametrize("rate", [{}, {"DataPreProcessingConfiguration": {"TargetSamplingRate": "PT5M"}}])
def test_data_cut_otherwise_and_done_in_pieces_give_the_same_model(ingested, rate):
    asked = RANGES | label_file(ingested, fault_label()) | rate | {"OffCondition": "pump\\Sensor0<38"}
    place = {"S3OutputConfiguration": {"Bucket": ingested.bucket, "Prefix": "diagnosed/"}}
    asked |= {"ModelDiagnosticsOutputConfiguration": place}
    whole = in_portions(ingested, 10**9, at_once=10**9)
    assert train(whole, "whole", **asked)["Status"] == "SUCCESS"
    assert train(in_portions(ingested, 3000, at_once=10**9), "portions", **asked)["Status"] == "SUCCESS"
    assert train(in_portions(ingested, 4000), "pieces", **asked)["Status"] == "SUCCESS"
    assert_same_model(ingested, "whole", "portions")
    assert_same_model(ingested, "whole", "pieces")
    lines = {
        name: lines_of(
            ingested, {"Bucket": ingested.bucket, "Key": f"diagnosed/{name}/1/model_diagnostics_results.json.gz"}
        )
        for name in ("whole", "portions", "pieces")
    }
    assert_alike(lines["whole"], lines["portions"])
    assert_alike(lines["whole"], lines["pieces"])
    assert parts_kept(ingested) == []


def test_pieces_are_done_by_several_workers_in_any_order(ingested):
    """Every step's messages are shuffled and come twice; only preparing is one after the other."""
    plant = in_portions(ingested, 3000)
    plant.client.create_model(ModelName="model", DatasetName="plant", **RANGES)
    sent, done, chance = plant.resources.queue.sent, [], random.Random(3)
    while sent:
        chance.shuffle(sent)
        nudge = sent.pop()
        sent += [nudge] if chance.random() < 0.3 else []
        done.append(nudge.row_id.split("/")[2:])
        WORK[nudge.task](plant.resources, nudge.row_id)
    assert plant.client.describe_model(ModelName="model")["Status"] == "SUCCESS"
    steps = [place[0] for place in done if place]
    assert steps.count("judge") >= 3
    train(in_portions(ingested, 10**9, at_once=10**9), "whole", **RANGES)
    assert_same_model(ingested, "whole", "model")


class WorkerKilled(BaseException):
    """Ends a worker like a SIGKILL: nothing that it would have recorded is recorded."""


def test_a_killed_worker_costs_one_piece(ingested, monkeypatch):
    """Each of the first writes of every step kills the worker once; the sweep sends what was in hand again."""
    plant, put, killed = in_portions(ingested, 4000), ObjectStore.put, []

    def deadly(store, bucket, key, body, **more):
        put(store, bucket, key, body, **more)
        step = key.rpartition("/")[2].rpartition("-")[0]
        if key.startswith("trainings/") and step and step not in killed:
            killed.append(step)
            raise WorkerKilled

    plant.client.create_model(ModelName="model", DatasetName="plant", **RANGES)
    monkeypatch.setattr(ObjectStore, "put", deadly)
    while plant.client.describe_model(ModelName="model")["Status"] == "IN_PROGRESS":
        work_until_killed(plant)
        plant.world.clock.move(minutes=6)
        tick(plant.resources, plant.world.clock())
    monkeypatch.setattr(ObjectStore, "put", put)
    assert {"prepare", "found", "judge"} < set(killed)
    assert len(killed) > 4
    train(in_portions(ingested, 10**9, at_once=10**9), "whole", **RANGES)
    assert_same_model(ingested, "whole", "model")


def work_until_killed(plant: Plant) -> None:
    sent = plant.resources.queue.sent
    while sent:
        nudge: Nudge = sent.pop(0)
        try:
            WORK[nudge.task](plant.resources, nudge.row_id)
        except WorkerKilled:
            return


def test_a_piece_that_kills_every_worker_fails_the_training(ingested, monkeypatch):
    def deadly(*args):
        raise WorkerKilled

    plant = in_portions(ingested, 4000)
    plant.client.create_model(ModelName="model", DatasetName="plant", **RANGES)
    monkeypatch.setattr("service.engine.work.training.trainings.do_piece", deadly)
    for _ in range(KILLED_AT_MOST + 1):
        work_until_killed(plant)
        plant.world.clock.move(minutes=6)
        tick(plant.resources, plant.world.clock())
    work_until_killed(plant)
    told = plant.client.describe_model(ModelName="model")
    assert told["Status"] == "FAILED"
    assert told["FailedReason"].startswith(
        "Its worker was killed 3 times while it did portion 1 of the step prepare of version 1 of model;"
    )
    assert parts_kept(plant) == []


def test_while_s3_is_away_a_training_in_pieces_waits(ingested, monkeypatch):
    plant, put = in_portions(ingested, 4000), ObjectStore.put
    plant.client.create_model(ModelName="model", DatasetName="plant", **RANGES)

    def away(*args, **more):
        raise ObjectsUnavailable("S3 is away.")

    for _ in range(2 * KILLED_AT_MOST):
        monkeypatch.setattr(ObjectStore, "put", away)
        plant.work()
        monkeypatch.setattr(ObjectStore, "put", put)
        plant.world.clock.move(minutes=6)
        tick(plant.resources, plant.world.clock())
        one = plant.resources.queue.sent.pop()
        WORK[one.task](plant.resources, one.row_id)
    plant.work()
    assert plant.client.describe_model(ModelName="model")["Status"] == "SUCCESS"


def test_a_range_without_data_fails_in_pieces_as_well(ingested):
    told = train(
        in_portions(ingested, 4000),
        TrainingDataStartTime=FAULT[1].replace(year=2027),
        TrainingDataEndTime=FAULT[1].replace(year=2028),
    )
    assert told["Status"] == "FAILED"
    assert "It has data from 2026-02-01T00:00:00Z to 2026-02-04T00:00:00Z." in told["FailedReason"]
    assert parts_kept(ingested) == []


def test_parts_of_a_training_that_is_gone_are_removed(ingested):
    plant = in_portions(ingested, 4000)
    plant.client.create_model(ModelName="model", DatasetName="plant", **RANGES)
    for _ in range(4):
        nudge = plant.resources.queue.sent.pop(0)
        WORK[nudge.task](plant.resources, nudge.row_id)
    remove_leftovers(plant.resources)
    assert len(parts_kept(plant)) > 3
    plant.resources.objects.put(plant.resources.settings.engine_bucket, "trainings/nobodys/1/prepare-00000", b"")
    remove_leftovers(plant.resources)
    assert "trainings/nobodys/1/prepare-00000" not in parts_kept(plant)
    plant.work()
    assert plant.client.describe_model(ModelName="model")["Status"] == "SUCCESS"


def pieces_of(plant: Plant, training: str) -> list[training_pieces.TrainingPiece]:
    with plant.resources.database.begin() as connection:
        return training_pieces.of_version(connection, *version_of(training))


def test_a_training_that_has_failed_leaves_no_piece_even_if_its_worker_is_killed_then(ingested, monkeypatch):
    def deadly(*_):
        raise WorkerKilled

    def broken(*_):
        raise InputProblem("The data cannot be read.")

    plant = in_portions(ingested, 4000)
    plant.client.create_model(ModelName="model", DatasetName="plant", **RANGES)
    training = plant.resources.queue.sent[0].row_id
    work_until(plant, "run_training_piece")
    sent_again = [piece.kind for piece in sweep(plant.resources, plant.world.clock())]
    assert "training_piece" not in sent_again  # its message is on the way
    monkeypatch.setattr("service.engine.work.training.trainings.do_piece", broken)
    monkeypatch.setattr("service.engine.work.training.trainings._tidy", deadly)
    work_until_killed(plant)
    assert plant.client.describe_model(ModelName="model")["Status"] == "FAILED"
    assert pieces_of(plant, training) == []
    remove_leftovers(plant.resources)
    assert parts_kept(plant) == []


def work_until(plant: Plant, task: str) -> None:
    """Do what the messages ask for, until one asks for that task."""
    sent = plant.resources.queue.sent
    while sent[0].task != task:
        nudge = sent.pop(0)
        WORK[nudge.task](plant.resources, nudge.row_id)


def test_pieces_that_an_overtaken_worker_adds_to_a_training_that_has_ended_are_not_done(ingested, monkeypatch):
    plant = in_portions(ingested, 4000)
    plant.client.create_model(ModelName="model", DatasetName="plant", **RANGES)
    training = plant.resources.queue.sent[0].row_id
    plant.work()
    with plant.resources.database.begin() as connection:
        training_pieces.add(connection, *version_of(training), "judge", [0, 1], plant.world.clock())
    done = []
    monkeypatch.setattr("service.engine.work.training.trainings.do_piece", lambda *args: done.append(args))
    plant.world.clock.move(minutes=1)
    tick(plant.resources, plant.world.clock())
    plant.work()
    assert (done, pieces_of(plant, training)) == ([], [])
    assert plant.client.describe_model(ModelName="model")["Status"] == "SUCCESS"
