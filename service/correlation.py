"""What belongs together across processes: the id of the request that began it, and its trace.

Both travel as headers, over HTTP and in messages alike. Whoever sends puts `carried()` among the headers; whoever
takes up a message works inside of `taken_up`, so that every log line of the work carries the id.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

from structlog.contextvars import bound_contextvars, get_contextvars

from service import tracing

HEADER = "X-Request-Id"
_FIT_FOR_LOGS = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")


def request_id_of(given: str) -> str:
    """What a caller sent as the id of a request, where it is fit for a log line, else a new one."""
    return given if _FIT_FOR_LOGS.fullmatch(given) else uuid4().hex


def current_request_id() -> str | None:
    """The id of the request that this is done for; None for what nobody asked for, such as a sweep."""
    return get_contextvars().get("request_id")


def carried() -> dict[str, str]:
    """The headers of a message, or of a call to the other house, that is sent now."""
    request_id = current_request_id()
    return tracing.carried() | ({HEADER: request_id} if request_id else {})


@contextmanager
def sending(task: str) -> Iterator[dict[str, str]]:
    """The headers of a message for a task; inside of the block it is sent."""
    with tracing.span("PRODUCER", f"send {task}"):
        yield carried()


@contextmanager
def taken_up(task: str, task_id: str, headers: Mapping[str, str] | None, **more: str) -> Iterator[None]:
    """Around the work that a message asks for; `more` are other fields of its log lines."""
    given = headers or {}
    fields = {"task_id": task_id, "task": task, **more} | on_behalf_of(given.get(HEADER))
    with bound_contextvars(**fields), tracing.span("CONSUMER", task, given):
        yield


@contextmanager
def working_for(request_id: str | None, *, team: str, scheduler: str) -> Iterator[None]:
    """Around the work on a row that keeps the id of its request: the message that led here may be a sweep's."""
    with bound_contextvars(team=team, scheduler=scheduler, **on_behalf_of(request_id)):
        tracing.note(tracing.of_log_lines())
        yield


def on_behalf_of(request_id: str | None) -> dict[str, str]:
    """The field of log lines, where there is such an id."""
    return {"request_id": request_id} if request_id else {}
