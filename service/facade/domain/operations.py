"""An operation: a change of a scheduler that takes a while, and what one look at the scheduler says about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from service.facade.problems import OperationOvertaken, OperationTimedOut, Problem

KINDS = ("create_scheduler", "start_scheduler", "stop_scheduler", "delete_scheduler")
UNFINISHED = ("running",)
STATUSES = (*UNFINISHED, "succeeded", "failed")
WANTED = {"create_scheduler": "RUNNING", "start_scheduler": "RUNNING", "stop_scheduler": "STOPPED"}
ON_THE_WAY = {"RUNNING": "PENDING", "STOPPED": "STOPPING"}
PATIENCE = timedelta(minutes=10)  # the service took seconds; stopping waits for an execution in flight


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`kind` is one of `KINDS`, `status` one of `STATUSES`; `problem` is the problem document of a failed one, and
    `request_id` the id of the request that began it."""

    id: str
    team: str
    kind: str
    inference_scheduler_name: str
    status: str
    scheduler_status: str | None
    problem: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
    deadline_at: datetime
    request_id: str | None = None


def begin_operation(
    team: str, kind: str, scheduler_name: str, scheduler_status: str | None, now: datetime, id: str = ""
) -> Operation:
    return Operation(
        id=id or uuid4().hex,
        team=team,
        kind=kind,
        inference_scheduler_name=scheduler_name,
        status="running",
        scheduler_status=scheduler_status,
        problem=None,
        created_at=now,
        updated_at=now,
        deadline_at=now + PATIENCE,
    )


def observe(operation: Operation, scheduler_status: str, now: datetime) -> Operation:
    """What the operation is, now that the scheduler was seen in `scheduler_status`."""
    wanted = WANTED[operation.kind]
    seen = replace(operation, scheduler_status=scheduler_status, updated_at=now)
    if scheduler_status == wanted:
        return succeed(seen, now)
    if scheduler_status != ON_THE_WAY[wanted]:
        return fail(seen, OperationOvertaken(_overtaken(operation, scheduler_status)), now)
    return expire(seen, now)


def expire(operation: Operation, now: datetime, last_problem: Problem | None = None) -> Operation:
    """The operation, failed if its deadline has passed."""
    if now < operation.deadline_at:
        return operation
    detail = f"{operation.inference_scheduler_name} was last seen {operation.scheduler_status or 'nowhere'}."
    if last_problem:
        detail += f" The last look failed: {last_problem.detail}"
    return fail(operation, OperationTimedOut(detail), now)


def succeed(operation: Operation, now: datetime) -> Operation:
    return replace(operation, status="succeeded", updated_at=now)


def fail(operation: Operation, problem: Problem, now: datetime) -> Operation:
    return replace(operation, status="failed", problem=problem.document(), updated_at=now)


def _overtaken(operation: Operation, scheduler_status: str) -> str:
    return (
        f"{operation.inference_scheduler_name} is {scheduler_status}, though it was to become "
        f"{WANTED[operation.kind]}: somebody else changed it meanwhile."
    )
