"""The sample pump in an engine: data in S3, trained models, schedulers. Work is done here, not by workers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config

from service.demo.pump import SCHEMA, component_csv, readings
from service.engine.resources import RememberingQueue, Resources, join_resources
from service.engine.work.ingestion.ingestions import run_ingestion
from service.engine.work.training.trainings import run_training
from service.settings import Settings
from service.wire import client_session
from support.servers import http_process

BUCKET = "plant"
WINDOW, MINUTE, DAY = timedelta(minutes=5), timedelta(minutes=1), timedelta(days=1)
START = datetime(2026, 9, 7, tzinfo=UTC)  # of the day that is scored
_TRAINED = (START - 4 * DAY, START)


@dataclass(frozen=True)
class Machine:
    """The engine's resources in this process, and clients of its HTTP process and of S3."""

    settings: Settings
    engine: Resources
    lookout: Any
    s3: Any

    def ingest(self) -> None:
        """Four days of training data, ingested into a dataset `pump`."""
        frame = readings(*_TRAINED)
        for component in SCHEMA:
            body = component_csv(frame, component).encode()
            self.s3.put_object(Bucket=BUCKET, Key=f"training/{component}/all.csv", Body=body)
        self.lookout.create_dataset(DatasetName="pump", DatasetSchema={"InlineDataSchema": json.dumps(_schema())})
        where = {"S3InputConfiguration": {"Bucket": BUCKET, "Prefix": "training/"}}
        role = self.settings.default_role_arn
        job = self.lookout.start_data_ingestion_job(
            DatasetName="pump", IngestionInputConfiguration=where, RoleArn=role
        )["JobId"]
        run_ingestion(self.engine, job)

    def scheduler(self, name: str) -> str:
        """A scheduler of that name on a trained model of its own; its input is under `in/`."""
        self.lookout.create_model(
            ModelName=name,
            DatasetName="pump",
            TrainingDataStartTime=_TRAINED[0],
            TrainingDataEndTime=_TRAINED[1],
            RoleArn=self.settings.default_role_arn,
            DataPreProcessingConfiguration={"TargetSamplingRate": "PT1M"},
        )
        run_training(self.engine, self.lookout.describe_model(ModelName=name)["ModelArn"].rpartition("/")[2] + "/1")
        self.lookout.create_inference_scheduler(
            InferenceSchedulerName=name,
            ModelName=name,
            DataUploadFrequency="PT5M",
            DataInputConfiguration={"S3InputConfiguration": {"Bucket": BUCKET, "Prefix": "in/"}},
            DataOutputConfiguration={"S3OutputConfiguration": {"Bucket": BUCKET, "Prefix": f"out/{name}/"}},
            RoleArn=self.settings.default_role_arn,
        )
        return name

    def put_input(self, start: datetime, windows: int) -> None:
        """The input files of so many windows, written as a machine's gateway would."""
        frame = readings(start - WINDOW, start + windows * WINDOW + MINUTE)
        pairs = [(start + number * WINDOW, component) for number in range(windows) for component in SCHEMA]
        bodies = {
            f"in/{component}_{begin:%Y%m%d%H%M%S}.csv": component_csv(
                frame.loc[begin + MINUTE : begin + WINDOW], component
            )
            for begin, component in pairs
        }
        self.engine.objects.concurrently(lambda key: self.engine.objects.put(BUCKET, key, bodies[key].encode()), bodies)


@contextmanager
def machine(settings: Settings) -> Iterator[Machine]:
    """An engine process with the pump's data ingested."""
    with http_process(settings, "engine"):
        engine = join_resources(settings, RememberingQueue(), threads=4)
        pump = Machine(settings, engine, lookout_client(settings), s3_client(settings))
        pump.ingest()
        yield pump
        engine.database.dispose()


def lookout_client(settings: Settings, address: str = "") -> Any:
    """A plain boto3 client of the engine, or of whatever is at `address`."""
    session = client_session(**_identity(settings))
    return session.client("lookoutequipment", endpoint_url=address or settings.lookoutequipment_endpoint_url)


def s3_client(settings: Settings) -> Any:
    """A plain boto3 client of the S3 server, which threads may share."""
    config = Config(
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        max_pool_connections=32,
    )
    return boto3.Session(**_identity(settings)).client("s3", endpoint_url=settings.s3_endpoint_url, config=config)


def _identity(settings: Settings) -> dict[str, str]:
    return {
        "region_name": settings.aws_region,
        "aws_access_key_id": settings.aws_access_key_id,
        "aws_secret_access_key": settings.aws_secret_access_key,
    }


def _schema() -> dict[str, Any]:
    time = {"Name": "Timestamp", "Type": "DATETIME"}
    return {
        "Components": [
            {"ComponentName": component, "Columns": [time, *({"Name": s.name, "Type": "DOUBLE"} for s in sensors)]}
            for component, sensors in SCHEMA.items()
        ]
    }
