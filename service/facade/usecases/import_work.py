"""The work on an import: list, read, store, in batches. Safe to be killed and run again.

A second run goes on behind the last batch and ends with the same rows. It works in slices: an import of years keeps no
upload waiting.
"""

import time
from dataclasses import replace
from datetime import timedelta

import structlog

from service.correlation import working_for
from service.facade.domain.collecting import FollowedScheduler
from service.facade.domain.imports import ImportProgress, ImportWork
from service.facade.problems import (
    ImportGivenUp,
    InternalError,
    NothingToImport,
    Problem,
    SchedulerNotFound,
)
from service.facade.resources import Resources
from service.facade.store import collecting, imports
from service.facade.usecases.import_batches import BatchOf, Cancelled, import_batch
from service.facade.usecases.import_listing import batches_of, results_below
from service.facade.usecases.imports import WORK_ON_IMPORT
from service.stopping import stopping
from service.threads import Threads

SLICE_SECONDS = 20.0
_READERS = 16
_MOST_KILLED = 3  # workers, one after the other, in the same place
_GIVE_UP_AFTER = timedelta(days=7)  # of a neighbour that does not come back
log = structlog.get_logger(__name__)


def work_on_import(resources: Resources, import_id: str, seconds: float = SLICE_SECONDS) -> None:
    """Go on with an import for a while, unless another worker is at it; then it is sent again, to another worker where
    this one was told to end.

    Raises:
        Problem: a neighbour is away; the row stays unfinished, and the sweep sends the next nudge.
    """
    if not resources.long_work_places.acquire(blocking=False):
        return
    try:
        with resources.database.claim("import", import_id) as mine:
            is_left = mine and _attempt(resources, import_id, time.monotonic() + seconds)
    finally:
        resources.long_work_places.release()
    if is_left:
        resources.queue.send(WORK_ON_IMPORT, import_id)


def sweep_imports(resources: Resources) -> None:
    """Send a nudge for every unfinished import; whoever is at work already is not disturbed."""
    with resources.begin() as unit:
        for import_id in imports.unfinished(unit.db):
            unit.send(WORK_ON_IMPORT, import_id)


def _attempt(resources: Resources, import_id: str, until: float) -> bool:
    """Whether objects are left when the time is up."""
    with resources.database.begin() as db:
        work = imports.begin_attempt(db, import_id, resources.clock())
    if work is None:
        return False
    with working_for(work.request_id, team=work.team, scheduler=work.inference_scheduler_name):
        return _go_on(resources, work, until)


def _go_on(resources: Resources, work: ImportWork, until: float) -> bool:
    try:
        return _work(resources, work, until)
    except Cancelled:
        return False
    except Problem as problem:
        if problem.retryable and resources.clock() - work.created_at < _GIVE_UP_AFTER:
            with resources.database.begin() as db:
                imports.forget_attempts(db, work.id)
            raise
        _end(resources, work, "failed", problem)
    except Exception as error:
        log.error("import_failed", import_id=work.id, exc_info=error)
        _end(resources, work, "failed", InternalError("Something is wrong with this service; the log knows more."))
    return False


def _work(resources: Resources, work: ImportWork, until: float) -> bool:
    if work.attempts > _MOST_KILLED:
        raise ImportGivenUp(
            f"{_MOST_KILLED} workers were killed one after the other in the same place, behind the key "
            f"{work.position!r}. Move the next results away, or import smaller prefixes."
        )
    followed = _follow(resources, work)
    if work.progress.objects_found is None:
        work = _counted(resources, work)
    with Threads(_READERS, thread_name_prefix="import") as pool:
        for batch in batches_of(results_below(resources, work)):
            work = import_batch(BatchOf(resources, work, followed, pool), batch)
            if time.monotonic() > until or stopping.is_set():
                return True
    _end(resources, work, "succeeded")
    return False


def _follow(resources: Resources, work: ImportWork) -> FollowedScheduler:
    """The scheduler whose history it becomes: the one that has the name, else the one that had it last."""
    name = work.inference_scheduler_name
    try:
        arn = resources.schedulers.describe(name).inference_scheduler_arn
        owner = resources.teams.team_of(arn)
    except SchedulerNotFound:
        arn = owner = ""
    with resources.database.begin() as db:
        if owner == work.team:
            return collecting.follow(db, arn, name, owner)
        return collecting.follow_history(db, work.team, name)


def _counted(resources: Resources, work: ImportWork) -> ImportWork:
    """Count the objects, so that progress means something; listing is little work beside reading.

    Raises:
        NothingToImport
    """
    found = sum(1 for _ in results_below(resources, work))
    if not found:
        raise NothingToImport(f"Below {work.place} there is no results.jsonl and no results.csv.")
    work = replace(work, progress=ImportProgress(objects_found=found))
    with resources.database.begin() as db:
        imports.record_progress(db, work, resources.clock())
    return work


def _end(resources: Resources, work: ImportWork, status: str, problem: Problem | None = None) -> None:
    with resources.database.begin() as db:
        imports.end(db, work.id, status, resources.clock(), problem and problem.document())
    log.info("import_ended", import_id=work.id, status=status, problem=problem and problem.slug)
