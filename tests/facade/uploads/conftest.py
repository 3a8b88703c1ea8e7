"""Uploads against real PostgreSQL and S3; the upstream is a stand-in that describes one scheduler and its model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from service.facade.aws.buckets import Buckets
from service.facade.domain.models import Component, Model
from service.facade.domain.schedulers import (
    DataInputConfiguration,
    DataOutputConfiguration,
    InferenceInputNameConfiguration,
    InferenceScheduler,
    S3Location,
)
from service.facade.problems import SchedulerNotFound
from service.facade.resources import Resources, join
from service.settings import Settings

PUMP = Component(component_name="pump", timestamp_column="Timestamp", sensors=("flow", "pressure"))
MOTOR = Component(component_name="motor", timestamp_column="Timestamp", sensors=("speed",))


@dataclass
class RecordedQueue:
    """A queue whose worker never comes; remembers what was sent."""

    sent: list[tuple[str, ...]] = field(default_factory=list)

    def check(self) -> None:
        pass

    def send(self, task: str, *arguments: str, delay: float = 0.0) -> None:
        self.sent.append((task, *arguments))


@dataclass
class StandInUpstream:
    """Describes whatever schedulers it was given, and their models."""

    known: dict[str, InferenceScheduler] = field(default_factory=dict)
    components: dict[str, tuple[Component, ...]] = field(default_factory=dict)

    def add(self, name: str, bucket: str, components: tuple[Component, ...], **naming: str) -> None:
        frequency = naming.pop("frequency", "PT5M")
        offset = naming.pop("offset", "+00:00")
        prefix = naming.pop("prefix", "in/")
        self.components[f"{name}-model"] = components
        self.known[name] = InferenceScheduler(
            inference_scheduler_name=name,
            inference_scheduler_arn=f"arn:aws:lookoutequipment:eu-west-1:000000000000:inference-scheduler/{name}/1",
            model_name=f"{name}-model",
            model_arn=f"arn:aws:lookoutequipment:eu-west-1:000000000000:model/{name}-model/1",
            status="RUNNING",
            data_upload_frequency=frequency,
            data_delay_offset_in_minutes=0,
            data_input_configuration=DataInputConfiguration(
                s3_input_configuration=S3Location(bucket=bucket, prefix=prefix),
                input_time_zone_offset=offset,
                inference_input_name_configuration=InferenceInputNameConfiguration(**naming),
            ),
            data_output_configuration=DataOutputConfiguration(
                s3_output_configuration=S3Location(bucket=bucket, prefix="out/")
            ),
            role_arn="arn:aws:iam::000000000000:role/lookout",
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            updated_at=datetime(2026, 1, 1, tzinfo=UTC),
        )


@dataclass
class StandInSchedulers:
    upstream: StandInUpstream

    def describe(self, name: str) -> InferenceScheduler:
        if name not in self.upstream.known:
            raise SchedulerNotFound(f"There is no scheduler {name!r}.")
        return self.upstream.known[name]


@dataclass
class StandInTeams:
    def team_of(self, arn: str) -> str:
        return "default"


@dataclass
class StandInModels:
    upstream: StandInUpstream

    def describe(self, name: str) -> Model:
        return Model(model_name=name, model_arn="", status="SUCCESS", components=self.upstream.components[name])


@pytest.fixture
def upstream() -> StandInUpstream:
    return StandInUpstream()


@pytest.fixture
def queue() -> RecordedQueue:
    return RecordedQueue()


@pytest.fixture
def resources(settings: Settings, upstream: StandInUpstream, queue: RecordedQueue) -> Iterator[Resources]:
    joined = replace(
        join(settings, queue),
        schedulers=StandInSchedulers(upstream),
        teams=StandInTeams(),
        models=StandInModels(upstream),
    )
    yield joined
    joined.close()


@pytest.fixture
def scheduler(upstream: StandInUpstream, bucket: str, unique: str) -> str:
    """A scheduler of five minutes over two components, with input under in/."""
    upstream.add(f"scheduler-{unique}", bucket, (PUMP, MOTOR))
    return f"scheduler-{unique}"


@pytest.fixture
def input_files(s3, bucket: str) -> Callable[[], dict[str, str]]:
    """The input files of the test's bucket, by name."""

    def read() -> dict[str, str]:
        listed = [entry for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="in/")
                  for entry in page.get("Contents", [])]  # fmt: skip
        return {
            entry["Key"].removeprefix("in/"): s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read().decode()
            for entry in listed
        }

    return read


@pytest.fixture
def staged(resources: Resources) -> Callable[[], list[str]]:
    """Keys that wait in the staging bucket."""
    buckets: Buckets = resources.buckets
    return lambda: [
        entry["Key"] for entry in buckets.client.list_objects_v2(Bucket=buckets.staging_bucket).get("Contents", [])
    ]
