"""A small machine: two components with three sensors, trained models of it, and tables of its readings."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from time import monotonic, sleep
from typing import Any

import boto3
import numpy as np
from botocore.config import Config

from service.settings import Settings
from service.wire import client_session

BUCKET = "plant"
MODELS = ("model-a", "model-b", "model-c", "model-d", "model-e")
MINUTE, WINDOW = timedelta(minutes=1), timedelta(minutes=5)
COLUMNS = {"pump": ("flow", "pressure"), "motor": ("current",)}
_TRAINED = timedelta(days=1)
_TRAINING_SECONDS = 60.0


@dataclass(frozen=True)
class Sheet:
    """Readings of a range of windows, as they are uploaded."""

    start: datetime
    windows: int

    @property
    def end(self) -> datetime:
        return self.start + self.windows * WINDOW

    @property
    def starts(self) -> list[datetime]:
        return [self.start + number * WINDOW for number in range(self.windows)]

    @cached_property
    def csv(self) -> bytes:
        """A wide table with a row each minute."""
        times = [self.start + number * MINUTE for number in range(1, 5 * self.windows + 1)]
        names = [f"{component}\\{sensor}" for component, sensors in COLUMNS.items() for sensor in sensors]
        rows = [f"{time:%Y-%m-%dT%H:%M:%S}Z,{_cells(row)}" for time, row in zip(times, _readings(times), strict=True)]
        return "\n".join([",".join(("timestamp", *names)), *rows, ""]).encode()


@dataclass(frozen=True)
class Plant:
    """Clients past the facade: what is true, whatever the facade says."""

    settings: Settings

    @cached_property
    def engine(self) -> Any:
        session = client_session(**_identity(self.settings))
        return session.client("lookoutequipment", endpoint_url=self.settings.lookoutequipment_endpoint_url)

    @cached_property
    def s3(self) -> Any:
        config = Config(
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        session = boto3.Session(**_identity(self.settings))
        return session.client("s3", endpoint_url=self.settings.s3_endpoint_url, config=config)

    def train(self, end: datetime) -> None:
        """A dataset and five models, trained on the day before `end` by the engine's own workers."""
        _put_training_files(self.s3, end)
        self.engine.create_dataset(DatasetName="plant", DatasetSchema={"InlineDataSchema": json.dumps(_schema())})
        source = {"S3InputConfiguration": {"Bucket": BUCKET, "Prefix": "training/"}}
        role = self.settings.default_role_arn
        job = self.engine.start_data_ingestion_job(
            DatasetName="plant", IngestionInputConfiguration=source, RoleArn=role
        )["JobId"]
        _wait_for(lambda: self.engine.describe_data_ingestion_job(JobId=job)["Status"])
        for model in MODELS:
            self.engine.create_model(ModelName=model, DatasetName="plant", RoleArn=role)
        for model in MODELS:
            _wait_for(lambda model=model: self.engine.describe_model(ModelName=model)["Status"])

    def keys(self, prefix: str) -> set[str]:
        """What follows a prefix in the keys of the objects under it."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return {entry["Key"].removeprefix(prefix) for page in pages for entry in page.get("Contents", [])}

    def objects(self, prefix: str, but: Collection[str] = ()) -> dict[str, bytes]:
        """Every object under a prefix but some, by what follows it in the key."""
        wanted = sorted(self.keys(prefix).difference(but))
        return {key: self.s3.get_object(Bucket=BUCKET, Key=f"{prefix}{key}")["Body"].read() for key in wanted}

    def executions(self, name: str) -> list[dict[str, Any]]:
        """Every execution of a scheduler, newest first; never more than a page of them here."""
        listed = self.engine.list_inference_executions(InferenceSchedulerName=name, MaxResults=500)
        return listed["InferenceExecutionSummaries"]


def last_boundary() -> datetime:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    return now - timedelta(minutes=now.minute % 5)


def new_scheduler(name: str, model: str) -> dict[str, Any]:
    """The body of a POST that creates a scheduler with prefixes of its own."""
    return {
        "inference_scheduler_name": name,
        "model_name": model,
        "data_upload_frequency": "PT5M",
        "data_input_configuration": {"s3_input_configuration": {"bucket": BUCKET, "prefix": f"{name}/in/"}},
        "data_output_configuration": {"s3_output_configuration": {"bucket": BUCKET, "prefix": f"{name}/out/"}},
    }


def _readings(times: list[datetime]) -> np.ndarray:
    """Values of all sensors, (times, 3): functions of the minute alone."""
    minutes = np.array([time.timestamp() / 60 for time in times])
    load = np.sin(minutes / 90) + 0.3 * np.sin(minutes / 17)
    noise = np.sin(np.outer(minutes, [12.9898, 78.233, 37.719])) * 43758.5453 % 1 - 0.5
    return (np.column_stack([50 + 10 * load, 20 + 4 * load, 5 + 2 * load]) + noise).round(4)


def _cells(row: np.ndarray) -> str:
    return ",".join(map(repr, row.tolist()))


def _put_training_files(s3: Any, end: datetime) -> None:
    times = [end - _TRAINED + number * MINUTE for number in range(_TRAINED // MINUTE)]
    values, at = _readings(times), 0
    for component, sensors in COLUMNS.items():
        columns, at = values[:, at : at + len(sensors)], at + len(sensors)
        rows = [f"{time:%Y-%m-%dT%H:%M:%S}.000000,{_cells(row)}" for time, row in zip(times, columns, strict=True)]
        body = "\n".join([",".join(("Timestamp", *sensors)), *rows, ""]).encode()
        s3.put_object(Bucket=BUCKET, Key=f"training/{component}/all.csv", Body=body)


def _schema() -> dict[str, Any]:
    time = {"Name": "Timestamp", "Type": "DATETIME"}
    return {
        "Components": [
            {"ComponentName": component, "Columns": [time, *({"Name": name, "Type": "DOUBLE"} for name in names)]}
            for component, names in COLUMNS.items()
        ]
    }


def _wait_for(status: Any) -> None:
    deadline = monotonic() + _TRAINING_SECONDS
    while (told := status()) == "IN_PROGRESS":
        assert monotonic() < deadline, "the engine does not get ready"
        sleep(0.1)
    assert told == "SUCCESS", told


def _identity(settings: Settings) -> dict[str, str]:
    return {
        "region_name": settings.aws_region,
        "aws_access_key_id": settings.aws_access_key_id,
        "aws_secret_access_key": settings.aws_secret_access_key,
    }
