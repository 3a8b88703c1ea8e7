"""Creating, changing, starting, stopping and deleting inference schedulers.

Whatever leaves work behind asks the queue and the database first, so that nothing is changed upstream when the
operation could not be recorded.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from service.facade.domain.operations import Operation
from service.facade.domain.schedulers import InferenceScheduler, SchedulerFilter, merge_changes
from service.facade.problems import Conflict, QuotaExceeded, WrongState
from service.facade.resources import Resources
from service.facade.usecases.collecting import collect_last
from service.facade.usecases.describing import forgetting
from service.facade.usecases.operations import follow, ready_for_work
from service.facade.usecases.scheduler_lists import list_schedulers
from service.facade.usecases.team_places import check_places

Check = Callable[[InferenceScheduler], None]
_PATIENCE_SECONDS = 5.0
_TRY_AGAIN_SECONDS = 0.05


def create_scheduler(resources: Resources, team: str, fields: dict[str, Any], client_token: str) -> Operation:
    """Create a scheduler and start it; the operation ends when it is RUNNING."""
    ready_for_work(resources)
    check_places(resources, team, fields)
    fields = {"role_arn": resources.settings.default_role_arn, **fields}
    name = fields["inference_scheduler_name"]
    try:
        with forgetting(resources, name):
            status = resources.schedulers.create(team, fields, client_token)
    except QuotaExceeded as refusal:
        raise _without_foreign_names(resources, team, fields["model_name"], refusal) from refusal
    return follow(resources, team, "create_scheduler", name, status, operation_id=client_token[:32])


def _without_foreign_names(resources: Resources, team: str, model_name: str, refusal: QuotaExceeded) -> QuotaExceeded:
    """The upstream names a scheduler of the model, whoever's it is. A team is told of its own alone."""
    own = list_schedulers(resources, team, SchedulerFilter(model_name=model_name), 1, None).items
    whose = f"{own[0].inference_scheduler_name} is one" if own else "they are another team's"
    detail = f"{model_name} has all the schedulers that a model may have, stopped ones included; {whose}."
    return QuotaExceeded(detail, aws_error_code=refusal.aws_error_code)


def change_scheduler(
    resources: Resources, team: str, name: str, changes: dict[str, Any], check: Check
) -> InferenceScheduler:
    """Change some fields of a scheduler, after `check` has seen the present ones. Nested fields that are left out
    stay as they are, though the upstream replaces whole structures.

    Raises:
        Conflict: others change the scheduler all the time.
    """
    with _alone(resources, name):
        present = resources.schedulers.describe(name)
        check(present)
        if not changes:
            return present
        merged = merge_changes(present, changes)
        check_places(resources, team, merged)
        with forgetting(resources, name):
            resources.schedulers.update(name, merged)
        return resources.schedulers.describe(name)


def delete_scheduler(resources: Resources, name: str, check: Check) -> None:
    """Delete a STOPPED scheduler, after `check` has seen it. Its results stay in S3, its predictions in our store."""
    with _alone(resources, name):
        present = resources.schedulers.describe(name)
        check(present)
        if present.status != "STOPPED":
            raise WrongState(_stop_it_first(present))
        collect_last(resources, name)
        with forgetting(resources, name):
            resources.schedulers.delete(name)


def force_delete_scheduler(resources: Resources, team: str, name: str, check: Check) -> Operation:
    """Stop a scheduler if it runs, then delete it; a worker does both."""
    ready_for_work(resources)
    present = resources.schedulers.describe(name)
    check(present)
    return follow(resources, team, "delete_scheduler", name, present.status, delay=0)


def start_scheduler(
    resources: Resources, team: str, name: str, begun_before: bool = False, operation_id: str = ""
) -> Operation:
    """Start a STOPPED scheduler; the operation ends when it is RUNNING.

    Args:
        begun_before: an earlier attempt at this request was given up; if it started the scheduler, that counts.
        operation_id: the same id again is the same operation.
    """
    ready_for_work(resources)
    status = _move(resources, name, resources.schedulers.start, ("PENDING", "RUNNING") if begun_before else ())
    return follow(resources, team, "start_scheduler", name, status, operation_id=operation_id)


def stop_scheduler(
    resources: Resources, team: str, name: str, begun_before: bool = False, operation_id: str = ""
) -> Operation:
    """Stop a scheduler; the operation ends when it is STOPPED. The arguments are those of `start_scheduler`."""
    ready_for_work(resources)
    status = _move(resources, name, resources.schedulers.stop, ("STOPPING", "STOPPED") if begun_before else ())
    return follow(resources, team, "stop_scheduler", name, status, operation_id=operation_id)


def _move(resources: Resources, name: str, move: Callable[[str], str], moved: tuple[str, ...]) -> str:
    """The status after a move; one of `moved` shows that it was made before."""
    try:
        with forgetting(resources, name):
            return move(name)
    except WrongState:
        present = resources.schedulers.describe(name).status if moved else ""
        if present not in moved:
            raise
        return present


@contextmanager
def _alone(resources: Resources, name: str) -> Iterator[None]:
    """Nobody else changes the scheduler through this service between reading it and writing it back: else one of two
    changes would be lost, and two requests with the same `If-Match` would both pass."""
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < give_up:
        with resources.database.claim("changing", name) as mine:
            if mine:
                yield
                return
        time.sleep(_TRY_AGAIN_SECONDS)
    raise Conflict(f"Others are changing {name} at this moment. Read it again, then send the change again.")


def _stop_it_first(present: InferenceScheduler) -> str:
    name = present.inference_scheduler_name
    return (
        f"{name} is {present.status}, and only a STOPPED scheduler can be deleted. Stop it first "
        f"(POST /v1/schedulers/{name}/stop), or send DELETE with ?force=true."
    )
