"""Trained models in the engine's bucket: written once by training, loaded by runs and kept for the next ones."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from service.engine.detection import FittedModel, load, save
from service.engine.objects import ObjectStore
from service.engine.scheduling.frequency import parse_duration
from service.engine.store.model_versions import ModelVersion, as_made
from service.engine.store.models import Model
from service.engine.work.frames.off_condition import OffCondition, parse_off_condition
from service.engine.work.schemas import sensors_by_component

ARTEFACTS = ("detector.json", "detector.npz", "training.json")
KEPT_BYTES = 256 * 1024**2  # of artefacts as stored, per process
LONGEST_CONTEXT = timedelta(hours=2)


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """One version, ready to score.

    components: name to sensors; rate: what training resampled to, if anything; period: the usual time between rows.
    """

    version: int
    components: dict[str, tuple[str, ...]]
    rate: timedelta | None
    off_condition: OffCondition | None
    fitted: FittedModel
    period: timedelta
    size: int = 0  # bytes, as stored

    @property
    def context(self) -> timedelta:
        """How far before a window rows are of use for scoring its first row."""
        return min((self.fitted.context_rows + 1) * self.period, LONGEST_CONTEXT)


def artefact_prefix(model_id: str, version: int) -> str:
    """Where in the engine's bucket the artefacts of a version lie."""
    return f"models/{model_id}/{version}/"


def store_artefacts(objects: ObjectStore, bucket: str, prefix: str, fitted: FittedModel, period: timedelta) -> None:
    """Write a fitted model as JSON and npz. Running it again writes the same objects."""
    text, arrays = save(fitted)
    objects.put(bucket, prefix + "detector.json", text.encode())
    objects.put(bucket, prefix + "detector.npz", arrays)
    objects.put(bucket, prefix + "training.json", json.dumps({"period_seconds": period.total_seconds()}).encode())


def read_artefacts(bodies: Mapping[str, bytes]) -> tuple[FittedModel, timedelta]:
    """The detector in a version's artefacts, and the usual time between its rows.

    Raises:
        ValueError: they are of a format that this engine does not read.
    """
    text, arrays, training = (bodies[name] for name in ARTEFACTS)
    return load(text.decode(), arrays), timedelta(seconds=json.loads(training)["period_seconds"])


class TrainedModels:
    """The versions used last, loaded. Safe to share between threads."""

    def __init__(self, bound: int = KEPT_BYTES) -> None:
        self._bound = bound
        self._size = 0
        self._loaded: OrderedDict[tuple[str, int], TrainedModel] = OrderedDict()
        self._lock = Lock()

    def get(self, objects: ObjectStore, bucket: str, model: Model, version: ModelVersion) -> TrainedModel:
        """The version, from memory or from the bucket. A version never changes once it is trained.

        Raises:
            ObjectsRefused: its artefacts are gone.
        """
        key = (model.id, version.version)
        with self._lock:
            if key in self._loaded:
                self._loaded.move_to_end(key)
                return self._loaded[key]
        trained = _load(objects, bucket, model, version)
        self._keep(key, trained)
        return trained

    def _keep(self, key: tuple[str, int], trained: TrainedModel) -> None:
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = trained
                self._size += trained.size
            while self._size > self._bound and len(self._loaded) > 1:
                _, dropped = self._loaded.popitem(last=False)
                self._size -= dropped.size


def _load(objects: ObjectStore, bucket: str, model: Model, version: ModelVersion) -> TrainedModel:
    bodies = objects.get_many(bucket, [version.artefact_prefix + name for name in ARTEFACTS])
    fitted, period = read_artefacts(dict(zip(ARTEFACTS, bodies, strict=True)))
    model = as_made(model, version)
    return TrainedModel(
        version=version.version,
        components=sensors_by_component(model.schema),
        rate=parse_duration(model.target_sampling_rate) if model.target_sampling_rate else None,
        off_condition=parse_off_condition(model.off_condition),
        fitted=fitted,
        period=period,
        size=sum(map(len, bodies)),
    )
