"""Accepting uploads, telling how far they are, and cancelling them. The work on them is in `upload_work`.

An upload is accepted once its bytes are in the staging bucket and its row is committed; from then on it is not lost.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

from service.facade.aws.objects import delete_object, writing
from service.facade.counts import count_accepted, count_upload
from service.facade.domain.pages import Page
from service.facade.domain.uploads import StagedFile, Upload, UploadPlan, UploadWork
from service.facade.problems import Conflict, InvalidUpload, UploadNotFound
from service.facade.resources import Resources
from service.facade.sensordata.text import Allowance
from service.facade.store import repetitions, uploads
from service.facade.usecases.kept_lists import list_kept
from service.facade.usecases.operations import ready_for_work
from service.facade.usecases.upload_endings import tell_finished
from service.facade.usecases.upload_plans import plan_upload
from service.facade.usecases.upload_staging import SentFile, Stage, content_hash

WORK_ON_UPLOADS = "facade.work_on_uploads"
STAGING_PREFIX = "uploads/"
_MOST_UNPACKED = 20  # times what a body may have; tables of sensors shrink to a tenth

Files = Iterable[tuple[str, Iterable[bytes]] | SentFile]


def accept_upload(
    resources: Resources,
    team: str,
    scheduler_name: str,
    files: Files,
    component: str | None = None,
    *,
    time_zone: str | None = None,
    time_format: str | None = None,
    dry_run: bool = False,
    force: bool = False,
    upload_id: str | None = None,
) -> Upload:
    """Stage the files of an upload and leave the rest to a worker.

    Args:
        files: each file, its blocks read once and in order, so that a body can be streamed through.
        component: the one component that all files belong to, where the caller named it.
        time_zone, time_format: what times without a zone mean, and how times are written, where the caller says so.
        dry_run: only check everything.
        force: also where the same was uploaded before.
        upload_id: the same for a request that comes again; where there is such an upload, nothing is done.

    Returns:
        The new upload; or the earlier one of the same content, as a `repetition`.

    Raises:
        InvalidUpload: the beginning of a file shows already that it cannot be used. Nothing was kept.
        UploadTooLarge: so far it holds more than one upload may have when it is unpacked. Nothing was kept.
        InvalidRequest: the model has no such component, or there is no such time zone or format.
        SchedulerNotFound, QueueUnavailable, StorageUnavailable, …: nothing was kept.
    """
    ready_for_work(resources)
    upload_id = upload_id or uuid4().hex
    with resources.database.begin() as db:
        if there := uploads.find(db, team, upload_id):
            return there
    plan = plan_upload(
        resources, team, scheduler_name, component=component, time_zone=time_zone, time_format=time_format
    )
    staged, digests = _stage(resources, STAGING_PREFIX + upload_id, files, plan, component)
    work = UploadWork(
        id=upload_id,
        team=team,
        inference_scheduler_name=scheduler_name,
        staging_key=STAGING_PREFIX + upload_id,
        staged_files=staged,
        plan=plan,
        created_at=resources.clock(),
        dry_run=dry_run,
        content_hash=content_hash(plan, staged, digests),
    )
    return _record(resources, work, force)


def show_upload(resources: Resources, team: str, upload_id: str) -> Upload:
    with resources.database.begin() as db:
        upload = uploads.find(db, team, upload_id)
    if upload is None:
        raise UploadNotFound(f"There is no upload {upload_id!r}.")
    return upload


def list_uploads(resources: Resources, team: str, scheduler_name: str, limit: int, cursor: str | None) -> Page[Upload]:
    """Newest first. A scheduler that was deleted keeps its list.

    Raises:
        SchedulerNotFound: there is none, and no list either.
    """
    return list_kept(resources, uploads.page, team, scheduler_name, limit, cursor, upload_query(scheduler_name))


def upload_query(scheduler_name: str) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "uploads", "inference_scheduler_name": scheduler_name}


def cancel_upload(resources: Resources, team: str, upload_id: str) -> Upload:
    """End an upload that has not ended. A worker that is at it stops within a second; files that it has written stay.

    Raises:
        UploadNotFound: there is none.
        Conflict: it has ended otherwise.
    """
    before, now = show_upload(resources, team, upload_id), resources.clock()
    with resources.begin() as unit:
        if cancelled := uploads.cancel(unit.db, team, upload_id, now):
            tell_finished(unit, team, upload_id, now)
    after = show_upload(resources, team, upload_id)
    if after.status != "cancelled":
        raise Conflict(f"The upload has {after.status} already. What it wrote stays.")
    if cancelled and before.status != "running":  # else its worker does, and what is missed here is swept up
        count_upload("cancelled")
        delete_object(resources.buckets.client, resources.buckets.staging_bucket, STAGING_PREFIX + upload_id)
    return after


def allowance(resources: Resources) -> Allowance:
    """What the packed data of one upload may become."""
    return Allowance(_MOST_UNPACKED * resources.settings.upload_max_bytes)


def _stage(
    resources: Resources, key: str, files: Files, plan: UploadPlan, component: str | None
) -> tuple[tuple[StagedFile, ...], list[str]]:
    buckets = resources.buckets
    with writing(buckets.quick, buckets.staging_bucket, key, patient=buckets.client) as staging:
        stage = Stage(staging, plan, allowance(resources), component)
        put = [stage.put(SentFile(*file)) for file in files]
        if not put:
            raise InvalidUpload("There is no file in the body.")
    return tuple(file for file, _ in put), [digest for _, digest in put]


def _record(resources: Resources, work: UploadWork, force: bool) -> Upload:
    """Commit the row, then nudge a worker. Of a commit whose answer got lost nobody knows whether it was made: what is
    staged stays, and is swept up in time if no row needs it."""
    earlier = None
    with resources.begin() as unit:
        if not (force or work.dry_run):
            repetitions.lock_scheduler(unit.db, work.team, work.inference_scheduler_name)
            earlier = repetitions.find_earlier(
                unit.db, work.team, work.inference_scheduler_name, work.content_hash or "", work.id
            )
        if earlier is None:
            uploads.insert(unit.db, work)
            unit.send(WORK_ON_UPLOADS, work.inference_scheduler_name)
            unit.afterwards.append(partial(count_accepted, [file.size for file in work.staged_files]))
    if earlier is None:
        return show_upload(resources, work.team, work.id)
    _discard_staged(resources, work)
    return replace(show_upload(resources, work.team, earlier), repetition=True)


def _discard_staged(resources: Resources, work: UploadWork) -> None:
    delete_object(resources.buckets.client, resources.buckets.staging_bucket, work.staging_key)
