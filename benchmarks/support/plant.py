"""A plant of 24 components with 122 sensors in an engine, as far as uploads need one: its model is never asked."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from service.engine.resources import RememberingQueue, join_resources
from service.engine.store import datasets, model_versions, models
from service.engine.store.scope import Scope
from service.settings import Settings
from support.machine import BUCKET, MINUTE, lookout_client

START = datetime(2026, 9, 7, tzinfo=UTC)
WINDOW = timedelta(minutes=5)
COMPONENTS = {
    f"unit_{number:02}": tuple(f"sensor_{one}" for one in range(1, 6 + (number <= 2))) for number in range(1, 25)
}
SENSORS = [f"{component}\\{sensor}" for component, sensors in COMPONENTS.items() for sensor in sensors]


def plant_scheduler(settings: Settings, name: str) -> str:
    """A scheduler on a model that is said to be trained; its input is under `<name>/in/`."""
    lookout = lookout_client(settings)
    lookout.create_dataset(DatasetName=name, DatasetSchema={"InlineDataSchema": json.dumps(_schema())})
    _say(settings, lambda db, scope: datasets.change(db, datasets.find(db, scope, name).id, status="ACTIVE"))
    lookout.create_model(ModelName=name, DatasetName=name)
    _say(settings, lambda db, scope: _trained(db, models.find(db, scope, name).id))
    lookout.create_inference_scheduler(
        InferenceSchedulerName=name,
        ModelName=name,
        DataUploadFrequency="PT5M",
        DataInputConfiguration={"S3InputConfiguration": {"Bucket": BUCKET, "Prefix": f"{name}/in/"}},
        DataOutputConfiguration={"S3OutputConfiguration": {"Bucket": BUCKET, "Prefix": f"{name}/out/"}},
        RoleArn=settings.default_role_arn,
    )
    return name


def wide_csv(start: datetime, windows: int) -> bytes:
    """A row a minute of all sensors, in three decimals, for so many windows."""
    rows = windows * WINDOW // MINUTE
    steps = np.random.default_rng(1).normal(0, 0.05, (rows, len(SENSORS)))
    values = (50 + steps.cumsum(axis=0)).round(3)
    times = pd.date_range(start + MINUTE, periods=rows, freq=MINUTE, name="Timestamp")
    return pd.DataFrame(values, index=times, columns=SENSORS).to_csv(date_format="%Y-%m-%dT%H:%M:%S").encode()


def _say(settings: Settings, change: Any) -> None:
    engine = join_resources(settings, RememberingQueue(), threads=1)
    with engine.database.begin() as db:
        change(db, Scope(settings.engine_account_id, settings.aws_region))
    engine.database.dispose()


def _trained(db: Any, model_id: str) -> None:
    models.change(db, model_id, status="SUCCESS", active_version=1)
    model_versions.change(db, model_id, 1, status="SUCCESS")


def _schema() -> dict[str, Any]:
    time = {"Name": "Timestamp", "Type": "DATETIME"}
    return {
        "Components": [
            {"ComponentName": component, "Columns": [time, *({"Name": name, "Type": "DOUBLE"} for name in sensors)]}
            for component, sensors in COMPONENTS.items()
        ]
    }
