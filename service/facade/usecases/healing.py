"""Late data heal themselves: a window that lacked data which came later is replayed, once.

A pass compares the executions of the last hours with the input files that lie in the bucket now, whoever put them
there. Windows that follow each other share a replay; there is one at a time for each scheduler, and only while its own
runs leave room. The row of the replay and those of its windows come first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from service.facade.aws.objects import list_objects
from service.facade.domain.executions import InferenceExecution
from service.facade.domain.healing import LATE_ROWS, QUIET, HealedWindow, LateWindow, first_run, is_idle, why_late
from service.facade.domain.replays import Replay
from service.facade.domain.schedulers import InferenceScheduler
from service.facade.domain.window_files import Window, own_range
from service.facade.problems import Conflict, DatabaseUnavailable, NotSupportedUpstream, Problem, SchedulerNotFound
from service.facade.resources import Resources
from service.facade.store import healing, replays
from service.facade.usecases.collecting import every_scheduler
from service.facade.usecases.execution_ranges import executions_between
from service.facade.usecases.replay_work import begin_or_forget
from service.facade.usecases.window_inputs import input_place, list_window_files
from service.threads import Threads

HEAL = "facade.heal_scheduler"
HEAL_AFTER_SECONDS = QUIET.total_seconds() + 2  # a nudge that comes sooner finds files that are too young
REPLAYS = "replays"
_AT_ONCE = 4  # schedulers
_LONGEST_RUN = timedelta(minutes=1)  # from the start of an execution to its result
log = structlog.get_logger(__name__)


def heal_everything(resources: Resources) -> None:
    """One pass over every scheduler. What goes wrong with one does not keep the others waiting."""
    if not _is_on(resources):
        return
    with resources.database.claim("healing", "everything") as mine, Threads(_AT_ONCE) as pool:
        names = [summary.inference_scheduler_name for summary in every_scheduler(resources)] if mine else []
        list(pool.map(lambda name: _heal_one(resources, name), names))


def heal_scheduler(resources: Resources, name: str) -> None:
    """Begin a replay of windows whose data came late, if there are any and nothing is in the way now."""
    with resources.database.claim("healing", name) as mine:
        if mine and _is_on(resources):
            _heal(resources, resources.schedulers.describe(name))


def healed_of(
    resources: Resources, team: str, name: str, executions: Sequence[InferenceExecution]
) -> dict[Window, HealedWindow]:
    """Those of the executions' windows that were healed. Without the database nobody knows, and the runs are shown all
    the same."""
    starts = [execution.data_start_time for execution in executions]
    if not starts:
        return {}
    try:
        with resources.database.begin() as db:
            found = healing.healed_between(db, team, name, min(starts), max(starts))
    except DatabaseUnavailable as problem:
        log.warning("healed_windows_unknown", scheduler=name, detail=problem.detail)
        return {}
    return {Window(one.data_start_time, one.data_end_time): one for one in found}


def _is_on(resources: Resources) -> bool:
    return resources.settings.heal_hours > 0 and REPLAYS not in resources.lacking


def _heal_one(resources: Resources, name: str) -> None:
    try:
        heal_scheduler(resources, name)
    except SchedulerNotFound:
        pass  # deleted since it was listed
    except Problem as problem:
        log.warning("healing_failed", scheduler=name, problem=problem.slug, detail=problem.detail)


def _heal(resources: Resources, scheduler: InferenceScheduler) -> None:
    name, now = scheduler.inference_scheduler_name, resources.clock()
    executions = executions_between(resources, name, now - timedelta(hours=resources.settings.heal_hours))
    if not is_idle(scheduler, executions, now) or _is_replaying(resources, name):
        return
    if run := first_run(_late_windows(resources, scheduler, executions, now)):
        _replay(resources, scheduler, run, now)


def _is_replaying(resources: Resources, name: str) -> bool:
    with resources.database.begin() as db:
        return bool(replays.unfinished_of(db, name))


def _late_windows(
    resources: Resources, scheduler: InferenceScheduler, executions: Sequence[InferenceExecution], now: datetime
) -> list[LateWindow]:
    """Windows of the scheduler's present grid that lacked data which is there now, and were never healed."""
    place = input_place(scheduler, resources.models.describe(scheduler.model_name).components)
    arn, since = scheduler.inference_scheduler_arn, now - timedelta(hours=resources.settings.heal_hours)
    with resources.database.begin() as db:
        healed = healing.healed_since(db, arn, since)
    windows = {
        Window(one.data_start_time, one.data_end_time): one
        for one in executions
        if (one.data_start_time, one.data_end_time) not in healed
        and one.data_end_time - one.data_start_time == place.naming.frequency
    }
    if not windows or not place.components:
        return []
    files = list_window_files(resources, place, sorted(windows))
    late = []
    for window, execution in windows.items():
        own_files = [files.within(component, own_range(window)) for component in place.components]
        reason = why_late(execution, own_files, now)
        newest = max((file.last_modified for of_one in own_files for file in of_one), default=now)
        if reason and (reason != LATE_ROWS or _ran_before(resources, execution, newest)):
            late.append(LateWindow(window, reason))
    return late


def _ran_before(resources: Resources, execution: InferenceExecution, newest: datetime) -> bool:
    """Whether a successful execution had started when its newest file came. One that ran on time started when it was
    scheduled; one that ran later, or was replayed, shortly before it wrote its result."""
    bucket, key = execution.customer_result_object or ("", "")
    results = list_objects(resources.buckets.client, bucket, key, key, key) if bucket else ()
    written = max((entry["LastModified"] for entry in results), default=None)
    on_time = written is None or written - execution.scheduled_start_time <= _LONGEST_RUN
    return newest > (execution.scheduled_start_time if on_time else written)


def _replay(resources: Resources, scheduler: InferenceScheduler, run: list[LateWindow], now: datetime) -> None:
    replay = Replay(
        id=uuid4().hex,
        team=resources.teams.team_of(scheduler.inference_scheduler_arn),
        inference_scheduler_name=scheduler.inference_scheduler_name,
        start_time=run[0].window.data_start_time,
        end_time=run[-1].window.data_end_time,
        existing_results="overwrite",
        origin="healing",
        created_by="healing",
        created_at=now,
        updated_at=now,
    )
    with resources.database.begin() as db:
        replays.insert_once(db, replay)
        healing.insert_windows(db, scheduler.inference_scheduler_arn, replay, run)
    try:
        begin_or_forget(resources, replay)
        log.info("healing_begun", scheduler=replay.inference_scheduler_name, replay=replay.id, windows=len(run))
    except Conflict:
        pass  # a replay that somebody began elsewhere; the next pass comes back
    except NotSupportedUpstream:
        resources.lacking.add(REPLAYS)
        log.warning("healing_off", reason="the upstream has no replays")
