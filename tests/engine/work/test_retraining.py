"""Retraining over months with a driven clock: through boto3 and S3, scheduled runs included."""

import json
from datetime import datetime

import pytest
from engine_world import ROLE
from machine_history import DAY, FEBRUARY, HOUR, JANUARY, ingest, live, model, retrain, train, version, watch, worn
from plant import Plant, at, broken, normal
from sqlalchemy import update

from service.engine.store import due_retrainings
from service.engine.store.database import Connection
from service.engine.store.retraining_schedulers import RetrainingScheduler
from service.engine.store.tables import model_versions
from service.engine.work.retraining.promotion import merit
from service.engine.work.tick import tick
from service.engine.work.training import trainings

MARCH_2, APRIL_1 = at("2026-03-02"), at("2026-04-01")


@pytest.fixture
def watched(plant_without_catch_up: Plant) -> Plant:
    """A model of January, and a scheduler that has run since."""
    plant = plant_without_catch_up
    plant.world.clock.now = FEBRUARY
    ingest(plant)
    assert train(plant)["Status"] == "SUCCESS"
    watch(plant)
    return plant


@pytest.fixture
def modelled(plant_without_catch_up: Plant) -> Plant:
    """A model of January, and nothing else."""
    plant = plant_without_catch_up
    plant.world.clock.now = FEBRUARY
    ingest(plant)
    train(plant)
    return plant


def anomalies(plant: Plant, execution: dict) -> int:
    return sum(line["prediction"] for line in plant.results(execution))


def test_a_model_learns_over_months_what_is_normal_now(watched: Plant):
    """The machine is overhauled on the first of February. Version 1 alarms ever since; version 2 has learnt it."""
    retrain(watched, "2026-03-02")
    live(watched, FEBRUARY, MARCH_2, worn)
    before = watched.latest()
    assert (before["ModelVersion"], anomalies(watched, before)) == (1, 60)
    told = model(watched)
    assert told["AccumulatedInferenceDataStartTime"] == FEBRUARY
    assert told["AccumulatedInferenceDataEndTime"] == MARCH_2 - DAY + HOUR
    assert told["NextScheduledRetrainingStartDate"] == MARCH_2

    live(watched, MARCH_2, MARCH_2 + 2 * DAY, worn)
    second = version(watched, 2)
    assert (second["Status"], second["SourceType"]) == ("SUCCESS", "RETRAINING"), second
    assert (second["TrainingDataStartTime"], second["TrainingDataEndTime"]) == (MARCH_2 - 180 * DAY, MARCH_2)
    assert second["RetrainingAvailableDataInDays"] == 31 + 29
    assert second["AutoPromotionResult"] == "MODEL_PROMOTED", second
    assert len(json.loads(second["PriorModelMetrics"])["predicted_ranges"]) >= 29
    after = watched.latest()
    assert after["ModelVersion"] == 2
    assert anomalies(watched, after) < 10

    live(watched, APRIL_1, APRIL_1 + DAY, worn)
    told = model(watched)
    assert (told["ActiveModelVersion"], told["PreviousActiveModelVersion"]) == (3, 2)
    assert told["LatestScheduledRetrainingStatus"] == "SUCCESS"
    assert told["LatestScheduledRetrainingModelVersion"] == 3
    assert told["LatestScheduledRetrainingAvailableDataInDays"] == 31 + 29 + 2
    assert told["NextScheduledRetrainingStartDate"] == APRIL_1 + 30 * DAY
    assert told["Status"] == "SUCCESS"


def test_windows_that_failed_are_holes(watched: Plant):
    failed = [FEBRUARY + number * DAY for number in range(3, 13)]
    live(watched, FEBRUARY, FEBRUARY + 20 * DAY, but=failed)
    retrain(watched, "2026-02-21")
    live(watched, FEBRUARY + 20 * DAY, FEBRUARY + 21 * DAY)
    assert version(watched, 2)["RetrainingAvailableDataInDays"] == 31 + 10


