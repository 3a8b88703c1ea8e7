"""What the engine counts: calls by operation, windows by how they ended and how late, rounds of the tick."""

from datetime import timedelta

from service.telemetry.declaring import CALLS, REQUESTS, WORK, counter, histogram
from service.wire import service_model

_OTHER = "other"  # whatever else somebody may write into a header
_calls = counter(
    "engine_calls", "Calls that were answered; the outcome is ok or the code of a fault.", ("operation", "outcome")
)
_call_seconds = histogram("engine_call_duration_seconds", "From a call to its answer.", ("operation",), REQUESTS)
_executions = counter(
    "engine_executions", "Windows that were run, scheduled or of a replay, by status.", ("kind", "status")
)
_shadows = counter(
    "engine_shadows", "Windows that a shadow version was to score besides: succeeded, failed, given_up.", ("outcome",)
)
_lateness = histogram(
    "engine_window_lateness_seconds",
    "From the wake-up of a scheduled window to its result.",
    (),
    (1, 2, *WORK[7:], 3600),
)
_waits = histogram(
    "engine_window_wait_seconds",
    "From the wake-up of a scheduled window to the moment a worker took it up.",
    (),
    (1, 2, *WORK[7:], 3600),
)
_rounds = counter("engine_tick_rounds", "Rounds of the tick: succeeded, failed.", ("outcome",))
_round_seconds = histogram("engine_tick_round_duration_seconds", "Of one round.", (), CALLS)


def count_call(operation: str, error_code: str | None, seconds: float) -> None:
    """A call was answered after so many seconds; `error_code` is None when nothing was wrong."""
    name = operation if operation in service_model().operation_names else _OTHER
    _calls.labels(name, error_code or "ok").inc()
    _call_seconds.labels(name).observe(seconds)


def count_execution(
    kind: str, status: str, *, lateness: timedelta | None = None, waited: timedelta | None = None
) -> None:
    """A window has ended; `kind` is scheduled or replay.

    Args:
        lateness: from the wake-up to the end, of a scheduled window.
        waited: the part of it before a worker took it up.
    """
    _executions.labels(kind, status).inc()
    for histogram_of, spent in ((_lateness, lateness), (_waits, waited)):
        if spent is not None:
            histogram_of.observe(max(0.0, spent.total_seconds()))


def count_shadow(outcome: str) -> None:
    """A shadow version has scored a window, or not: succeeded, failed, given_up."""
    _shadows.labels(outcome).inc()


def count_round(outcome: str, seconds: float) -> None:
    """A round of the tick has ended: succeeded or failed."""
    _rounds.labels(outcome).inc()
    _round_seconds.observe(seconds)
