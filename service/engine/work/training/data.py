"""What a version is trained on: the dataset's copy, for a retraining with accumulated inference data, span by span."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import numpy as np

from service.engine.detection import Readings
from service.engine.detection.readings import moment
from service.engine.objects import ObjectMissing
from service.engine.resources import Resources
from service.engine.scheduling.frequency import parse_duration
from service.engine.store import ingestion_jobs
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model
from service.engine.work.bucket.dataset_copies import ComponentCopy, read_between, read_index
from service.engine.work.frames.alignment import as_datetime64, stacked
from service.engine.work.problems import InputProblem
from service.engine.work.retraining.accumulated_data import accumulated
from service.engine.work.schemas import sensors_by_component
from service.engine.work.training.spans import Span, cells_between, spans_of

RUN_UP = timedelta(days=7)  # read before the first row that is needed, for values that are carried forward
RETRAINING = "RETRAINING"
_NO_TIMES = np.empty(0, "datetime64[ns]")


@dataclass(frozen=True)
class TrainingData:
    """Where the data of one version lie; nothing of them is in memory.

    model: as the version was made; copies: of the model's components; span: from when to when data are read.
    """

    model: Model
    version: ModelVersion
    prefix: str
    components: Mapping[str, tuple[str, ...]]
    copies: tuple[ComponentCopy, ...]
    span: Span

    @property
    def sensors(self) -> tuple[str, ...]:
        return tuple(f"{component}\\{sensor}" for component, names in self.components.items() for sensor in names)

    @property
    def rate(self) -> timedelta | None:
        return parse_duration(self.model.target_sampling_rate) if self.model.target_sampling_rate else None

    @property
    def is_retraining(self) -> bool:
        return self.version.source_type == RETRAINING

    @property
    def cells(self) -> int:
        """About how many rows x sensors the copies have to read."""
        return cells_between(self.copies, self._widths, *self.span)

    def spans(self, cells: int) -> list[Span]:
        """The stretches of time of about so many cells, in order."""
        step = self.rate and self.rate // timedelta(microseconds=1) * 1000
        return spans_of(self.copies, *self.span, cells, step, sensors=self._widths)

    @property
    def _widths(self) -> list[int]:
        return [len(names) for names in self.components.values()]


def find_training_data(resources: Resources, model: Model, version: ModelVersion) -> TrainingData:
    """The data of a version whose training is under way.

    Raises:
        InputProblem: the dataset has no content, or not what the model's schema asks for.
    """
    with resources.database.begin() as connection:
        job = version.ingestion_job_id and ingestion_jobs.get(connection, version.ingestion_job_id)
    if not job or not job.copy_prefix:
        raise InputProblem(f"The dataset {model.dataset_name} has no ingested data. Start a data ingestion job first.")
    components = sensors_by_component(model.schema)
    indexed = partial(_index, resources, model, job.copy_prefix)
    copies = tuple(resources.objects.concurrently(indexed, components.items()))
    return TrainingData(model, version, job.copy_prefix, components, copies, _span(model, version, copies))


def read_span(resources: Resources, data: TrainingData, span: Span) -> list[Readings]:
    """Readings of every component in one stretch of time; in a retraining what is in the dataset wins."""
    own = resources.objects.concurrently(lambda copy: _copied(resources, data, copy, span), data.copies)
    if not data.is_retraining:
        return own
    return [
        stacked([*_accumulated(resources, data, component, span), rows])
        for component, rows in zip(data.components, own, strict=True)
    ]


def has_from_to(data: TrainingData) -> tuple[np.datetime64, np.datetime64]:
    """The first and the last time of the dataset."""
    return min(copy.start for copy in data.copies), max(copy.end for copy in data.copies)


def _index(resources: Resources, model: Model, prefix: str, wanted: tuple[str, Sequence[str]]) -> ComponentCopy:
    component, sensors = wanted
    try:
        copy = read_index(resources.objects, resources.settings.engine_bucket, prefix, component)
    except ObjectMissing as error:
        raise InputProblem(
            f"The dataset {model.dataset_name} has no content of component {component}, or it was ingested by an "
            "earlier version of the engine. Start a data ingestion job."
        ) from error
    if missing := [sensor for sensor in sensors if sensor not in copy.sensors]:
        raise InputProblem(
            f"The model's schema does not fit the data of dataset {model.dataset_name}: component {component} lacks "
            f"the sensors {', '.join(missing)}."
        )
    return copy


def _span(model: Model, version: ModelVersion, copies: Sequence[ComponentCopy]) -> Span:
    """From a while before the first row that is needed to the last; but for a retraining within the dataset's own."""
    first, last = _nanoseconds(min(copy.start for copy in copies)), _nanoseconds(max(copy.end for copy in copies))
    ranges = [(model.training_data_start_time, model.training_data_end_time)]
    if model.evaluation_data_start_time or model.evaluation_data_end_time:
        ranges.append((model.evaluation_data_start_time, model.evaluation_data_end_time))
    start = min(_nanoseconds(as_datetime64(given - RUN_UP)) if given else first for given, _ in ranges)
    end = max(_nanoseconds(as_datetime64(given)) if given else last for _, given in ranges)
    if version.source_type != RETRAINING:
        start, end = max(start, first), min(end, last)
    return start - 1, max(start - 1, end)


def _nanoseconds(time: np.datetime64) -> int:
    return int(time.astype(np.int64))


def _copied(resources: Resources, data: TrainingData, copy: ComponentCopy, span: Span) -> Readings:
    wanted = data.components[copy.component]
    names = tuple(f"{copy.component}\\{sensor}" for sensor in wanted)
    columns = [copy.sensors.index(sensor) for sensor in wanted]
    place = (resources.objects, resources.settings.engine_bucket, data.prefix)
    pieces = list(read_between(*place, copy, columns, *span))
    return Readings(
        np.concatenate([_NO_TIMES, *(rows.times for rows in pieces)]),
        np.concatenate([np.empty((0, len(names))), *(rows.values for rows in pieces)]),
        names,
    )


def _accumulated(resources: Resources, data: TrainingData, component: str, span: Span) -> Iterator[Readings]:
    start, end = (moment(np.datetime64(time, "ns")) for time in span)
    sensors = data.components[component]
    for readings in accumulated(resources, data.model, component, sensors, start, end + timedelta(microseconds=1)):
        first, last = np.searchsorted(readings.times.view(np.int64), span, side="right")  # to the nanosecond
        yield readings.rows(slice(int(first), int(last)))
