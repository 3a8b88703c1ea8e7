"""Creating, reading, changing and deleting inference schedulers.

Reading one goes cache, upstream, cache; the database is not on that path. Whatever leaves work behind asks the
queue and the database first, so that nothing is changed upstream when the operation could not be recorded.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from service.facade.domain.operations import Operation, begin_operation
from service.facade.domain.pages import Page, decode_cursor
from service.facade.domain.schedulers import InferenceScheduler, SchedulerFilter, SchedulerSummary, merge_changes
from service.facade.problems import BadCursor, InvalidRequest, WrongState, at_parameter
from service.facade.resources import Resources
from service.facade.store import operations
from service.facade.usecases.collecting import collect_last

Render = Callable[[InferenceScheduler], bytes]
WATCH = "facade.watch_operation"
_FIRST_LOOK_SECONDS = 0.5


def show_scheduler(resources: Resources, name: str, render: Render, *, fresh: bool = False) -> bytes:
    """A scheduler as `render` wrote it, at most `describe_cache_seconds` old; `fresh` asks the upstream in any case."""
    seconds = resources.settings.describe_cache_seconds
    return resources.cache.fetch(
        cache_key(name), seconds, lambda: render(resources.schedulers.describe(name)), fresh=fresh
    )


def list_schedulers(
    resources: Resources, wanted: SchedulerFilter, limit: int, cursor: str | None
) -> Page[SchedulerSummary]:
    """A page of schedulers; `cursor` belongs to the same filter. The next position is upstream's NextToken."""
    token = decode_cursor(cursor, scheduler_query(wanted)) if cursor else None
    with refused_tokens(token):
        return resources.schedulers.page(wanted, limit, token)


def scheduler_query(wanted: SchedulerFilter) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "schedulers", **asdict(wanted)}


def create_scheduler(resources: Resources, fields: dict[str, Any], client_token: str) -> Operation:
    """Create a scheduler and start it; the operation ends when it is RUNNING."""
    ready_for_work(resources)
    fields = {"role_arn": resources.settings.default_role_arn, **fields}
    name = fields["inference_scheduler_name"]
    with forgetting(resources, name):
        status = resources.schedulers.create(fields, client_token)
    return follow(resources, "create_scheduler", name, status)


def change_scheduler(
    resources: Resources, name: str, changes: dict[str, Any], check: Callable[[InferenceScheduler], None]
) -> InferenceScheduler:
    """Change some fields of a scheduler, after `check` has seen the present ones. Nested fields that are left out
    stay as they are, though the upstream replaces whole structures."""
    present = resources.schedulers.describe(name)
    check(present)
    if not changes:
        return present
    with forgetting(resources, name):
        resources.schedulers.update(name, merge_changes(present, changes))
    return resources.schedulers.describe(name)


def delete_scheduler(resources: Resources, name: str, check: Callable[[InferenceScheduler], None]) -> None:
    """Delete a STOPPED scheduler, after `check` has seen it. Its results stay in S3, its predictions in our store."""
    present = resources.schedulers.describe(name)
    check(present)
    if present.status != "STOPPED":
        raise WrongState(_stop_it_first(present))
    collect_last(resources, name)
    with forgetting(resources, name):
        resources.schedulers.delete(name)


def force_delete_scheduler(resources: Resources, name: str, check: Callable[[InferenceScheduler], None]) -> Operation:
    """Stop a scheduler if it runs, then delete it; a worker does both."""
    ready_for_work(resources)
    present = resources.schedulers.describe(name)
    check(present)
    return follow(resources, "delete_scheduler", name, present.status, delay=0)


def start_scheduler(resources: Resources, name: str) -> Operation:
    """Start a STOPPED scheduler; the operation ends when it is RUNNING."""
    ready_for_work(resources)
    with forgetting(resources, name):
        status = resources.schedulers.start(name)
    return follow(resources, "start_scheduler", name, status)


def stop_scheduler(resources: Resources, name: str) -> Operation:
    """Stop a scheduler; the operation ends when it is STOPPED."""
    ready_for_work(resources)
    with forgetting(resources, name):
        status = resources.schedulers.stop(name)
    return follow(resources, "stop_scheduler", name, status)


def ready_for_work(resources: Resources) -> None:
    """Refuse early, before anything is changed, when a request could not be recorded or handed on.

    Raises:
        QueueUnavailable, DatabaseUnavailable
    """
    resources.queue.check()
    resources.database.ping()


def follow(resources: Resources, kind: str, name: str, status: str, delay: float = _FIRST_LOOK_SECONDS) -> Operation:
    """Record an operation that a worker watches from now on."""
    operation = begin_operation(kind, name, status, resources.clock())
    with resources.begin() as work:
        operations.insert(work.db, operation)
        work.send(WATCH, operation.id, delay=delay)
    return operation


def cache_key(name: str) -> str:
    return f"facade:scheduler:{name}"


@contextmanager
def forgetting(resources: Resources, name: str) -> Iterator[None]:
    """Drop the cached answer after a change, also after one that failed: it may have been made all the same."""
    try:
        yield
    finally:
        resources.cache.drop(cache_key(name))


@contextmanager
def refused_tokens(token: Any) -> Iterator[None]:
    """An upstream that refuses the request of a next page refuses the token in the cursor."""
    try:
        yield
    except InvalidRequest as problem:
        if token is None:
            raise
        detail = f"The engine no longer accepts this cursor; start anew without it. It says: {problem.detail}"
        raise BadCursor(detail, errors=[at_parameter("cursor", detail)]) from problem


def _stop_it_first(present: InferenceScheduler) -> str:
    name = present.inference_scheduler_name
    return (
        f"{name} is {present.status}, and only a STOPPED scheduler can be deleted. Stop it first "
        f"(POST /v1/schedulers/{name}/stop), or send DELETE with ?force=true."
    )
