"""A scheduler whose executions lack data, a bucket where data come late, and a clock."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.facade.resources import Resources
from service.facade.usecases.healing import heal_scheduler

LACKING = "Could not find data file for sensor pump within expected range of (…]"
FIVE = timedelta(minutes=5)


@dataclass
class LatePlant:
    """`fail(n)` and `succeed(n)` are the executions of the n-th window before now; `send(n)` lets its file come."""

    s3: Any
    bucket: str
    upstream: Any
    name: str
    resources: Resources
    now: datetime  # a moment after the newest window has ended

    def fail(self, *numbers: int, reason: str = LACKING) -> None:
        for number in sorted(numbers, reverse=True):
            self.upstream.add_execution(self.name, self._epoch(number), "FAILED", reason)

    def succeed(self, *numbers: int) -> None:
        """With a result object that was written just now, whenever the window was."""
        for number in sorted(numbers, reverse=True):
            self.upstream.add_execution(self.name, self._epoch(number))
            place = self.upstream.executions[self.name][0]["CustomerResultObject"]
            place["Bucket"] = self.bucket
            self.s3.put_object(Bucket=self.bucket, Key=place["Key"], Body=b"")

    def send(self, *numbers: int) -> None:
        for number in numbers:
            self.s3.put_object(Bucket=self.bucket, Key=f"in/pump_{self.start(number):%Y%m%d%H%M%S}.csv", Body=b"x")

    def heal(self, after: timedelta = timedelta(seconds=20)) -> None:
        """A pass, some time after now: what came has come to rest."""
        later = replace(self.resources, clock=lambda: self.now + after)
        heal_scheduler(later, self.name)

    def replayed(self) -> list[tuple[int, int]]:
        """(first, last) window of every replay that the upstream was asked for."""
        return [
            (self._number(one["StartTime"]), self._number(one["EndTime"]) + 1) for one in self.upstream.replays.values()
        ]

    def healed(self, client: Any) -> list[Any]:
        """What the executions say, the newest first."""
        executions = client.get(f"/v1/schedulers/{self.name}/executions").json["executions"]
        return [one["healed"] and (one["healed"]["reason"], one["healed"]["status"]) for one in executions]

    def start(self, number: int) -> datetime:
        """Start of the n-th window before now; window 0 has just ended."""
        newest_end = self.now - (self.now - datetime(1970, 1, 1, tzinfo=UTC)) % FIVE
        return newest_end - (number + 1) * FIVE

    def _epoch(self, number: int) -> int:
        return int(self.start(number).timestamp())

    def _number(self, epoch: float) -> int:
        return round((self.start(0) - datetime.fromtimestamp(epoch, UTC)) / FIVE)


@pytest.fixture
def plant(s3, bucket: str, upstream, name: str, resources) -> LatePlant:
    """Its clock stands two minutes after a boundary; files are written in real time, which is later or the same."""
    upstream.add_scheduler(
        name,
        "STOPPED",
        InferenceSchedulerArn=f"arn:aws:lookoutequipment:::inference-scheduler/{name}/{bucket}",
    )
    upstream.schedulers[name]["DataInputConfiguration"]["S3InputConfiguration"] = {"Bucket": bucket, "Prefix": "in/"}
    return LatePlant(s3, bucket, upstream, name, resources, resources.clock())


@pytest.fixture
def end_replay(plant, client, upstream) -> Callable[[str], None]:
    """The replay at work ends, and everybody has seen it."""

    def end(status: str) -> None:
        upstream.end_replay(status)
        (newest, *_) = client.get(f"/v1/schedulers/{plant.name}/replays").json["replays"]
        client.get(f"/v1/replays/{newest['id']}")
        client.get(f"/v1/schedulers/{plant.name}/predictions")  # collects once more, and forgets it

    return end
