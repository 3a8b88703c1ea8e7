"""Months of a machine that is watched for one hour a day, and an engine that lives through them."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from engine_world import ROLE, SCHEMA
from plant import SENSORS, Machine, Plant, at, csv_of, minutes_of, normal

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JANUARY, FEBRUARY = at("2026-01-01"), at("2026-02-01")


def worn(moment: datetime) -> tuple[float, float, float]:
    """The machine after an overhaul: everything is shifted, and that is normal now."""
    first, second, current = normal(moment)
    return first + 30, second - 12, current + 6


def days_of(start: datetime, end: datetime) -> list[datetime]:
    return [start + number * DAY for number in range((end - start) // DAY)]


@cache
def first_hours(component: str, start: datetime, end: datetime, machine: Machine) -> str:
    """The file of a component with the first hour of every day."""
    moments = [moment for day in days_of(start, end) for moment in minutes_of(day, day + HOUR)]
    return csv_of(component, moments, machine)


def ingest(plant: Plant, start: datetime = JANUARY, end: datetime = FEBRUARY, machine: Machine = normal) -> None:
    """A dataset with the first hour of every day."""
    for component in SENSORS:
        plant.put(f"training/{component}/all.csv", first_hours(component, start, end, machine))
    schema = {"InlineDataSchema": json.dumps(SCHEMA)}
    if not plant.client.list_datasets()["DatasetSummaries"]:
        plant.client.create_dataset(DatasetName="plant", DatasetSchema=schema)
    source = {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "training/"}}
    plant.client.start_data_ingestion_job(DatasetName="plant", IngestionInputConfiguration=source, RoleArn=ROLE)
    plant.work()


def train(plant: Plant, **more: Any) -> dict[str, Any]:
    """The model of that dataset, as it is described."""
    plant.client.create_model(ModelName="model", DatasetName="plant", **more)
    plant.work()
    return plant.client.describe_model(ModelName="model")


def watch(plant: Plant) -> None:
    """An hourly scheduler."""
    plant.scheduler(ModelName="model", DataUploadFrequency="PT1H")


def retrain(plant: Plant, start: str, **more: Any) -> None:
    """A retraining scheduler that begins on that day."""
    asked = {"RetrainingFrequency": "P30D", "LookbackWindow": "P180D", "RetrainingStartDate": at(start)} | more
    plant.client.create_retraining_scheduler(ModelName="model", **asked)


def live(
    plant: Plant, start: datetime, end: datetime, machine: Machine = normal, *, but: Collection[datetime] = ()
) -> None:
    """Let days pass: the first window of each is scored, the others are skipped; days in `but` have no files."""
    for day in days_of(start, end):
        if day not in but:
            plant.feed(day, day + HOUR, machine=machine)
        plant.pass_time(day + HOUR)


def version(plant: Plant, number: int) -> dict[str, Any]:
    return plant.client.describe_model_version(ModelName="model", ModelVersion=number)


def model(plant: Plant) -> dict[str, Any]:
    return plant.client.describe_model(ModelName="model")
