"""One training: the dataset's copy becomes a version of a model, with the metrics of its evaluation."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import structlog

from service.engine.detection import FittedModel, Readings, TrainingError, evaluate, fit, score
from service.engine.objects import ObjectsRefused, ObjectsUnavailable
from service.engine.resources import Resources
from service.engine.scheduling.frequency import parse_duration
from service.engine.scheduling.windows import utc_text
from service.engine.store import ingestion_jobs, model_versions, models
from service.engine.store.locks import working_on
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model
from service.engine.store.unfinished import training_id, version_of
from service.engine.work.dataset_copies import read_copy
from service.engine.work.frames.alignment import aligned, between
from service.engine.work.frames.off_condition import UnreadableOffCondition, off_rows, parse_off_condition
from service.engine.work.labels import Label, read_labels
from service.engine.work.problems import InputProblem, as_reason, engine_failed
from service.engine.work.schemas import sensors_by_component
from service.engine.work.trained_models import artefact_prefix, store_artefacts

_INSTANT = timedelta(microseconds=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, eq=False)
class Training:
    """What a training made: the fitted detector, the usual time between rows, metrics and their verdict."""

    fitted: FittedModel
    period: timedelta
    metrics: str
    quality: str


def run_training(resources: Resources, piece_id: str) -> None:
    """Train one version, `<model id>/<version>`, to its end. Safe to call again.

    While S3 is away the version stays IN_PROGRESS and the sweep sends it again.
    """
    model_id, number = version_of(piece_id)
    with working_on(resources.database, "training", training_id(model_id, number)) as ours:
        model, version = _version(resources, model_id, number) if ours else (None, None)
        if version is None or version.status != "IN_PROGRESS":
            return
        try:
            _start(resources, version)
            training = _train(resources, model, version)
        except (InputProblem, ObjectsRefused, TrainingError, UnreadableOffCondition) as error:
            _fail(resources, version, as_reason(error))
        except ObjectsUnavailable as error:
            log.warning("training_interrupted", model=model.name, version=number, error=str(error))
        except Exception as error:
            log.exception("training_broke", model=model.name, version=number)
            _fail(resources, version, engine_failed(error))
        else:
            _succeed(resources, version, training)


def _version(resources: Resources, model_id: str, number: int) -> tuple[Model | None, ModelVersion | None]:
    with resources.database.begin() as connection:
        return models.get(connection, model_id), model_versions.get(connection, model_id, number)


def _train(resources: Resources, model: Model, version: ModelVersion) -> Training:
    labels = read_labels(resources.objects, model.labels_input_configuration)
    rate = parse_duration(model.target_sampling_rate) if model.target_sampling_rate else None
    table = _running(model, aligned(_copy(resources, model, version), rate))
    learnt = _rows_between(table, model.training_data_start_time, model.training_data_end_time, "training")
    fitted = fit(learnt, left_out=labels, sampling=rate)
    period = rate or _usual_period(learnt)
    bucket = resources.settings.engine_bucket
    store_artefacts(resources.objects, bucket, artefact_prefix(model.id, version.version), fitted, period)
    metrics = _evaluate(model, fitted, table, labels)
    return Training(fitted, period, json.dumps(metrics), _quality(metrics))


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


def _evaluate(model: Model, fitted: FittedModel, table: Readings, labels: list[Label]) -> dict:
    """ModelMetrics over the evaluation range; without one there is nothing to tell, and its lists are empty."""
    start, end = model.evaluation_data_start_time, model.evaluation_data_end_time
    if start is None and end is None:
        return evaluate(score(fitted, table.rows(slice(0, 0))))
    rows = _rows_between(table, start, end, "evaluation")
    first = int(np.searchsorted(table.times, rows.times[0]))
    scores = score(fitted, rows, context=table.rows(slice(0, first)))
    return evaluate(scores, labels)


def _quality(metrics: dict) -> str:
    """Good enough when at least half of the labelled events of the evaluation range are found."""
    labelled = metrics["labeled_event_metrics"]
    if not labelled["num_labeled"]:
        return "CANNOT_DETERMINE_QUALITY"
    enough = 2 * labelled["num_identified"] >= labelled["num_labeled"]
    return "QUALITY_THRESHOLD_MET" if enough else "POOR_QUALITY_DETECTED"


def _start(resources: Resources, version: ModelVersion) -> None:
    with resources.database.begin() as connection:
        model_versions.change(connection, version.model_id, version.version, training_started_at=resources.clock())


def _succeed(resources: Resources, version: ModelVersion, training: Training) -> None:
    now = resources.clock()
    with resources.database.begin() as connection:
        model_versions.change(
            connection,
            version.model_id,
            version.version,
            status="SUCCESS",
            artefact_prefix=artefact_prefix(version.model_id, version.version),
            model_metrics=training.metrics,
            model_quality=training.quality,
            training_ended_at=now,
        )
        models.change(
            connection,
            version.model_id,
            status="SUCCESS",
            active_version=version.version,
            active_version_activated_at=now,
        )
    log.info("training_recorded", model_id=version.model_id, version=version.version, status="SUCCESS")


def _fail(resources: Resources, version: ModelVersion, reason: str) -> None:
    now = resources.clock()
    with resources.database.begin() as connection:
        model_versions.change(
            connection,
            version.model_id,
            version.version,
            status="FAILED",
            failed_reason=reason,
            training_ended_at=now,
        )
        models.change(connection, version.model_id, status="FAILED")
    log.info("training_recorded", model_id=version.model_id, version=version.version, status="FAILED", reason=reason)
