"""Many schedulers of one shape in an engine: each with a model, artefacts and input files of its own."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from service.engine.detection import FittedModel, Readings, fit
from service.engine.resources import RememberingQueue, Resources, join_resources
from service.engine.store import datasets, model_versions, models
from service.engine.store.scope import Scope
from service.engine.work.bucket.trained_models import store_artefacts
from service.settings import Settings
from support.machine import BUCKET, MINUTE, WINDOW, lookout_client, s3_client

COMPONENT = "machine"
CALLERS = 8  # of the engine, while the fleet is made
_DAYS_TRAINED = 3


@dataclass(frozen=True)
class Fleet:
    """`start` is the boundary before the first window of all; the clock of the engine stands just after it."""

    settings: Settings
    names: tuple[str, ...]
    sensors: int
    start: datetime
    bucket: str = BUCKET

    def feed(self, first: datetime, last: datetime) -> None:
        """The input files of every scheduler for the windows that start from `first` to `last`, with a row a minute."""
        s3 = s3_client(self.settings)
        keys = {}
        while first <= last:
            body = _csv(first, self.sensors)
            keys |= {f"{name}/in/{COMPONENT}_{first:%Y%m%d%H%M%S}.csv": body for name in self.names}
            first += WINDOW
        _in_threads(lambda key: s3.put_object(Bucket=self.bucket, Key=key, Body=keys[key]), keys)


def make_fleet(
    settings: Settings, count: int, sensors: int, start: datetime, *, lookout: Any = None, bucket: str = BUCKET
) -> Fleet:
    """Schedulers `s00000`, …, that an engine of these settings answers for; their models are said to be trained.

    Args:
        lookout: a client of that engine; by default the one that the settings name is called.
    """
    fleet = Fleet(settings, tuple(f"s{number:05}" for number in range(count)), sensors, start, bucket)
    engine = join_resources(settings, RememberingQueue(), threads=CALLERS)
    lookout = lookout or lookout_client(settings)
    lookout.create_dataset(DatasetName="fleet", DatasetSchema={"InlineDataSchema": json.dumps(_schema(sensors))})
    scope = Scope(settings.engine_account_id, settings.aws_region)
    with engine.database.begin() as db:
        datasets.change(db, datasets.find(db, scope, "fleet").id, status="ACTIVE")
    fitted = _fitted(sensors, start)

    def make(name: str) -> None:
        lookout.create_model(ModelName=name, DatasetName="fleet")
        _train(engine, scope, name, fitted)
        lookout.create_inference_scheduler(**_scheduler(fleet, name))

    _in_threads(make, fleet.names)
    engine.database.dispose()
    return fleet


def _train(engine: Resources, scope: Scope, name: str, fitted: FittedModel) -> None:
    prefix = f"models/{name}/"
    store_artefacts(engine.objects, engine.settings.engine_bucket, prefix, fitted, MINUTE)
    with engine.database.begin() as db:
        model = models.find(db, scope, name)
        model_versions.change(db, model.id, 1, status="SUCCESS", artefact_prefix=prefix)
        models.change(db, model.id, status="SUCCESS", active_version=1)


def _scheduler(fleet: Fleet, name: str) -> dict[str, Any]:
    return {
        "InferenceSchedulerName": name,
        "ModelName": name,
        "DataUploadFrequency": "PT5M",
        "DataInputConfiguration": {"S3InputConfiguration": {"Bucket": fleet.bucket, "Prefix": f"{name}/in/"}},
        "DataOutputConfiguration": {"S3OutputConfiguration": {"Bucket": fleet.bucket, "Prefix": f"{name}/out/"}},
        "RoleArn": fleet.settings.default_role_arn,
    }


def _in_threads(function, items: Iterable) -> None:
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(function, items))


def _values(times: np.ndarray, sensors: int) -> np.ndarray:
    """[n, sensors]: each follows one of three loads, with noise that depends on the time alone."""
    minutes = times.astype("datetime64[s]").astype(float)[:, None] / 60
    loads = np.sin(minutes / np.array([90, 17, 251]))
    noise = np.sin(minutes * np.linspace(12.9, 78.2, sensors)) * 43758.5453 % 1 - 0.5
    return np.linspace(10, 90, sensors) + loads[:, np.arange(sensors) % 3] * np.linspace(2, 9, sensors) + noise


def _minutes(start: datetime, count: int) -> np.ndarray:
    return np.datetime64(start.astimezone(UTC).replace(tzinfo=None), "ns") + np.arange(1, count + 1) * np.timedelta64(
        1, "m"
    )


def _fitted(sensors: int, start: datetime) -> FittedModel:
    times = _minutes(start - timedelta(days=_DAYS_TRAINED), _DAYS_TRAINED * 1440)
    return fit(Readings(times, _values(times, sensors), tuple(f"{COMPONENT}\\{name}" for name in _names(sensors))))


def _csv(start: datetime, sensors: int) -> bytes:
    times = _minutes(start, WINDOW // MINUTE)
    stamps = np.datetime_as_string(times.astype("datetime64[us]"), unit="us")
    rows = zip(stamps, _values(times, sensors).round(3).tolist(), strict=True)
    lines = [",".join(["Timestamp", *_names(sensors)]), *(",".join([stamp, *map(repr, row)]) for stamp, row in rows)]
    return "\n".join([*lines, ""]).encode()


def _names(sensors: int) -> Iterator[str]:
    return (f"sensor_{number:03}" for number in range(sensors))


def _schema(sensors: int) -> dict[str, Any]:
    columns = [{"Name": "Timestamp", "Type": "DATETIME"}, *({"Name": n, "Type": "DOUBLE"} for n in _names(sensors))]
    return {"Components": [{"ComponentName": COMPONENT, "Columns": columns}]}
