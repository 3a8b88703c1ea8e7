"""Large files that callers put into the staging bucket themselves, without a detour through us.

The row is there first, awaiting its object; `complete_upload` looks at what came and queues it. What never comes is
given up by the sweep of the staging bucket.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from service.facade.aws.objects import StoredObject, delete_object, describe_object
from service.facade.aws.presigning import presigned_put
from service.facade.aws.ranges import RangeFile
from service.facade.counts import count_accepted
from service.facade.domain.uploads import DirectUpload, StagedFile, Upload, UploadWork
from service.facade.problems import Conflict, UploadExpired, UploadNotFound, UploadTooLarge
from service.facade.resources import Resources
from service.facade.store import uploads
from service.facade.usecases.operations import ready_for_work
from service.facade.usecases.upload_plans import plan_upload
from service.facade.usecases.upload_staging import BEGINNING_BYTES, look_at_beginning, named_file
from service.facade.usecases.uploads import STAGING_PREFIX, WORK_ON_UPLOADS, allowance, show_upload


def begin_direct_upload(
    resources: Resources,
    team: str,
    scheduler_name: str,
    upload_id: str,
    *,
    file_name: str = "",
    content_type: str | None = None,
    size: int | None = None,
    component: str | None = None,
    time_zone: str | None = None,
    time_format: str | None = None,
    dry_run: bool = False,
) -> DirectUpload:
    """An address for one file. The same `upload_id` again gives another address for the same upload.

    Args:
        size: its bytes, where they are known; then no other size is taken.
        component, time_zone, time_format, dry_run: as for an upload through us.

    Raises:
        UploadTooLarge: `size` is more than may come this way.
        InvalidUpload, InvalidRequest, SchedulerNotFound, …: nothing was kept.
    """
    _check_size(resources, size or 0)
    settings = resources.settings
    with resources.database.begin() as db:
        work = uploads.find_work(db, team, upload_id)
    if work is None:
        plan = plan_upload(
            resources, team, scheduler_name, component=component, time_zone=time_zone, time_format=time_format
        )
        now = resources.clock()
        work = UploadWork(
            id=upload_id,
            team=team,
            inference_scheduler_name=scheduler_name,
            staging_key=STAGING_PREFIX + upload_id,
            staged_files=(named_file(file_name, plan, component, size=size or 0),),
            plan=plan,
            created_at=now,
            dry_run=dry_run,
            expires_at=now + timedelta(seconds=settings.direct_upload_seconds),
        )
        with resources.database.begin() as db:
            uploads.insert(db, work, "awaiting")
    url, headers = presigned_put(settings, work.staging_key, settings.direct_upload_seconds, content_type)
    return DirectUpload(id=upload_id, url=url, headers=headers, expires_at=work.expires_at)


def complete_upload(resources: Resources, team: str, upload_id: str) -> Upload:
    """Look at what was put, and queue it. What is queued or done already is answered as it is.

    Raises:
        Conflict: nothing has come yet, or of another size than was announced; or the upload was cancelled.
        InvalidUpload: what came cannot be used. It can be put again.
        UploadExpired, UploadTooLarge, UploadNotFound
    """
    ready_for_work(resources)
    upload = show_upload(resources, team, upload_id)
    if upload.status != "awaiting":
        return _completed_before(upload)
    if upload.expires_at and upload.expires_at < resources.clock():
        raise UploadExpired(f"The file had to come before {upload.expires_at:%Y-%m-%dT%H:%M:%SZ}.")
    with resources.database.begin() as db:
        work = uploads.find_work(db, team, upload_id)
    if work is None:
        raise UploadNotFound(f"There is no upload {upload_id!r}.")
    came = _what_came(resources, work)
    file = _looked_at(resources, work, came)
    with resources.begin() as unit:
        if uploads.complete(unit.db, upload_id, file, came.etag, resources.clock()):
            unit.send(WORK_ON_UPLOADS, work.inference_scheduler_name)
            unit.afterwards.append(partial(count_accepted, [file.size]))
    return show_upload(resources, team, upload_id)


def _completed_before(upload: Upload) -> Upload:
    if upload.status == "cancelled":
        raise Conflict("The upload was cancelled. Begin another one.")
    if upload.status == "failed" and upload.problem and upload.problem["type"].endswith(UploadExpired.slug):
        raise UploadExpired(upload.problem["detail"])
    return upload


def _what_came(resources: Resources, work: UploadWork) -> StoredObject:
    buckets, announced = resources.buckets, work.staged_files[0].size
    came = describe_object(buckets.client, buckets.staging_bucket, work.staging_key)
    if came is None:
        raise Conflict("The file is not there. PUT it to the address that you were given, and then complete.")
    if announced and came.size != announced:
        raise Conflict(f"The file has {came.size:,} bytes, but {announced:,} were announced. PUT it again.")
    try:
        _check_size(resources, came.size)
    except UploadTooLarge:
        delete_object(buckets.client, buckets.staging_bucket, work.staging_key)
        raise
    return came


def _check_size(resources: Resources, size: int) -> None:
    most = resources.settings.direct_upload_max_bytes
    if size > most:
        raise UploadTooLarge(f"A file may have up to {most:,} bytes, not {size:,}. Split it by time.")


def _looked_at(resources: Resources, work: UploadWork, came: StoredObject) -> StagedFile:
    buckets, file = resources.buckets, replace(work.staged_files[0], size=came.size)
    stored = RangeFile(buckets.client, buckets.staging_bucket, work.staging_key, 0, came.size, came.etag)
    beginning = stored.read(min(came.size, BEGINNING_BYTES)) or b""
    whole = came.size <= BEGINNING_BYTES
    format = look_at_beginning(file, beginning, work.plan, allowance(resources), declared=None, whole=whole)
    return replace(file, format=format)
