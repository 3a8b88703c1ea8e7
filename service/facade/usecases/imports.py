"""Imports of history: asked for here, done in `import_work`. The row is committed first; a worker does the rest."""

from typing import Any

from service.facade.domain.imports import Import, ImportProgress
from service.facade.domain.pages import Page
from service.facade.problems import ImportNotFound, InvalidRequest, StorageRefused, at_pointer
from service.facade.resources import Resources
from service.facade.store import imports
from service.facade.usecases.kept_lists import list_kept
from service.facade.usecases.operations import ready_for_work
from service.facade.usecases.team_places import check_place

WORK_ON_IMPORT = "facade.work_on_import"


def start_import(
    resources: Resources, team: str, name: str, *, bucket: str, prefix: str, import_id: str, created_by: str
) -> Import:
    """Have every result object below a prefix read into the history of a scheduler, whether it exists or not.

    Args:
        import_id: the same id again is the same import.

    Raises:
        InvalidRequest: the bucket does not exist, or this service, or the team, may not use it.
        QueueUnavailable, DatabaseUnavailable, StorageUnavailable: nothing was kept.
    """
    ready_for_work(resources)
    check_place(resources, team, bucket, prefix, "/bucket")
    _check_bucket(resources, bucket)
    now = resources.clock()
    wanted = Import(
        id=import_id,
        team=team,
        inference_scheduler_name=name,
        bucket=bucket,
        prefix=prefix,
        status="queued",
        progress=ImportProgress(),
        unreadable=(),
        problem=None,
        created_by=created_by,
        created_at=now,
        updated_at=now,
    )
    with resources.begin() as work:
        imports.insert_once(work.db, wanted)
        work.send(WORK_ON_IMPORT, import_id)
    return show_import(resources, team, import_id)


def show_import(resources: Resources, team: str, import_id: str) -> Import:
    with resources.database.begin() as db:
        found = imports.find(db, team, import_id)
    if found is None:
        raise ImportNotFound(f"There is no import {import_id!r}.")
    return found


def list_imports(resources: Resources, team: str, name: str, limit: int, cursor: str | None) -> Page[Import]:
    """Newest first. A scheduler that was deleted keeps its list.

    Raises:
        SchedulerNotFound: there is none, and no list either.
    """
    return list_kept(resources, imports.page, team, name, limit, cursor, import_query(team, name))


def import_query(team: str, name: str) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "imports", "team": team, "inference_scheduler_name": name}


def cancel_import(resources: Resources, team: str, import_id: str) -> Import:
    """End an import. What it has read stays; one that has ended already stays as it is."""
    show_import(resources, team, import_id)
    with resources.database.begin() as db:
        imports.end(db, import_id, "cancelled", resources.clock())
    return show_import(resources, team, import_id)


def _check_bucket(resources: Resources, bucket: str) -> None:
    try:
        resources.buckets.check(bucket)
    except StorageRefused as refusal:
        missing = f"There is no bucket {bucket!r}." if refusal.aws_error_code in ("404", "NoSuchBucket") else None
        detail = missing or f"This service may not use the bucket {bucket!r} ({refusal.detail})."
        raise InvalidRequest(detail, errors=[at_pointer("/bucket", detail)]) from refusal
