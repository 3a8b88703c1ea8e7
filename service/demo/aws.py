"""What REST does not offer, and the owner of a machine does with boto3: a bucket, training data, dataset and model."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from botocore.config import Config
from botocore.exceptions import ClientError

from service.demo.pump import SCHEMA, component_csv, readings
from service.demo.rest import DemoError, wait_until
from service.demo.story import BUCKET, NAME, Story
from service.settings import Settings
from service.wire import client_session

_STORY, _TRAINING, _LABELS = "story.json", "training/", "labels/"


@dataclass(frozen=True)
class Aws:
    """The two clients, made once."""

    s3: Any
    lookout: Any
    role: str


def connect(settings: Settings) -> Aws:
    """Clients for the S3 and the engine of the settings."""
    session = client_session(
        region_name=settings.aws_region,
        aws_access_key_id=settings.aws_access_key_id or None,
        aws_secret_access_key=settings.aws_secret_access_key or None,
    )
    config = Config(
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return Aws(
        s3=session.client("s3", endpoint_url=settings.s3_endpoint_url or None, config=config),
        lookout=session.client("lookoutequipment", endpoint_url=settings.lookoutequipment_endpoint_url),
        role=settings.default_role_arn,
    )


def find_story(aws: Aws) -> Story | None:
    """The story an earlier demo left in the bucket."""
    try:
        text = aws.s3.get_object(Bucket=BUCKET, Key=_STORY)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchBucket", "NoSuchKey"):
            return None
        raise
    told = json.loads(text)
    return Story(datetime.fromisoformat(told["begun"]), told["scored"])


def keep_story(aws: Aws, story: Story) -> None:
    """Make the bucket unless it is there, and leave the story in it."""
    try:
        aws.s3.create_bucket(Bucket=BUCKET)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
            raise
    told = {"begun": story.begun.isoformat(), "scored": story.scored}
    aws.s3.put_object(Bucket=BUCKET, Key=_STORY, Body=json.dumps(told).encode())


def train(aws: Aws, story: Story, model: str, days: int | None = None) -> dict[str, Any]:
    """The trained model as DescribeModel shows it; trained now unless it is there. `days`: only the last so many."""
    found = _described(aws.lookout.describe_model, ModelName=model)
    if not found:
        start = story.training_start if days is None else story.evaluation_start - timedelta(days=days)
        aws.lookout.create_model(
            ModelName=model,
            DatasetName=NAME,
            ClientToken=f"{model}-{story.begun:%Y%m%d%H%M}",
            LabelsInputConfiguration={"S3InputConfiguration": {"Bucket": BUCKET, "Prefix": _LABELS}},
            TrainingDataStartTime=start,
            TrainingDataEndTime=story.evaluation_start,
            EvaluationDataStartTime=story.evaluation_start,
            EvaluationDataEndTime=story.live_start,
            RoleArn=aws.role,
            DataPreProcessingConfiguration={"TargetSamplingRate": "PT1M"},
        )
    wait_until(f"model {model}", lambda: _still(aws.lookout.describe_model(ModelName=model), "Status", "SUCCESS"))
    return aws.lookout.describe_model(ModelName=model)


def ingest(aws: Aws, story: Story) -> None:
    """Write the training data and its labels to the bucket and ingest them, unless that was done."""
    if (_described(aws.lookout.describe_dataset, DatasetName=NAME) or {}).get("Status") == "ACTIVE":
        return
    _write_training_data(aws, story)
    if not _described(aws.lookout.describe_dataset, DatasetName=NAME):
        schema = {"InlineDataSchema": json.dumps(_schema())}
        aws.lookout.create_dataset(DatasetName=NAME, DatasetSchema=schema, ClientToken=f"{story.begun:%Y%m%d%H%M}")
    where = {"S3InputConfiguration": {"Bucket": BUCKET, "Prefix": _TRAINING}}
    job = aws.lookout.start_data_ingestion_job(
        DatasetName=NAME, IngestionInputConfiguration=where, RoleArn=aws.role, ClientToken=str(uuid4())
    )["JobId"]
    wait_until("ingestion", lambda: _still(aws.lookout.describe_data_ingestion_job(JobId=job), "Status", "SUCCESS"))


def _write_training_data(aws: Aws, story: Story) -> None:
    frame = readings(story.training_start, story.live_start, story.labelled)
    for component in SCHEMA:
        body = component_csv(frame, component).encode()
        aws.s3.put_object(Bucket=BUCKET, Key=f"{_TRAINING}{component}/history.csv", Body=body)
        print(f"    s3://{BUCKET}/{_TRAINING}{component}/history.csv: {len(frame):,} rows", flush=True)
    lines = [f"{fault.start:%Y-%m-%dT%H:%M:%S.%f},{fault.end:%Y-%m-%dT%H:%M:%S.%f}\n" for fault in story.labelled]
    aws.s3.put_object(Bucket=BUCKET, Key=f"{_LABELS}labels.csv", Body="".join(lines).encode())


def _schema() -> dict[str, Any]:
    time = {"Name": "Timestamp", "Type": "DATETIME"}
    return {
        "Components": [
            {
                "ComponentName": component,
                "Columns": [time, *({"Name": sensor.name, "Type": "DOUBLE"} for sensor in sensors)],
            }
            for component, sensors in SCHEMA.items()
        ]
    }


def _described(describe: Any, **name: str) -> dict[str, Any] | None:
    try:
        return describe(**name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise


def _still(described: dict[str, Any], field: str, wanted: str) -> str | None:
    if described[field] == "FAILED":
        raise DemoError(f"the engine failed: {described.get('FailedReason', described)}")
    return None if described[field] == wanted else described[field]
