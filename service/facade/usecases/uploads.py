"""Accepting uploads and telling how far they are. The work on them is in `upload_work`.

An upload is accepted once its bytes are in the staging bucket and its row is committed; from then on it is not lost.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

from service.facade.aws.objects import ObjectWriter, delete_object, writing
from service.facade.domain.pages import Page, decode_cursor
from service.facade.domain.uploads import StagedFile, Upload, UploadPlan, UploadWork
from service.facade.domain.windows import InputNaming
from service.facade.problems import (
    Conflict,
    InvalidRequest,
    InvalidUpload,
    Problem,
    UploadNotFound,
    at_parameter,
)
from service.facade.resources import Resources
from service.facade.sensordata.columns import component_of_file
from service.facade.sensordata.survey import check_beginning
from service.facade.sensordata.text import Allowance
from service.facade.store import uploads
from service.facade.usecases.operations import ready_for_work

WORK_ON_UPLOADS = "facade.work_on_uploads"
STAGING_PREFIX = "uploads/"
_BEGINNING_BYTES = 256 * 1024
_MOST_UNPACKED = 20  # times what a body may have; tables of sensors shrink to a tenth
_LONGEST_NAME = 255

Files = Iterable[tuple[str, Iterable[bytes]]]


def accept_upload(
    resources: Resources, team: str, scheduler_name: str, files: Files, component: str | None = None
) -> Upload:
    """Stage the files of an upload and leave the rest to a worker.

    Args:
        files: (name, blocks) of each file, read once and in order, so that a body can be streamed through.
        component: the one component that all files belong to, where the caller named it.

    Raises:
        InvalidUpload: the beginning of a file shows already that it cannot be used. Nothing was kept.
        UploadTooLarge: so far it holds more than one upload may have when it is unpacked. Nothing was kept.
        InvalidRequest: the model has no such component.
        SchedulerNotFound, QueueUnavailable, StorageUnavailable, …: nothing was kept.
    """
    ready_for_work(resources)
    plan = plan_upload(resources, scheduler_name)
    _check_component(plan, component)
    upload_id = uuid4().hex
    key = f"{STAGING_PREFIX}{upload_id}"
    with writing(resources.buckets.client, resources.buckets.staging_bucket, key) as staging:
        unpacked = allowance(resources)
        staged = tuple(_stage(staging, name, blocks, plan, component, unpacked) for name, blocks in files)
        if not staged:
            raise InvalidUpload("There is no file in the body.")
    work = UploadWork(
        id=upload_id,
        team=team,
        inference_scheduler_name=scheduler_name,
        staging_key=key,
        staged_files=staged,
        plan=plan,
        created_at=resources.clock(),
    )
    return _record(resources, work)


def plan_upload(resources: Resources, scheduler_name: str) -> UploadPlan:
    """How the scheduler wants its input files, as it is now."""
    scheduler = resources.schedulers.describe(scheduler_name)
    source = scheduler.data_input_configuration
    naming = source.inference_input_name_configuration
    components = resources.models.describe(scheduler.model_name).components
    if not components:
        raise Conflict(f"The model {scheduler.model_name} has no schema, so no table can be checked against it.")
    return UploadPlan(
        input=source.s3_input_configuration,
        naming=InputNaming(
            data_upload_frequency=scheduler.data_upload_frequency,
            timestamp_format=naming.timestamp_format,
            component_timestamp_delimiter=naming.component_timestamp_delimiter,
            input_time_zone_offset=source.input_time_zone_offset,
        ),
        components=components,
    )


def show_upload(resources: Resources, team: str, upload_id: str) -> Upload:
    with resources.database.begin() as db:
        upload = uploads.find(db, team, upload_id)
    if upload is None:
        raise UploadNotFound(f"There is no upload {upload_id!r}.")
    return upload


def list_uploads(resources: Resources, team: str, scheduler_name: str, limit: int, cursor: str | None) -> Page[Upload]:
    """Newest first. A scheduler without uploads, or one that nobody knows, has an empty list."""
    before = decode_cursor(cursor, upload_query(scheduler_name)) if cursor else None
    with resources.database.begin() as db:
        return uploads.page(db, team, scheduler_name, limit, before)


def upload_query(scheduler_name: str) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "uploads", "inference_scheduler_name": scheduler_name}


def allowance(resources: Resources) -> Allowance:
    """What the gzip data of one upload may become."""
    return Allowance(_MOST_UNPACKED * resources.settings.upload_max_bytes)


def _check_component(plan: UploadPlan, component: str | None) -> None:
    known = [entry.component_name for entry in plan.components]
    if component is not None and component not in known:
        detail = f"The model has no component {component!r}; it has {', '.join(known)}."
        raise InvalidRequest(detail, errors=[at_parameter("component", detail)])


def _stage(
    staging: ObjectWriter,
    name: str,
    blocks: Iterable[bytes],
    plan: UploadPlan,
    component: str | None,
    unpacked: Allowance,
) -> StagedFile:
    """Pass one file through to the staging object, looking at its beginning on the way."""
    _check_name(name)
    delimiter = plan.naming.component_timestamp_delimiter
    hint = component or component_of_file(name, plan.components, delimiter)
    file = StagedFile(name=name, offset=staging.size, size=0, component=hint, strict=component is not None)
    for block in _checked(blocks, file, plan, unpacked):
        staging.write(block)
    return replace(file, size=staging.size - file.offset)


def _check_name(name: str) -> None:
    if name and not (name.isprintable() and len(name) <= _LONGEST_NAME):
        detail = f"A file name has up to {_LONGEST_NAME} characters that can be shown, unlike {name[:40]!r}. Rename it."
        raise InvalidUpload(detail, errors=[{"file": ascii(name[:40]), "detail": detail}])


def _checked(blocks: Iterable[bytes], file: StagedFile, plan: UploadPlan, unpacked: Allowance) -> Iterator[bytes]:
    """The same blocks; the first ones only once what they hold was looked at."""
    options = {"component": file.component, "file": file.name or None}
    beginning, looked = b"", False
    for block in blocks:
        if looked:
            yield block
            continue
        beginning += block
        if len(beginning) >= _BEGINNING_BYTES:
            check_beginning(beginning, plan.schema_of(file), unpacked, whole=False, **options)
            yield beginning
            looked = True
    if not looked:
        check_beginning(beginning, plan.schema_of(file), unpacked, whole=True, **options)
        yield beginning


def _record(resources: Resources, work: UploadWork) -> Upload:
    """Commit the row, then nudge a worker. Without a row the staging object is of no use to anybody."""
    try:
        with resources.begin() as unit:
            uploads.insert(unit.db, work)
            unit.send(WORK_ON_UPLOADS, work.inference_scheduler_name)
    except Problem:
        delete_object(resources.buckets.client, resources.buckets.staging_bucket, work.staging_key)
        raise
    return show_upload(resources, work.team, work.id)
