"""What the pieces of a training leave for each other in the engine's bucket, until the training has ended.

trainings/<model>/<version>/<step>-<number>
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from service.engine.detection import Numbers
from service.engine.objects import ObjectStore
from service.engine.resources import Resources

PREPARE, FIT, JUDGE = "prepare", "fit-", "judge"
PLAN, PRIOR = "plan.json", "prior.json"


@dataclass(frozen=True)
class TrainingParts:
    """The parts of one training. Whoever does a piece again writes the same bytes again."""

    objects: ObjectStore
    bucket: str
    prefix: str

    def put(self, name: str, body: bytes) -> None:
        self.objects.put(self.bucket, self.prefix + name, body)

    def get(self, name: str) -> bytes:
        return self.objects.get(self.bucket, self.prefix + name)

    def put_numbers(self, name: str, numbers: Numbers) -> None:
        buffer = io.BytesIO()
        np.savez(buffer, **numbers)
        self.put(name, buffer.getvalue())

    def get_numbers(self, name: str) -> Numbers:
        with np.load(io.BytesIO(self.get(name)), allow_pickle=False) as arrays:
            return dict(arrays)

    def put_json(self, name: str, said: Any) -> None:
        self.put(name, orjson.dumps(said))

    def get_json(self, name: str) -> Any:
        return orjson.loads(self.get(name))

    def remove(self) -> None:
        self.objects.delete_prefix(self.bucket, self.prefix)


def parts_of(resources: Resources, model_id: str, version: int) -> TrainingParts:
    """The parts of the training that makes that version."""
    prefix = f"trainings/{model_id}/{version}/"
    return TrainingParts(resources.objects, resources.settings.engine_bucket, prefix)


@dataclass(frozen=True)
class NumbersOfStep(Sequence[Numbers]):
    """The numbers of a step, portion by portion; each is fetched when it is asked for, so one is in memory."""

    parts: TrainingParts
    step: str
    count: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> Numbers:
        if not 0 <= number < self.count:
            raise IndexError(number)
        return self.parts.get_numbers(part_name(self.step, number))


def part_name(step: str, number: int) -> str:
    """Of what a piece of that step has made of a portion."""
    return f"{step}-{number:05}"


def state_name(step: str) -> str:
    """Of what was known when that step had ended."""
    return f"{step}-state"


def found_name(number: int) -> str:
    """Of what was found in a portion: rows and days, by range."""
    return f"found-{number:05}.json"


def lines_name(number: int) -> str:
    """Of the diagnostics of a portion, gzipped."""
    return f"lines-{number:05}.gz"
