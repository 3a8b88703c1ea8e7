"""What engine tests start from: an engine, a clock to set, and short ways to datasets, models and schedulers."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from wsgi_seam import equipment_client, led_in_process

from service.engine.app import create_app
from service.engine.resources import Resources
from service.engine.store import datasets, ingestion_jobs, model_versions, models, retraining_schedulers, schedulers
from service.engine.store.scope import Scope

ROLE = "arn:aws:iam::123456789012:role/lookout"
SCHEMA = {
    "Components": [
        {
            "ComponentName": "pump",
            "Columns": [
                {"Name": "Timestamp", "Type": "DATETIME"},
                {"Name": "Sensor0", "Type": "DOUBLE"},
                {"Name": "Sensor1", "Type": "DOUBLE"},
            ],
        },
        {
            "ComponentName": "motor",
            "Columns": [{"Name": "Timestamp", "Type": "DATETIME"}, {"Name": "Current", "Type": "DOUBLE"}],
        },
    ]
}
QUALITY = {
    "InsufficientSensorData": {
        "MissingCompleteSensorData": {"AffectedSensorCount": 0},
        "SensorsWithShortDateRange": {"AffectedSensorCount": 0},
    },
    "MissingSensorData": {"AffectedSensorCount": 0, "TotalNumberOfMissingValues": 0},
    "InvalidSensorData": {"AffectedSensorCount": 0, "TotalNumberOfInvalidValues": 0},
    "UnsupportedTimestamps": {"TotalNumberOfUnsupportedTimestamps": 0},
    "DuplicateTimestamps": {"TotalNumberOfDuplicateTimestamps": 3},
}
INPUT = {"S3InputConfiguration": {"Bucket": "sensor-data", "Prefix": "input/"}}
OUTPUT = {"S3OutputConfiguration": {"Bucket": "sensor-data", "Prefix": "output/"}}
INGESTION_INPUT = {"S3InputConfiguration": {"Bucket": "sensor-data", "Prefix": "training/"}}


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 13, 1, 0, 250_000, UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class World:
    """An engine seen through a boto3 client; `done…` methods write what the tick and the workers would write."""

    client: Any
    resources: Resources
    region: str
    account_id: str = ""  # empty: the engine's own

    @property
    def scope(self) -> Scope:
        return Scope(self.account_id or self.resources.settings.engine_account_id, self.region)

    @property
    def clock(self) -> Clock:
        return self.resources.clock

    def beside(self, *, account_id: str = "", region: str = "") -> "World":
        """The same engine, seen from another account or region."""
        account_id, region = account_id or self.scope.account_id, region or self.region
        client = equipment_client(region, key=account_id)  # a key of 12 digits names its account
        app = create_app(self.resources.settings, self.resources)
        return World(led_in_process(client, app), self.resources, region, account_id)

    def dataset(self, name: str = "plant", **more: Any) -> dict[str, Any]:
        """A dataset that is ACTIVE."""
        asked = {"DatasetName": name, "DatasetSchema": {"InlineDataSchema": json.dumps(SCHEMA)}} | more
        answer = self.client.create_dataset(**asked)
        self.done_ingesting(name)
        return answer

    def model(self, name: str = "pump-model", *, status: str = "SUCCESS", **more: Any) -> dict[str, Any]:
        """A model in that status, of a dataset ``plant`` that is made when it is not there."""
        if not self.client.list_datasets(DatasetNameBeginsWith="plant")["DatasetSummaries"]:
            self.dataset()
        answer = self.client.create_model(**{"ModelName": name, "DatasetName": "plant"} | more)
        if status != "IN_PROGRESS":
            self.done_training(name, status)
        return answer

    def scheduler(self, name: str = "pump-scheduler", *, status: str = "RUNNING", **more: Any) -> dict[str, Any]:
        """A scheduler in that status, on a model of its own."""
        asked = {"ModelName": f"model-of-{name}", **scheduler_request(name)} | more
        if "ModelName" not in more:
            self.model(asked["ModelName"])
        answer = self.client.create_inference_scheduler(**asked)
        if status != "PENDING":
            self.done_settling(name)
        if status in ("STOPPING", "STOPPED"):
            self.client.stop_inference_scheduler(InferenceSchedulerName=name)
        if status == "STOPPED":
            self.done_settling(name)
        return answer

    def content(self, name: str = "plant", **more: Any) -> str:
        """A dataset with an ingested content that nobody has looked at; its ARN."""
        arn, job_id = self.dataset(name, **more)["DatasetArn"], uuid4().hex
        with self.resources.database.begin() as connection:
            ingestion_jobs.add(
                connection,
                id=job_id,
                dataset_id=arn.rpartition("/")[2],
                input_configuration=INGESTION_INPUT,
                role_arn=ROLE,
                status="SUCCESS",
                copy_prefix="datasets/one/two/",
                ingested_data_size=77,
                data_quality_summary=QUALITY,
            )
        self.done_ingesting(name, job_id=job_id)
        return arn

    def done_ingesting(self, dataset: str, *, job_id: str | None = None) -> None:
        with self.resources.database.begin() as connection:
            row = datasets.find(connection, self.scope, dataset)
            datasets.change(connection, row.id, status="ACTIVE", current_job_id=job_id)

    def done_training(self, model: str, status: str = "SUCCESS", **version: Any) -> None:
        active = {"active_version": 1, "active_version_activated_at": self.clock()} if status == "SUCCESS" else {}
        with self.resources.database.begin() as connection:
            row = models.find(connection, self.scope, model)
            models.change(connection, row.id, status=status, **active)
            model_versions.change(connection, row.id, 1, status=status, **version)

    def done_retraining(self, model: str, status: str = "SUCCESS", **version: Any) -> int:
        """Another version of the model, as a retraining leaves it; its number."""
        with self.resources.database.begin() as connection:
            row = models.find(connection, self.scope, model, lock=True)
            number = model_versions.next_number(connection, row.id)
            made = {"source_type": "RETRAINING", "created_at": self.clock(), "updated_at": self.clock()}
            made |= model_versions.made_from(row) | version
            model_versions.add(connection, model_id=row.id, version=number, status=status, **made)
        return number

    def done_settling_retraining(self, model: str) -> None:
        with self.resources.database.begin() as connection:
            row = models.find(connection, self.scope, model)
            scheduler = retraining_schedulers.of_model(connection, row.id)
            retraining_schedulers.change(connection, row.id, actual=scheduler.wanted, updated_at=scheduler.updated_at)

    def done_settling(self, scheduler: str) -> None:
        with self.resources.database.begin() as connection:
            row = schedulers.find(connection, self.scope, scheduler)
            schedulers.change(connection, row.id, actual=row.wanted, updated_at=row.updated_at)


def scheduler_request(name: str, **more: Any) -> dict[str, Any]:
    """What CreateInferenceScheduler needs, but for the model."""
    return {
        "InferenceSchedulerName": name,
        "DataUploadFrequency": "PT5M",
        "DataInputConfiguration": INPUT,
        "DataOutputConfiguration": OUTPUT,
        "RoleArn": ROLE,
    } | more


def refused(code: str, call: Any, **params: Any) -> str:
    """Make a call that has to be refused with that code; its message."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    return error["Message"]
