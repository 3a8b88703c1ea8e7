"""Operations: read by callers, looked after by a worker. The row is the truth, a message only a nudge."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from service.correlation import working_for
from service.facade.domain.operations import Operation, begin_operation, expire, fail, observe, succeed
from service.facade.problems import OperationNotFound, Problem, SchedulerNotFound, WrongState
from service.facade.resources import Resources
from service.facade.store import operations
from service.facade.usecases.collecting import collect_last
from service.facade.usecases.describing import forget
from service.facade.usecases.idempotency import forget_old_keys
from service.facade.usecases.ownership import not_found

WATCH = "facade.watch_operation"
_FIRST_LOOK_SECONDS = 0.5
_LOOK_AGAIN_SECONDS = 1.0
_UNWATCHED_AFTER = timedelta(seconds=5)
_KEPT = timedelta(days=30)
log = structlog.get_logger(__name__)


def ready_for_work(resources: Resources) -> None:
    """Refuse early, before anything is changed, when a request could not be recorded or handed on.

    Raises:
        QueueUnavailable, DatabaseUnavailable
    """
    resources.queue.check()
    resources.database.ping()


def follow(
    resources: Resources,
    team: str,
    kind: str,
    name: str,
    status: str,
    delay: float = _FIRST_LOOK_SECONDS,
    operation_id: str = "",
) -> Operation:
    """Record an operation that a worker watches from now on. With an id, the same id again is the same operation: its
    request was sent again, because the answer got lost."""
    operation = begin_operation(team, kind, name, status, resources.clock(), operation_id)
    with resources.begin() as work:
        operations.insert_once(work.db, operation)
        work.send(WATCH, operation.id, delay=delay)
        return operations.get(work.db, operation.id) or operation


def show_operation(resources: Resources, team: str, operation_id: str) -> Operation:
    with resources.database.begin() as db:
        operation = operations.find(db, team, operation_id)
    if operation is None:
        raise OperationNotFound(f"There is no operation {operation_id!r}.")
    return operation


def watch_operation(resources: Resources, operation_id: str) -> None:
    """One look at the scheduler of an operation; asks for the next look while it is running."""
    with resources.database.claim("operation", operation_id) as mine:
        if not mine:
            return
        with resources.database.begin() as db:
            operation = operations.get(db, operation_id)
        if operation is None or operation.status != "running":
            return
        name = operation.inference_scheduler_name
        with working_for(operation.request_id, team=operation.team, scheduler=name):
            _watch(resources, operation)


def _watch(resources: Resources, operation: Operation) -> None:
    seen = look(resources, operation)
    if seen.scheduler_status != operation.scheduler_status or seen.status != "running":
        forget(resources, operation.inference_scheduler_name)
    with resources.begin() as work:
        operations.record(work.db, seen)
        if seen.status == "running":
            work.send(WATCH, operation.id, delay=_LOOK_AGAIN_SECONDS)
    if seen.status != "running":
        log.info("operation_ended", operation=seen.id, kind=seen.kind, status=seen.status)


def look(resources: Resources, operation: Operation) -> Operation:
    """What the operation is after one look upstream. An upstream that is away is asked again until the deadline."""
    now = resources.clock()
    touched = replace(operation, updated_at=now)
    try:
        present = _status_of_own(resources, operation)
        if operation.kind == "delete_scheduler":
            return _delete_step(resources, replace(touched, scheduler_status=present), now)
        return observe(touched, present, now)
    except SchedulerNotFound as problem:
        if operation.kind == "delete_scheduler":
            return succeed(replace(touched, scheduler_status=None), now)
        return fail(touched, problem, now)
    except Problem as problem:
        return expire(touched, now, problem)


def sweep_operations(resources: Resources) -> None:
    """Send a nudge for every operation that nobody has looked at for a while, and forget what is very old."""
    now = resources.clock()
    with resources.begin() as work:
        for operation_id in operations.unwatched(work.db, now - _UNWATCHED_AFTER):
            work.send(WATCH, operation_id)
        operations.discard_finished_before(work.db, now - _KEPT)
    forget_old_keys(resources)


def _status_of_own(resources: Resources, operation: Operation) -> str:
    """
    Raises:
        SchedulerNotFound: there is none of this name, or it is another team's by now.
    """
    name = operation.inference_scheduler_name
    scheduler = resources.schedulers.describe(name)
    if resources.teams.team_of(scheduler.inference_scheduler_arn) != operation.team:
        raise not_found(name)
    return scheduler.status


def _delete_step(resources: Resources, operation: Operation, now: datetime) -> Operation:
    """The next step towards deletion. Repeating a step does no harm: the state decides which comes next. What is
    deleted is not looked at again: the name may be that of a new scheduler at once."""
    name, refusal = operation.inference_scheduler_name, None
    try:
        if operation.scheduler_status == "STOPPED":
            collect_last(resources, name)
            resources.schedulers.delete(name)
            return succeed(replace(operation, scheduler_status=None), now)
        if operation.scheduler_status in ("RUNNING", "PENDING"):
            resources.schedulers.stop(name)
    except WrongState as problem:
        refusal = problem  # it changed since the look, or is in use for the moment: the next look sees
    return expire(operation, now, refusal)
