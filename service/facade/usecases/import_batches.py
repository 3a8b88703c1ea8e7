"""One batch of an import: read side by side, and stored in one transaction.

The rows, the marks of their windows and the place in the listing are committed together: what was interrupted is done
again as a whole, and what is done is not done twice.
"""

import time
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import timedelta

from service.facade.aws.objects import find_object
from service.facade.domain.collecting import CollectedResult, FollowedScheduler
from service.facade.domain.imports import FoundResult, ImportWork, UnreadableObject, is_wanted
from service.facade.domain.predictions import Prediction
from service.facade.problems import StorageRefused
from service.facade.resources import Resources
from service.facade.sensordata.results import UnreadableResult, parse_results
from service.facade.store import collecting, imports, predictions
from service.facade.usecases.collecting_pass import Patience, alone

_MOST_NAMED = 20  # unreadable objects; the others are counted
_MOST_BYTES = 64 * 1024**2
_PATIENCE_SECONDS = 30.0
Rows = list[Prediction]


class Cancelled(Exception):
    """Somebody ended the import."""


@dataclass(frozen=True)
class BatchOf:
    """What the batches of one attempt share."""

    resources: Resources
    work: ImportWork
    followed: FollowedScheduler
    pool: Executor


def import_batch(of: BatchOf, batch: list[FoundResult]) -> ImportWork:
    """Read some objects and store them; the work that is left.

    Raises:
        Cancelled: somebody ended the import; nothing of this batch is stored.
        StorageUnavailable, DatabaseUnavailable, UpstreamTimeout: likewise; it can be tried again.
    """
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
    of: BatchOf, batch: list[FoundResult], windows: dict[FoundResult, Rows], unreadable: list[UnreadableObject]
) -> ImportWork:
    """Commit rows, marks and progress together, while nobody else collects for this scheduler."""
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