def test_manual_promotion_leaves_the_choice_to_the_user(modelled: Plant):
    retrain(modelled, "2026-02-02", PromoteMode="MANUAL")
    modelled.pass_time("2026-02-02T00:00:01")
    second = version(modelled, 2)
    assert (second["Status"], second["AutoPromotionResult"]) == ("SUCCESS", "MODEL_NOT_PROMOTED")
    assert "MANUAL" in second["AutoPromotionResultReason"]
    assert model(modelled)["ActiveModelVersion"] == 1
    modelled.client.update_active_model_version(ModelName="model", ModelVersion=2)
    assert model(modelled)["ActiveModelVersion"] == 2


def test_the_next_execution_takes_the_version_that_was_activated(watched: Plant):
    retrain(watched, "2026-02-02", PromoteMode="MANUAL")
    live(watched, FEBRUARY, FEBRUARY + 2 * DAY)
    watched.client.update_active_model_version(ModelName="model", ModelVersion=2)
    live(watched, FEBRUARY + 2 * DAY, FEBRUARY + 3 * DAY)
    assert [execution["ModelVersion"] for execution in watched.executions()] == [2, 1, 1]
    assert watched.latest()["ModelVersionArn"].endswith("/model-version/2")


def test_data_beyond_the_lookback_window_does_not_count(modelled: Plant):
    """Of a dataset that ends in January, a window of 180 days has 9 days left at the end of July: too few."""
    retrain(modelled, "2026-07-22")
    modelled.pass_time("2026-07-22T00:00:00")
    second, told = version(modelled, 2), model(modelled)
    assert (second["Status"], second["AutoPromotionResult"]) == ("FAILED", "RETRAINING_CUSTOMER_ERROR")
    assert second["FailedReason"].startswith("There are 9 days with data from 2026-01-23T00:00:00Z to 2026-07-22")
    assert second["AutoPromotionResultReason"][:200] == second["FailedReason"][:200]
    assert second["RetrainingAvailableDataInDays"] == 9
    assert (told["Status"], told["ActiveModelVersion"]) == ("SUCCESS", 1)
    assert told["LatestScheduledRetrainingFailedReason"] == second["FailedReason"]


def test_a_retraining_takes_what_was_ingested_since(modelled: Plant):
    ingest(modelled, FEBRUARY - 5 * DAY, FEBRUARY + 30 * DAY, worn)
    retrain(modelled, "2026-03-10")
    modelled.pass_time("2026-03-10T00:00:00")
    second = version(modelled, 2)
    assert (second["Status"], second["RetrainingAvailableDataInDays"]) == ("SUCCESS", 35)


