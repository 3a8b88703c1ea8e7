"""One import: the objects of a dataset or a model version are copied inside the engine's bucket, or come in a file.

Whoever asked for it was allowed to at that moment. The source may be replaced or deleted meanwhile: its objects stay
until the import has ended.
"""

from functools import partial
from typing import Any

import structlog

from service.engine.resources import Resources
from service.engine.store import (
    datasets,
    imported_inputs,
    imports,
    ingestion_jobs,
    model_versions,
    models,
    unfinished,
)
from service.engine.store.database import Connection
from service.engine.store.imports import Import
from service.engine.store.model_versions import MADE_FROM
from service.engine.store.unfinished import Piece
from service.engine.work.attempts import attempt, in_hand
from service.engine.work.bucket.dataset_copies import copy_prefix
from service.engine.work.bucket.trained_models import artefact_prefix
from service.engine.work.sharing.file_imports import take_in

log = structlog.get_logger(__name__)


def run_import(resources: Resources, import_id: str) -> None:
    """Run one import to its end. Safe to call again; while S3 or the database is away it stays, for the sweep."""
    piece = Piece("import", import_id)
    with in_hand(resources, piece) as ours:
        task = _begin(resources, piece) if ours else None
        if task is None:
            return
        act, fail = partial(_bring, resources, task), partial(_fail, resources, task)
        brought = attempt(resources, piece, task.attempts, "copied the objects of this import", act, fail)
        if brought:
            _succeed(resources, task, *brought)


def _begin(resources: Resources, piece: Piece) -> Import | None:
    with resources.database.begin() as connection:
        return imports.get(connection, piece.id) if unfinished.begin_attempt(connection, piece) else None


def _bring(resources: Resources, task: Import) -> tuple[int, dict[str, Any]]:
    """Put the objects in their place: their size, and the columns of the version that only a file could tell."""
    if task.source_object:
        return take_in(resources, task, _target_prefix(task))
    bucket = resources.settings.engine_bucket
    return resources.objects.copy_prefix(bucket, task.source_prefix, _target_prefix(task)), {}


def _target_prefix(task: Import) -> str:
    return copy_prefix(task.dataset_id, task.id) if task.dataset_id else artefact_prefix(task.model_id, task.version)


def _succeed(resources: Resources, task: Import, size: int, found: dict[str, Any]) -> None:
    """Everything at once, or nothing when another worker has ended it meanwhile or the target is gone."""
    with resources.database.begin() as connection:
        if not imports.end(connection, task.id, "SUCCESS", resources.clock()):
            return
        if task.dataset_id:
            _fill_dataset(resources, connection, task)
        else:
            _finish_version(resources, connection, task, found | {"imported_data_size": size})
    log.info("import_recorded", import_id=task.id, status="SUCCESS", size=size)


def _fill_dataset(resources: Resources, connection: Connection, task: Import) -> None:
    now = resources.clock()
    ended = {"status": "SUCCESS", "copy_prefix": _target_prefix(task), "finished_at": now}
    ingestion_jobs.end(connection, task.id, **ended)
    content = {"status": "ACTIVE", "current_job_id": task.id, "schema": task.schema}
    datasets.change(connection, task.dataset_id, updated_at=now, **content)


def _finish_version(resources: Resources, connection: Connection, task: Import, found: dict[str, Any]) -> None:
    """The first version that a model has becomes the active one; later ones wait for UpdateActiveModelVersion."""
    now = resources.clock()
    ended = found | {"artefact_prefix": _target_prefix(task), "import_ended_at": now, "updated_at": now}
    model_versions.end(connection, task.model_id, task.version, status="SUCCESS", **ended)
    _hand_over_inference_data(resources, connection, task)
    model = models.get(connection, task.model_id, lock=True)
    if not model.active_version:
        made_from = {column: found[column] for column in MADE_FROM if column in found}
        models.change(connection, task.model_id, status="SUCCESS", **made_from)
        models.activate(connection, task.model_id, task.version, now)


def _hand_over_inference_data(resources: Resources, connection: Connection, task: Import) -> None:
    """Say where the source model's accumulated data lie: a retraining of the target reads them from there."""
    strategy, target_id = task.inference_data_import_strategy, task.model_id
    is_wanted = strategy == "OVERWRITE" or (
        strategy == "ADD_WHEN_EMPTY" and not imported_inputs.has_accumulated(connection, target_id)
    )
    if not is_wanted or task.source_model_id == target_id:
        return
    if strategy == "OVERWRITE":
        imported_inputs.forget(connection, target_id)
        now = resources.clock()
        models.change(connection, target_id, accumulated_since=now, updated_at=now)
    imported_inputs.copy_all(connection, source_id=task.source_model_id, target_id=target_id)


def _fail(resources: Resources, task: Import, reason: str) -> None:
    """A dataset keeps the content it had, a model the versions."""
    with resources.database.begin() as connection:
        if not imports.end(connection, task.id, "FAILED", resources.clock()):
            return
        if task.dataset_id:
            _keep_dataset(resources, connection, task, reason)
        else:
            _fail_version(resources, connection, task, reason)
    log.info("import_recorded", import_id=task.id, status="FAILED", failed_reason=reason)


def _keep_dataset(resources: Resources, connection: Connection, task: Import, reason: str) -> None:
    now = resources.clock()
    ingestion_jobs.end(connection, task.id, status="FAILED", failed_reason=reason, finished_at=now)
    has_content = datasets.get(connection, task.dataset_id).current_job_id
    datasets.change(connection, task.dataset_id, status="ACTIVE" if has_content else "CREATED", updated_at=now)


def _fail_version(resources: Resources, connection: Connection, task: Import, reason: str) -> None:
    now = resources.clock()
    ended = {"failed_reason": reason, "import_ended_at": now, "updated_at": now}
    model_versions.end(connection, task.model_id, task.version, status="FAILED", **ended)
    if models.get(connection, task.model_id).status == "IMPORT_IN_PROGRESS":
        models.change(connection, task.model_id, status="FAILED", updated_at=now)
