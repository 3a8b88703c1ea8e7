"""StartInferenceScheduler and StopInferenceScheduler: they write what is wanted; the tick makes it so.

Create ──► PENDING ──► RUNNING ──Stop──► STOPPING ──► STOPPED ──Delete──► (gone)
              ▲                                          │
              └──────────────────Start───────────────────┘
"""

from typing import Any

from service.engine.operations.schedulers import require_scheduler
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import INFERENCE_SCHEDULER, MODEL
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ConflictException
from service.engine.store import schedulers
from service.engine.store.scheduler_status import STATUS
from service.engine.store.schedulers import Scheduler


def start_inference_scheduler(call: Call, unit: Unit) -> dict[str, Any]:
    """Start a stopped scheduler. Windows that passed while it was stopped are never run."""
    scheduler = require_scheduler(unit, call.params["InferenceSchedulerName"], lock=True)
    if scheduler.status != "STOPPED":
        raise _refusal(scheduler, "started", "STOPPED")
    schedulers.change(unit.connection, scheduler.id, wanted="RUNNING", activated_at=unit.now, updated_at=unit.now)
    return _show(scheduler, "RUNNING", unit)


def stop_inference_scheduler(call: Call, unit: Unit) -> dict[str, Any]:
    """Stop a scheduler; executions in flight are finished first.

    A PENDING one can be stopped as well: it has nothing in flight and is STOPPED at once.
    """
    scheduler = require_scheduler(unit, call.params["InferenceSchedulerName"], lock=True)
    if scheduler.wanted == "STOPPED":
        raise _refusal(scheduler, "stopped", "RUNNING")
    schedulers.change(unit.connection, scheduler.id, wanted="STOPPED", updated_at=unit.now)
    return _show(scheduler, "STOPPED", unit)


def _refusal(scheduler: Scheduler, done: str, needed: str) -> ConflictException:
    return ConflictException(
        f"The inference scheduler {scheduler.name!r} is {scheduler.status}; it can be {done} when it is {needed}."
    )


def _show(scheduler: Scheduler, wanted: str, unit: Unit) -> dict[str, Any]:
    return {
        "ModelArn": unit.arn(MODEL, scheduler.model_name, scheduler.model_id),
        "ModelName": scheduler.model_name,
        "InferenceSchedulerName": scheduler.name,
        "InferenceSchedulerArn": unit.arn(INFERENCE_SCHEDULER, scheduler.name, scheduler.id),
        "Status": STATUS[wanted, scheduler.actual],
    }