def test_a_fault_of_the_engine_is_not_the_users(modelled: Plant, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(trainings, "train", broken)
    retrain(modelled, "2026-02-02")
    modelled.pass_time("2026-02-02T00:00:00")
    second = version(modelled, 2)
    assert (second["Status"], second["AutoPromotionResult"]) == ("FAILED", "RETRAINING_INTERNAL_ERROR")
    assert model(modelled)["Status"] == "SUCCESS"


def test_labels_are_read_again(modelled: Plant):
    """The model had none; by the time of its retraining somebody has labelled a day on which nothing was wrong."""
    modelled.put("labels/labels.csv", "2026-01-10T00:00:00,2026-01-10T23:00:00\n")
    source = {"S3InputConfiguration": {"Bucket": modelled.bucket, "Prefix": "labels/"}}
    modelled.client.update_model(ModelName="model", LabelsInputConfiguration=source, RoleArn=ROLE)
    retrain(modelled, "2026-02-02")
    modelled.pass_time("2026-02-02T00:00:00")
    second = version(modelled, 2)
    assert second["LabelsInputConfiguration"] == source
    assert json.loads(second["ModelMetrics"])["labeled_event_metrics"]["num_labeled"] == 1
    assert json.loads(second["ModelMetrics"])["model_version_metrics"].keys() == {
        "recall", "precision", "mean_fractional_lead_time", "auc",
    }  # fmt: skip
    assert (second["ModelQuality"], second["AutoPromotionResult"]) == ("POOR_QUALITY_DETECTED", "MODEL_NOT_PROMOTED")
    assert model(modelled)["ActiveModelVersion"] == 1


def broken_on_the_25th(moment: datetime) -> tuple[float, float, float]:
    return (broken if moment.day == 25 else normal)(moment)


def test_with_labels_in_both_the_metrics_on_the_new_range_decide(plant_without_catch_up: Plant):
    plant = plant_without_catch_up
    plant.world.clock.now = FEBRUARY
    ingest(plant, machine=broken_on_the_25th)
    plant.put("labels/labels.csv", "2026-01-25T00:00:00,2026-01-25T01:00:00\n")
    source = {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "labels/"}}
    days = {"Training": (JANUARY, JANUARY + 20 * DAY), "Evaluation": (JANUARY + 20 * DAY, FEBRUARY)}
    ranges = {f"{kind}DataStartTime": start for kind, (start, _) in days.items()}
    ranges |= {f"{kind}DataEndTime": end for kind, (_, end) in days.items()}
    first = train(plant, LabelsInputConfiguration=source, RoleArn=ROLE, **ranges)
    assert first["ModelQuality"] == "QUALITY_THRESHOLD_MET", first
    retrain(plant, "2026-02-02")
    plant.pass_time("2026-02-02T00:00:00")
    second = version(plant, 2)
    old, new = json.loads(second["PriorModelMetrics"]), json.loads(second["ModelMetrics"])
    assert old["labeled_ranges"] == new["labeled_ranges"] != []
    promoted = merit(new) > merit(old)
    assert second["AutoPromotionResult"] == ("MODEL_PROMOTED" if promoted else "MODEL_NOT_PROMOTED")
    assert second["AutoPromotionResultReason"].startswith("The metrics ")
    assert model(plant)["ActiveModelVersion"] == (2 if promoted else 1)


def test_where_the_active_version_cannot_be_read_any_more_the_new_one_is_not_held_up(modelled: Plant):
    bucket, objects = modelled.resources.settings.engine_bucket, modelled.resources.objects
    objects.delete_prefix(bucket, f"models/{model(modelled)['ModelArn'].rpartition('/')[2]}/1/")
    retrain(modelled, "2026-02-02")
    modelled.pass_time("2026-02-02T00:00:00")
    second = version(modelled, 2)
    assert (second["Status"], second["AutoPromotionResult"]) == ("SUCCESS", "MODEL_PROMOTED")
    assert "PriorModelMetrics" not in second


def test_a_version_that_somebody_activates_meanwhile_stays(modelled: Plant, monkeypatch: pytest.MonkeyPatch):
    retrain(modelled, "2026-02-02", PromoteMode="MANUAL")
    modelled.pass_time("2026-02-02T00:00:00")
    modelled.client.update_retraining_scheduler(ModelName="model", PromoteMode="MANAGED")
    original = trainings.train

    def while_somebody_chooses(*asked: object) -> object:
        done = original(*asked)
        modelled.client.update_active_model_version(ModelName="model", ModelVersion=2)
        return done

    monkeypatch.setattr(trainings, "train", while_somebody_chooses)
    modelled.pass_time("2026-03-04T00:00:00")
    third = version(modelled, 3)
    assert third["AutoPromotionResultReason"] == "Version 2 was activated while this one was trained."
    assert model(modelled)["ActiveModelVersion"] == 2


def test_after_an_outage_the_newest_missed_date_alone_is_retrained(modelled: Plant):
    retrain(modelled, "2026-02-02", RetrainingFrequency="P1M")
    modelled.pass_time("2026-05-20T10:00:00")
    second = version(modelled, 2)
    assert second["TrainingDataEndTime"] == at("2026-05-02")
    assert model(modelled)["LatestScheduledRetrainingModelVersion"] == 2
    assert model(modelled)["NextScheduledRetrainingStartDate"] == at("2026-06-02")


