"""Objects in the engine's bucket that nothing needs any more: copies and artefacts of what was deleted or replaced.

An operation that deletes removes rows only, and an ingestion that succeeds leaves the copy before it to trainings
and imports under way. A row is always there before its objects are written, so objects without one are nobody's.
"""

from collections.abc import Callable

import structlog

from service.engine.objects import ObjectsRefused, ObjectStore, ObjectsUnavailable
from service.engine.resources import Resources
from service.engine.store import imports, ingestion_jobs, model_versions, schedulers
from service.engine.store.database import Connection
from service.engine.work.bucket.dataset_copies import copy_prefix
from service.engine.work.bucket.trained_models import artefact_prefix
from service.engine.work.inference.shadow_scoring import FOLDER as SHADOWS

log = structlog.get_logger(__name__)


def remove_leftovers(resources: Resources) -> None:
    """Delete copies that nothing needs, artefacts whose model version is gone, parts of trainings that have ended, and
    what shadow versions found for schedulers that are gone.

    With S3 away, or before there is a bucket, nothing is done: the next round is as good.
    """
    try:
        _remove(resources, "datasets/", _needs_copy)
        _remove(resources, "models/", _has_version)
        _remove(resources, "trainings/", _is_trained)
        _remove(resources, SHADOWS, _has_scheduler)
    except (ObjectsRefused, ObjectsUnavailable) as error:
        log.warning("leftovers_kept", error=str(error))


def _remove(resources: Resources, folder: str, is_needed: Callable[[Connection, str, str], bool]) -> None:
    bucket = resources.settings.engine_bucket
    for prefix in _prefixes(resources.objects, bucket, folder):
        with resources.database.begin() as connection:
            needed = is_needed(connection, *prefix.split("/")[1:3])
        if not needed:
            resources.objects.delete_prefix(bucket, prefix)
            log.info("leftovers_removed", prefix=prefix)


def _prefixes(objects: ObjectStore, bucket: str, folder: str) -> list[str]:
    """`<folder><one>/<other>/` of every object below the folder, each once."""
    return [other for one in objects.folders(bucket, folder) for other in objects.folders(bucket, one)]


def _needs_copy(connection: Connection, dataset_id: str, job_id: str) -> bool:
    is_imported = imports.is_read(connection, copy_prefix(dataset_id, job_id))
    return is_imported or ingestion_jobs.needs_copy(connection, dataset_id, job_id)


def _has_version(connection: Connection, model_id: str, version: str) -> bool:
    if not version.isdigit() or imports.is_read(connection, artefact_prefix(model_id, int(version))):
        return True
    return model_versions.get(connection, model_id, int(version)) is not None


def _is_trained(connection: Connection, model_id: str, version: str) -> bool:
    found = model_versions.get(connection, model_id, int(version))
    return found is not None and found.status == "IN_PROGRESS"


def _has_scheduler(connection: Connection, scheduler_id: str, _: str) -> bool:
    return schedulers.get(connection, scheduler_id) is not None
