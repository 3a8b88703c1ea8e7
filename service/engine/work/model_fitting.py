"""The fitting itself: a dataset's copy, its ranges and labels -> a detector with its artefacts and metrics."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from service.engine.detection import FittedModel, Readings, evaluate, fit, score
from service.engine.resources import Resources
from service.engine.scheduling.frequency import parse_duration
from service.engine.scheduling.windows import utc_text
from service.engine.store import ingestion_jobs
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model
from service.engine.work.dataset_copies import read_copy
from service.engine.work.frames.alignment import aligned, between
from service.engine.work.frames.off_condition import off_rows, parse_off_condition
from service.engine.work.labels import ANOMALY, NEUTRAL, RatedLabel, rated, read_labels
from service.engine.work.problems import InputProblem
from service.engine.work.schemas import sensors_by_component
from service.engine.work.trained_models import artefact_prefix, store_artefacts

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Training:
    """What a training made, beside the artefacts it wrote: ModelMetrics as JSON text, and the verdict on them."""

    metrics: str
    quality: str


def train(resources: Resources, model: Model, version: ModelVersion) -> Training:
    """Fit a version, write its artefacts and evaluate it.

    Raises:
        InputProblem, TrainingError, UnreadableOffCondition, ObjectsRefused: for the owner of the data to mend.
        ObjectsUnavailable: S3 is away.
    """
    labels = read_labels(resources, model)
    rate = parse_duration(model.target_sampling_rate) if model.target_sampling_rate else None
    table = _running(model, aligned(_copy(resources, model, version), rate))
    learnt = _rows_between(table, model.training_data_start_time, model.training_data_end_time, "training")
    fitted = fit(learnt, left_out=rated(labels, ANOMALY, NEUTRAL), sampling=rate)
    period = rate or _usual_period(learnt)
    bucket = resources.settings.engine_bucket
    store_artefacts(resources.objects, bucket, artefact_prefix(model.id, version.version), fitted, period)
    metrics = _evaluate(model, fitted, table, labels)
    return Training(json.dumps(metrics), _quality(metrics))


def _copy(resources: Resources, model: Model, version: ModelVersion) -> list[Readings]:
    with resources.database.begin() as connection:
        job = version.ingestion_job_id and ingestion_jobs.get(connection, version.ingestion_job_id)
    if not job or not job.copy_prefix:
        raise InputProblem(f"The dataset {model.dataset_name} has no ingested data. Start a data ingestion job first.")
    components = sensors_by_component(model.schema)
    try:
        return read_copy(resources.objects, resources.settings.engine_bucket, job.copy_prefix, components)
    except ValueError as error:
        raise InputProblem(
            f"The model's schema does not fit the data of dataset {model.dataset_name}: {error}."
        ) from error


def _running(model: Model, table: Readings) -> Readings:
    return table.rows(~off_rows(parse_off_condition(model.off_condition), table))


def _rows_between(table: Readings, start: datetime | None, end: datetime | None, what: str) -> Readings:
    """Rows with start <= time <= end, as far as these are given.

    Raises:
        InputProblem: there are none; the message says what the dataset has.
    """
    rows = between(table, start and start - _INSTANT, end)
    if not len(rows):
        wanted = f"{utc_text(start) if start else 'the beginning'} to {utc_text(end) if end else 'the end'}"
        raise InputProblem(f"The dataset has no data in the {what} range, {wanted}. {_has(table)}")
    return rows


def _has(table: Readings) -> str:
    if not len(table):
        return "It has no row with the machine running at all."
    first, last = np.datetime_as_string(table.times[[0, -1]], unit="s")
    return f"It has data from {first}Z to {last}Z."


def _usual_period(readings: Readings) -> timedelta:
    step = np.median(np.diff(readings.times).astype("timedelta64[us]").astype(np.int64))
    return timedelta(microseconds=int(step))


def _evaluate(model: Model, fitted: FittedModel, table: Readings, labels: list[RatedLabel]) -> dict:
    """ModelMetrics over the evaluation range; without one there is nothing to tell, and its lists are empty."""
    start, end = model.evaluation_data_start_time, model.evaluation_data_end_time
    if start is None and end is None:
        return evaluate(score(fitted, table.rows(slice(0, 0))))
    rows = _rows_between(table, start, end, "evaluation")
    first = int(np.searchsorted(table.times, rows.times[0]))
    scores = score(fitted, rows, context=table.rows(slice(0, first)))
    return evaluate(scores, rated(labels, ANOMALY))


def _quality(metrics: dict) -> str:
    """Good enough when at least half of the labelled events of the evaluation range are found."""
    labelled = metrics["labeled_event_metrics"]
    if not labelled["num_labeled"]:
        return "CANNOT_DETERMINE_QUALITY"
    enough = 2 * labelled["num_identified"] >= labelled["num_labeled"]
    return "QUALITY_THRESHOLD_MET" if enough else "POOR_QUALITY_DETECTED"
