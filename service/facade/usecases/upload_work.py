"""The work on accepted uploads: check every row of every file, then cut and write. Safe to be killed and run again.

Nothing is written while any row is wrong. Uploads of one scheduler are worked on one at a time, in the order in which
they were accepted, because a window that has a file is merged with it: new values win, old rows stay. A second run of
the same upload therefore ends with the same bytes, wherever the first one was interrupted.
"""

from datetime import timedelta
from functools import partial

import structlog

from service.correlation import working_for
from service.facade.aws.objects import abort_unfinished, delete_object, list_objects
from service.facade.counts import count_upload
from service.facade.domain.uploads import Progress, UploadWork
from service.facade.problems import InternalError, Problem, UploadExpired, UploadTooLarge
from service.facade.resources import Resources
from service.facade.store import repetitions, uploads
from service.facade.usecases.healing import HEAL, HEAL_AFTER_SECONDS
from service.facade.usecases.input_files import planned_keys
from service.facade.usecases.upload_endings import tell_finished
from service.facade.usecases.upload_passes import Passes
from service.facade.usecases.upload_progress import ProgressRecorder, UploadCancelled, WorkerEnds
from service.facade.usecases.uploads import STAGING_PREFIX, WORK_ON_UPLOADS

_GIVE_UP_AFTER = timedelta(days=1)  # an upload that never succeeds must not keep those after it waiting for ever
_ORPHANED_AFTER = timedelta(hours=1)  # an object is complete only a moment before its row is there
_UNFINISHED_AFTER = timedelta(days=1)  # longer than any sender takes
_KEPT = timedelta(days=90)
_MOST_KILLED = 5  # workers, before an upload counts as too large for them
_PLANNED_LISTED = 1000  # input files that a dry run names
log = structlog.get_logger(__name__)


def work_on_uploads(resources: Resources, scheduler_name: str) -> None:
    """Finish every accepted upload of a scheduler, unless another worker is at it. Where uploads have taken all the
    threads they may, it is left to the sweep: a large one keeps no operation waiting.

    Raises:
        Problem: a neighbour is away; the row stays unfinished, and the sweep sends the next nudge.
    """
    if not resources.long_work_places.acquire(blocking=False):
        return
    try:
        _finish_all(resources, scheduler_name)
    except WorkerEnds:
        log.info("upload_returned", scheduler=scheduler_name)
        resources.queue.send(WORK_ON_UPLOADS, scheduler_name)
    finally:
        resources.long_work_places.release()


def _finish_all(resources: Resources, scheduler_name: str) -> None:
    while _waiting(resources, scheduler_name):  # asked again after the claim is gone, so that no nudge is missed
        with resources.database.claim("uploads", scheduler_name) as mine:
            if not mine:
                return
            with resources.database.begin() as db:
                work = uploads.next_work(db, scheduler_name)
            if work:
                with working_for(work.request_id, team=work.team, scheduler=scheduler_name):
                    _finish(resources, work)


def sweep_uploads(resources: Resources) -> None:
    """Send a nudge for every scheduler with unfinished uploads; whoever is at work already is not disturbed."""
    with resources.begin() as unit:
        for scheduler_name in uploads.schedulers_with_work(unit.db):
            unit.send(WORK_ON_UPLOADS, scheduler_name)


def sweep_staging(resources: Resources) -> None:
    """Delete staging objects that no unfinished upload needs, and parts of objects that were never completed: left by
    processes that died between two steps. Uploads that never came are given up, and those that ended long ago are
    forgotten."""
    client, bucket, now = resources.buckets.client, resources.buckets.staging_bucket, resources.clock()
    old = now - _ORPHANED_AFTER
    listed = list(list_objects(client, bucket, STAGING_PREFIX, STAGING_PREFIX, STAGING_PREFIX + "~"))
    with resources.begin() as unit:
        uploads.discard_finished_before(unit.db, now - _KEPT)
        expired = uploads.expire_awaited(unit.db, UploadExpired("The file was not there in time.").document(), now)
        needed = uploads.staging_keys_in_use(unit.db)
        for team, upload_id in expired:
            tell_finished(unit, team, upload_id, now)
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
        repeats = _work_on(Passes(resources, work, recorder))
    except UploadCancelled:
        with resources.database.begin() as db:
            uploads.record_written(db, work.id, recorder.progress.files_written)
        count_upload("cancelled", recorder.progress.files_written)
    except WorkerEnds:
        with resources.database.begin() as db:
            uploads.forget_attempts(db, work.id)
        raise
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
        _succeed(resources, work, recorder.progress, repeats)
    delete_object(resources.buckets.client, resources.buckets.staging_bucket, work.staging_key)


def _work_on(passes: Passes) -> str | None:
    """Do an upload; the id of an earlier one of the same content, where there is nothing to do."""
    work = passes.work
    if work.content_hash is None and (earlier := _find_earlier(passes)):
        return earlier
    reports, windows = passes.survey()
    planned = planned_keys(work.plan, windows, _PLANNED_LISTED) if work.dry_run else []
    passes.recorder.total(reports, len(windows), planned)
    if not work.dry_run:
        passes.write(windows)
    return None


def _find_earlier(passes: Passes) -> str | None:
    """Hash what was sent to S3 directly, and look for the same."""
    work, found = passes.work, passes.hash()
    with passes.resources.database.begin() as db:
        uploads.record_hash(db, work.id, found)
        return repetitions.find_earlier(db, work.team, work.inference_scheduler_name, found, work.id)


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


def _succeed(resources: Resources, work: UploadWork, progress: Progress, repeats: str | None) -> None:
    """Unless it was cancelled at the last moment."""
    now = resources.clock()
    with resources.begin() as unit:
        succeeded = uploads.record_success(unit.db, work.id, progress, now, repeats)
        if not succeeded:
            uploads.record_written(unit.db, work.id, progress.files_written)
        outcome = ("repeated" if repeats else "succeeded") if succeeded else "cancelled"
        unit.afterwards.append(partial(count_upload, outcome, progress.files_written))
        if not work.dry_run:
            unit.send(HEAL, work.inference_scheduler_name, delay=HEAL_AFTER_SECONDS)
        if succeeded:
            tell_finished(unit, work.team, work.id, now)
    log.info("upload_ended", upload=work.id, outcome=outcome, files_written=progress.files_written)


def _fail(resources: Resources, work: UploadWork, problem: Problem) -> None:
    now = resources.clock()
    with resources.begin() as unit:
        if uploads.record_failure(unit.db, work.id, problem.document(), now):
            tell_finished(unit, work.team, work.id, now)
    count_upload("failed")
    log.info("upload_ended", upload=work.id, outcome="failed", problem=problem.slug)