def test_ticks_and_killed_workers_never_make_two_versions(modelled: Plant):
    retrain(modelled, "2026-02-02")
    modelled.world.clock.now = at("2026-02-02")
    for _ in range(3):
        tick(modelled.resources, modelled.world.clock())
    sent = modelled.resources.queue.sent
    assert [nudge.task for nudge in sent] == ["run_training"]
    sent.clear()  # and nobody ever got the message
    with modelled.resources.database.begin() as connection:  # as a worker that was killed leaves it
        began = {"attempts": 1, "training_started_at": modelled.world.clock()}
        connection.execute(update(model_versions).where(model_versions.c.version == 2).values(**began))
    modelled.pass_time("2026-02-02T00:00:20")
    assert version(modelled, 2)["Status"] == "SUCCESS"
    assert len(modelled.client.list_model_versions(ModelName="model")["ModelVersionSummaries"]) == 2


def test_one_that_throws_delays_no_other(modelled: Plant, monkeypatch: pytest.MonkeyPatch):
    retrain(modelled, "2026-02-02")
    modelled.client.create_model(ModelName="another", DatasetName="plant")
    modelled.work()
    asked = {"RetrainingFrequency": "P30D", "LookbackWindow": "P180D", "RetrainingStartDate": at("2026-02-03")}
    modelled.client.create_retraining_scheduler(ModelName="another", **asked)
    take, thrown = due_retrainings.take, model(modelled)["ModelArn"].rpartition("/")[2]

    def take_or_throw(connection: Connection, model_id: str) -> RetrainingScheduler | None:
        return 1 / 0 if model_id == thrown else take(connection, model_id)

    monkeypatch.setattr(due_retrainings, "take", take_or_throw)
    modelled.pass_time("2026-02-03T00:00:00")
    told = modelled.client.describe_model(ModelName="another")
    assert (told["RetrainingSchedulerStatus"], told["LatestScheduledRetrainingStatus"]) == ("RUNNING", "SUCCESS")
    assert "LatestScheduledRetrainingStatus" not in model(modelled)


def status(plant: Plant) -> str:
    return plant.client.describe_retraining_scheduler(ModelName="model")["Status"]


def test_the_tick_settles_what_is_wanted(modelled: Plant):
    retrain(modelled, "2026-06-01")
    assert status(modelled) == "PENDING"
    modelled.pass_time(FEBRUARY)
    assert status(modelled) == "RUNNING"
    modelled.client.stop_retraining_scheduler(ModelName="model")
    modelled.pass_time(FEBRUARY)
    assert status(modelled) == "STOPPED"
    modelled.pass_time("2026-06-02")
    assert len(modelled.client.list_model_versions(ModelName="model")["ModelVersionSummaries"]) == 1


def test_a_stop_cancels_a_retraining_that_nobody_has_begun(modelled: Plant):
    retrain(modelled, "2026-02-02")
    tick(modelled.resources, at("2026-02-02"))
    modelled.client.stop_retraining_scheduler(ModelName="model")
    modelled.pass_time("2026-02-02T00:01:00")
    second = version(modelled, 2)
    assert (second["Status"], second["AutoPromotionResult"]) == ("CANCELED", "RETRAINING_CANCELLED")
    assert status(modelled) == "STOPPED"
    assert "ModelMetrics" not in second


def test_a_stop_waits_for_a_retraining_under_way(modelled: Plant):
    retrain(modelled, "2026-02-02")
    tick(modelled.resources, at("2026-02-02"))
    with modelled.resources.database.begin() as connection:
        began = update(model_versions).where(model_versions.c.version == 2)
        connection.execute(began.values(training_started_at=JANUARY))
    modelled.client.stop_retraining_scheduler(ModelName="model")
    tick(modelled.resources, at("2026-02-02"))
    assert status(modelled) == "STOPPING"
    modelled.work()
    modelled.pass_time("2026-02-02T00:01:00")
    assert (version(modelled, 2)["Status"], status(modelled)) == ("SUCCESS", "STOPPED")
