"""The work on an import: list, read, store, in batches. Safe to be killed and run again.

The rows of a batch, the marks of its windows and the place in the listing are committed together, so a second run goes
on behind the last batch and ends with the same rows. It works in slices: an import of years keeps no upload waiting.
"""

import time
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from service.facade.aws.objects import find_object
from service.facade.domain.collecting import CollectedResult, FollowedScheduler
from service.facade.domain.imports import FoundResult, ImportProgress, ImportWork, UnreadableObject, is_wanted
from service.facade.domain.predictions import Prediction
from service.facade.problems import (
    ImportGivenUp,
    InternalError,
    NothingToImport,
    Problem,
    SchedulerNotFound,
    StorageRefused,
)
from service.facade.resources import Resources
from service.facade.sensordata.results import UnreadableResult, parse_results
from service.facade.store import collecting, imports, predictions
from service.facade.usecases.collecting_pass import Patience, alone
from service.facade.usecases.import_listing import batches_of, results_below
from service.facade.usecases.imports import WORK_ON_IMPORT

SLICE_SECONDS = 20.0
_READERS = 16
_MOST_NAMED = 20  # unreadable objects; the others are counted
_MOST_BYTES = 64 * 1024**2
_MOST_KILLED = 3  # workers, one after the other, in the same place
_PATIENCE_SECONDS = 30.0
_GIVE_UP_AFTER = timedelta(days=7)  # of a neighbour that does not come back
Rows = list[Prediction]
log = structlog.get_logger(__name__)


class Cancelled(Exception):
    """Somebody ended the import."""


@dataclass(frozen=True)
class Slice:
    """What the steps of one attempt share."""

    resources: Resources
    work: ImportWork
    followed: FollowedScheduler
    pool: Executor


def work_on_import(resources: Resources, import_id: str, seconds: float = SLICE_SECONDS) -> None:
    """Go on with an import for a while, unless another worker is at it; then it is sent again.

    Raises:
        Problem: a neighbour is away; the row stays unfinished, and the sweep sends the next nudge.
    """
    if not resources.upload_places.acquire(blocking=False):
        return
    try:
        with resources.database.claim("import", import_id) as mine:
            is_left = mine and _attempt(resources, import_id, time.monotonic() + seconds)
    finally:
        resources.upload_places.release()
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
    try:
        return _work(resources, work, until)
    except Cancelled:
        return False
    except Problem as problem:
        if problem.retryable and resources.clock() - work.created_at < _GIVE_UP_AFTER:
            with resources.database.begin() as db:
                imports.forget_attempts(db, import_id)
            raise
        _end(resources, work, "failed", problem)
    except Exception as error:
        log.error("import_failed", import_id=import_id, exc_info=error)
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
    with ThreadPoolExecutor(_READERS, thread_name_prefix="import") as pool:
        for batch in batches_of(results_below(resources, work)):
            if time.monotonic() > until:
                return True
            work = _import(Slice(resources, work, followed, pool), batch)
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


def _import(of: Slice, batch: list[FoundResult]) -> ImportWork:
    """Read a batch and store it; the work that is left."""
    with of.resources.database.begin() as db:
        known = imports.known_results(db, of.followed.id, [one.data_start_time for one in batch if one.data_start_time])
    wanted = [one for one in batch if is_wanted(one, known.get(one.data_start_time), of.work.place)]
    contents = list(of.pool.map(lambda found: _read(of.resources, found), wanted))
    unreadable = [content for content in contents if isinstance(content, UnreadableObject)]
    windows = dict(content for content in contents if isinstance(content, tuple))
    return _store(of, batch, windows, unreadable)


def _read(resources: Resources, found: FoundResult) -> tuple[FoundResult, Rows] | UnreadableObject | None:
    """The rows of an object, with the start of its window; None when it was deleted since it was listed."""
    if found.size > _MOST_BYTES:
        return UnreadableObject(key=found.key, reason=f"it has {found.size} bytes; a result has far fewer")
    try:
        content = find_object(resources.buckets.client, found.bucket, found.key)
        rows = None if content is None else parse_results(content)
    except (StorageRefused, UnreadableResult) as fault:
        return UnreadableObject(key=found.key, reason=str(fault))
    if rows is None or (not rows and not found.data_start_time):
        return None
    start = found.data_start_time or min(row.timestamp for row in rows) - timedelta.resolution
    return replace(found, data_start_time=start), rows


def _store(
    of: Slice, batch: list[FoundResult], windows: dict[FoundResult, Rows], unreadable: list[UnreadableObject]
) -> ImportWork:
    """Commit rows, marks and progress together, while nobody else collects for this scheduler.

    Raises:
        Cancelled: nothing of this batch is stored.
    """
    resources, scheduler_id = of.resources, of.followed.id
    patience = Patience(time.monotonic() + _PATIENCE_SECONDS)
    with alone(resources, of.followed, patience), resources.database.begin() as db:
        known = imports.known_results(db, scheduler_id, [found.data_start_time for found in windows])
        chosen = {  # in the order of keys: of two with one window the last one counts
            found.data_start_time: found
            for found in windows
            if is_wanted(found, known.get(found.data_start_time), of.work.place)
        }
        rows = {start: windows[found] for start, found in chosen.items()}
        own = imports.own_timestamps(db, scheduler_id, [row.timestamp for of_one in rows.values() for row in of_one])
        rows = {start: [row for row in of_one if row.timestamp not in own] for start, of_one in rows.items()}
        predictions.replace_windows(db, scheduler_id, rows)
        collecting.record_results(db, scheduler_id, [_mark(found) for found in chosen.values()], resources.clock())
        work = _further(of.work, batch, unreadable, list(rows.values()))
        if not imports.record_progress(db, work, resources.clock()):
            raise Cancelled
    return work


def _mark(found: FoundResult) -> CollectedResult:
    return CollectedResult(data_start_time=found.data_start_time, etag=found.etag, source=found.address)


def _further(
    work: ImportWork, batch: list[FoundResult], unreadable: list[UnreadableObject], stored: list[Rows]
) -> ImportWork:
    done = work.progress
    progress = replace(
        done,
        objects_read=done.objects_read + len(stored),
        objects_skipped=done.objects_skipped + len(batch) - len(stored) - len(unreadable),
        objects_unreadable=done.objects_unreadable + len(unreadable),
        rows=done.rows + sum(map(len, stored)),
    )
    progress = replace(progress, objects_found=max(progress.objects_found or 0, progress.objects_done))
    named = (*work.unreadable, *unreadable)[:_MOST_NAMED]
    return replace(work, progress=progress, unreadable=named, position=batch[-1].key)


def _end(resources: Resources, work: ImportWork, status: str, problem: Problem | None = None) -> None:
    with resources.database.begin() as db:
        imports.end(db, work.id, status, resources.clock(), problem and problem.document())
    log.info("import_ended", import_id=work.id, status=status, problem=problem and problem.slug)
