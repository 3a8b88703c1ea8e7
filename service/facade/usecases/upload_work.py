"""The work on accepted uploads: check every row of every file, then cut and write. Safe to be killed and run again.

Nothing is written while any row is wrong. Uploads of one scheduler are worked on one at a time, in the order in which
they were accepted, because a window that has a file is merged with it: new values win, old rows stay. A second run of
the same upload therefore ends with the same bytes, wherever the first one was interrupted.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from service.facade.aws.objects import PieceReader, abort_unfinished, delete_object, list_objects
from service.facade.domain.uploads import FileReport, Progress, StagedFile, UploadWork
from service.facade.problems import InternalError, InvalidUpload, Problem, UploadTooLarge
from service.facade.resources import Resources
from service.facade.sensordata.cutting import WindowTable, cut_windows
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.reading import Table, open_table
from service.facade.sensordata.survey import WindowKey, refuse_too_many, survey_table
from service.facade.sensordata.text import Allowance
from service.facade.store import uploads
from service.facade.usecases.input_files import writing_to
from service.facade.usecases.uploads import STAGING_PREFIX, WORK_ON_UPLOADS, allowance

_PROGRESS_SECONDS = 0.5
_GIVE_UP_AFTER = timedelta(days=1)  # an upload that never succeeds must not keep those after it waiting for ever
_ORPHANED_AFTER = timedelta(hours=1)  # an object is complete only a moment before its row is there
_UNFINISHED_AFTER = timedelta(days=1)  # longer than any sender takes
_KEPT = timedelta(days=90)
_MOST_KILLED = 5  # workers, before an upload counts as too large for them
log = structlog.get_logger(__name__)


def work_on_uploads(resources: Resources, scheduler_name: str) -> None:
    """Finish every accepted upload of a scheduler, unless another worker is at it. Where uploads have taken all the
    threads they may, it is left to the sweep: a large one keeps no operation waiting.

    Raises:
        Problem: a neighbour is away; the row stays unfinished, and the sweep sends the next nudge.
    """
    if not resources.upload_places.acquire(blocking=False):
        return
    try:
        _finish_all(resources, scheduler_name)
    finally:
        resources.upload_places.release()


def _finish_all(resources: Resources, scheduler_name: str) -> None:
    while _waiting(resources, scheduler_name):  # asked again after the claim is gone, so that no nudge is missed
        with resources.database.claim("uploads", scheduler_name) as mine:
            if not mine:
                return
            with resources.database.begin() as db:
                work = uploads.next_work(db, scheduler_name)
            if work:
                _finish(resources, work)


def sweep_uploads(resources: Resources) -> None:
    """Send a nudge for every scheduler with unfinished uploads; whoever is at work already is not disturbed."""
    with resources.begin() as unit:
        for scheduler_name in uploads.schedulers_with_work(unit.db):
            unit.send(WORK_ON_UPLOADS, scheduler_name)


def sweep_staging(resources: Resources) -> None:
    """Delete staging objects that no unfinished upload needs, and parts of objects that were never completed: left by
    processes that died between two steps. Uploads that ended long ago are forgotten."""
    client, bucket, now = resources.buckets.client, resources.buckets.staging_bucket, resources.clock()
    old = now - _ORPHANED_AFTER
    listed = list(list_objects(client, bucket, STAGING_PREFIX, STAGING_PREFIX, STAGING_PREFIX + "~"))
    with resources.database.begin() as db:
        needed = uploads.staging_keys_in_use(db)
        uploads.discard_finished_before(db, now - _KEPT)
    for entry in listed:
        if entry["Key"] not in needed and entry["LastModified"] < old:
            delete_object(client, bucket, entry["Key"])
    abort_unfinished(client, bucket, STAGING_PREFIX, now - _UNFINISHED_AFTER)


def _waiting(resources: Resources, scheduler_name: str) -> bool:
    with resources.database.begin() as db:
        return scheduler_name in uploads.schedulers_with_work(db)


def _finish(resources: Resources, work: UploadWork) -> None:
    recorder = ProgressRecorder(resources, work.id)
    try:
        _begin_attempt(resources, work)
        reports, windows = _survey(resources, work, recorder)
        recorder.total(reports, len(windows))
        _write(resources, work, windows, recorder)
    except Problem as problem:
        if problem.retryable and resources.clock() - work.created_at < _GIVE_UP_AFTER:
            with resources.database.begin() as db:
                uploads.forget_attempts(db, work.id)
            raise
        _fail(resources, work, problem)
    except Exception as error:
        log.error("upload_failed", upload=work.id, exc_info=error)
        _fail(resources, work, InternalError("Something is wrong with this service; the log knows more."))
    else:
        with resources.database.begin() as db:
            uploads.record_success(db, work.id, recorder.progress, resources.clock())
    delete_object(resources.buckets.client, resources.buckets.staging_bucket, work.staging_key)


def _begin_attempt(resources: Resources, work: UploadWork) -> None:
    """Count this attempt.

    Raises:
        UploadTooLarge: every worker that tried was killed, and those do other work as well.
    """
    with resources.database.begin() as db:
        attempts = uploads.begin_attempt(db, work.id)
    if attempts > _MOST_KILLED:
        raise UploadTooLarge(
            f"{_MOST_KILLED} workers were killed one after the other while they worked on this upload; it may be too "
            f"large for the memory of this machine. Split it by time."
        )


def _fail(resources: Resources, work: UploadWork, problem: Problem) -> None:
    with resources.database.begin() as db:
        uploads.record_failure(db, work.id, problem.document(), resources.clock())


@dataclass
class ProgressRecorder:
    """Writes how far the work is into its row, at most every half second."""

    resources: Resources
    upload_id: str
    progress: Progress = field(default_factory=Progress)
    _written_at: float = -_PROGRESS_SECONDS

    def rows(self, count: int) -> None:
        self._now(replace(self.progress, rows_read=self.progress.rows_read + count))

    def total(self, reports: list[FileReport], files_total: int) -> None:
        self.progress = replace(self.progress, files_total=files_total)
        with self.resources.database.begin() as db:
            uploads.record_reports(db, self.upload_id, reports)
            uploads.record_progress(db, self.upload_id, self.progress, self.resources.clock())

    def written(self, files: int) -> None:
        self._now(replace(self.progress, files_written=files))

    def _now(self, progress: Progress) -> None:
        self.progress = progress
        if time.monotonic() - self._written_at >= _PROGRESS_SECONDS:
            self._written_at = time.monotonic()
            with self.resources.database.begin() as db:
                uploads.record_progress(db, self.upload_id, progress, self.resources.clock())


def _survey(
    resources: Resources, work: UploadWork, recorder: ProgressRecorder
) -> tuple[list[FileReport], set[WindowKey]]:
    """Check every row of every file, and name all that is wrong at once."""
    every_fault = Faults()
    reports: list[FileReport] = []
    windows: set[WindowKey] = set()
    staging, unpacked = _staging(resources, work), allowance(resources)
    for file in work.staged_files:
        faults = Faults(file.name or None)
        try:
            table = _open(staging, work, file, faults, unpacked)
            report, found = survey_table(table, faults, work.plan.naming.frequency, recorder.rows)
        except InvalidUpload as problem:
            every_fault.include(faults if faults.total else problem)
        else:
            reports.append(report)
            windows |= found
            refuse_too_many(windows)
    every_fault.raise_any()
    return reports, windows


def _write(resources: Resources, work: UploadWork, windows: set[WindowKey], recorder: ProgressRecorder) -> None:
    with writing_to(resources.buckets, work.plan, windows) as writer:
        for files_written in writer.write(_windows(resources, work)):
            recorder.written(files_written)


def _windows(resources: Resources, work: UploadWork) -> Iterator[WindowTable]:
    """The windows of all files, cut as they are asked for."""
    staging = _staging(resources, work)
    for file in work.staged_files:
        table = _open(staging, work, file, Faults(file.name or None))
        yield from cut_windows(table.chunks, table.columns, work.plan.naming.frequency)


def _staging(resources: Resources, work: UploadWork) -> PieceReader:
    return PieceReader(resources.buckets.client, resources.buckets.staging_bucket, work.staging_key)


def _open(
    staging: PieceReader, work: UploadWork, file: StagedFile, faults: Faults, unpacked: Allowance | None = None
) -> Table:
    blocks = staging.read(file.offset, file.size)
    return open_table(blocks, work.plan.schema_of(file), faults, component=file.component, allowance=unpacked)
