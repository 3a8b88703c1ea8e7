"""Tasks that a worker has run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from service.telemetry.declaring import WORK, counter, gauge, histogram

_tasks = counter(
    "tasks", "Tasks that ended: succeeded, put_off (a sweep sends them again) or failed.", ("task", "outcome")
)
_seconds = histogram("task_duration_seconds", "From the beginning of a task to its end.", ("task",), WORK)
_running = gauge("tasks_running", "Tasks that are being worked on.")


@contextmanager
def counting(task: str, put_off: type[Exception] | tuple[()] = ()) -> Iterator[None]:
    """Count a task by how its block ends; `put_off` is what it raises when it is to be taken up again later."""
    began, outcome = time.perf_counter(), "failed"
    _running.inc()
    try:
        yield
        outcome = "succeeded"
    except put_off:
        outcome = "put_off"
        raise
    finally:
        _running.dec()
        _tasks.labels(task, outcome).inc()
        _seconds.labels(task).observe(time.perf_counter() - began)
