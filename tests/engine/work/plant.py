"""A plant with one machine: sensor files in a real S3, a trained model, and an engine whose clock the test turns."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
from engine_world import ROLE, SCHEMA, World
from wsgi_seam import equipment_client, led_in_process

from service.engine.app import create_app
from service.engine.detection import FittedModel, Readings, fit
from service.engine.resources import Resources
from service.engine.scheduling.windows import utc_text
from service.engine.work.bucket.trained_models import store_artefacts
from service.engine.work.schemas import sensors_by_component
from service.engine.work.tick import tick
from service.engine.worker import WORK

SENSORS = sensors_by_component(SCHEMA)
NAMES = tuple(f"{component}\\{sensor}" for component, sensors in SENSORS.items() for sensor in sensors)
MINUTE = timedelta(minutes=1)

Machine = Callable[[datetime], tuple[float, ...]]
_STORED_IN: set[tuple[str, str]] = set()  # endpoints and buckets


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def normal(moment: datetime) -> tuple[float, float, float]:
    """The machine at that moment: a load that swings, and three sensors that follow it."""
    return _normal(moment.timestamp())


@cache
def _normal(second: float) -> tuple[float, float, float]:
    minute = second / 60
    load = np.sin(minute / 90) + 0.3 * np.sin(minute / 17)
    noise = np.sin(minute * np.array([12.9898, 78.233, 37.719])) * 43758.5453 % 1 - 0.5
    followed = np.array([50, 20, 5]) + np.array([10, 4, 2]) * load
    return tuple((followed + noise).tolist())


def broken(moment: datetime) -> tuple[float, float, float]:
    """The same machine with a motor that draws less than its load asks for."""
    first, second, current = normal(moment)
    return first, second, current - 3.0


@cache
def fitted_plant() -> FittedModel:
    start = at("2026-02-01")
    moments = [start + count * MINUTE for count in range(3 * 1440)]
    times = np.array([moment.replace(tzinfo=None) for moment in moments], dtype="datetime64[ns]")
    return fit(Readings(times, np.array([normal(moment) for moment in moments]), NAMES))


def stored_plant(resources: Resources) -> str:
    """Where the fitted plant lies in the engine's bucket; written by whoever asks first, and never changed."""
    prefix, settings = "models/plant/", resources.settings
    place = (settings.s3_endpoint_url, settings.engine_bucket)
    if place not in _STORED_IN:
        store_artefacts(resources.objects, settings.engine_bucket, prefix, fitted_plant(), MINUTE)
        _STORED_IN.add(place)
    return prefix


def csv_of(component: str, moments: Iterable[datetime], machine: Machine = normal) -> str:
    """A component's input file with a row for each of these moments."""
    columns = [NAMES.index(f"{component}\\{sensor}") for sensor in SENSORS[component]]
    rows = [
        ",".join([moment.isoformat(timespec="microseconds")[:26], *(repr(values[column]) for column in columns)])
        for moment, values in ((moment, machine(moment)) for moment in moments)
    ]
    return "\n".join([",".join(["Timestamp", *SENSORS[component]]), *rows, ""])


def minutes_of(start: datetime, end: datetime) -> list[datetime]:
    """The minutes with start < minute <= end."""
    return [start + count * MINUTE for count in range(1, (end - start) // MINUTE + 1)]


@dataclass(frozen=True)
class Plant:
    """The engine seen through boto3, with hands to put files in place and to let time pass."""

    world: World
    s3: Any
    bucket: str
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", self.world.client)

    @property
    def resources(self) -> Resources:
        return self.world.resources

    def model(self, name: str = "model", **more: Any) -> None:
        """A trained model of the machine."""
        self.world.model(name, **more)
        self.world.done_training(name, artefact_prefix=stored_plant(self.resources))

    def scheduler(self, name: str = "scheduler", *, since: str | None = None, **more: Any) -> str:
        """A scheduler that was created at `since`, on a model of its own."""
        if since:
            self.world.clock.now = at(since)
        if "ModelName" not in more:
            self.model(f"model-of-{name}")
        asked = {
            "InferenceSchedulerName": name,
            "ModelName": f"model-of-{name}",
            "DataUploadFrequency": "PT5M",
            "DataInputConfiguration": self.input(),
            "DataOutputConfiguration": {"S3OutputConfiguration": {"Bucket": self.bucket, "Prefix": "out/"}},
            "RoleArn": ROLE,
        } | more
        self.client.create_inference_scheduler(**asked)
        self.resources.queue.sent.clear()  # of what made the model
        return name

    def input(self, zone: str = "+00:00", stamps: str = "yyyyMMddHHmmss", delimiter: str = "_") -> dict[str, Any]:
        return {
            "S3InputConfiguration": {"Bucket": self.bucket, "Prefix": "in/"},
            "InputTimeZoneOffset": zone,
            "InferenceInputNameConfiguration": {
                "TimestampFormat": stamps,
                "ComponentTimestampDelimiter": delimiter,
            },
        }

    def put(self, key: str, text: str | bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=text.encode() if isinstance(text, str) else text)

    def feed(
        self, start: datetime, end: datetime, *, stamp: str | None = None, machine: Machine = normal, but: str = ""
    ) -> None:
        """A file for each component but one, with the rows (start, end]; stamped with the start unless told."""
        stamp = stamp or start.strftime("%Y%m%d%H%M%S")
        for component in SENSORS:
            if component != but:
                self.put(f"in/{component}_{stamp}.csv", csv_of(component, minutes_of(start, end), machine))

    def feed_windows(self, first: datetime, count: int, *, minutes: int = 5, machine: Machine = normal) -> None:
        for number in range(count):
            start = first + number * minutes * MINUTE
            self.feed(start, start + minutes * MINUTE, machine=machine)

    def pass_time(self, until: str | datetime) -> None:
        """Turn the clock, tick, and do what fell due."""
        self.world.clock.now = at(until) if isinstance(until, str) else until
        tick(self.resources, self.world.clock())
        self.work()

    def work(self) -> None:
        """Do what the messages in the queue ask for, until there is none."""
        sent = self.resources.queue.sent
        while sent:
            nudge = sent.pop(0)
            WORK[nudge.task](self.resources, nudge.row_id)

    def executions(self, name: str = "scheduler", **filters: Any) -> list[dict[str, Any]]:
        """Newest first, as the client gets them."""
        found = self.client.list_inference_executions(InferenceSchedulerName=name, **filters)
        return found["InferenceExecutionSummaries"]

    def latest(self, name: str = "scheduler") -> dict[str, Any]:
        return self.executions(name)[0]

    def results(self, execution: dict[str, Any]) -> list[dict[str, Any]]:
        place = execution["CustomerResultObject"]
        body = self.s3.get_object(Bucket=place["Bucket"], Key=place["Key"])["Body"].read().decode()
        assert body.endswith("\n")
        return [json.loads(line) for line in body.splitlines()]

    def keys(self, prefix: str) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [entry["Key"] for entry in found.get("Contents", [])]


def times_of(execution: dict[str, Any]) -> tuple[str, str, str]:
    """ScheduledStartTime, DataStartTime and DataEndTime as texts in UTC."""
    names = ("ScheduledStartTime", "DataStartTime", "DataEndTime")
    return tuple(utc_text(execution[name]) for name in names)


def plant_of(resources: Resources, s3: Any, bucket: str, region: str) -> Plant:
    client = led_in_process(equipment_client(region), create_app(resources.settings, resources))
    return Plant(World(client, resources, region), s3, bucket)
