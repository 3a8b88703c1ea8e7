"""StartRetrainingScheduler and StopRetrainingScheduler: they write what is wanted; the tick makes it so.

The states are those of an inference scheduler. A stop lets a retraining that has begun come to its end and cancels
one that has not.
"""

from typing import Any

from service.engine.operations.retraining_schedulers import next_run, refusal, require_retraining
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import MODEL
from service.engine.protocol.calls import Call
from service.engine.store import retraining_schedulers
from service.engine.store.models import Model
from service.engine.store.scheduler_status import STATUS


def start_retraining_scheduler(call: Call, unit: Unit) -> dict[str, Any]:
    """Start a stopped scheduler. Dates that passed while it was stopped are not made up for."""
    model, scheduler = require_retraining(unit, call.params["ModelName"], lock=True)
    if scheduler.status != "STOPPED":
        raise refusal(model, scheduler, "started", "STOPPED")
    following = next_run(scheduler.retraining_start_date, scheduler.retraining_frequency, unit.now)
    retraining_schedulers.change(
        unit.connection, model.id, wanted="RUNNING", next_run_at=following, updated_at=unit.now
    )
    return _show(model, STATUS["RUNNING", scheduler.actual], unit)


def stop_retraining_scheduler(call: Call, unit: Unit) -> dict[str, Any]:
    """Stop a scheduler; a PENDING one, too, which is STOPPED at once."""
    model, scheduler = require_retraining(unit, call.params["ModelName"], lock=True)
    if scheduler.wanted == "STOPPED":
        raise refusal(model, scheduler, "stopped", "RUNNING")
    retraining_schedulers.change(unit.connection, model.id, wanted="STOPPED", updated_at=unit.now)
    return _show(model, STATUS["STOPPED", scheduler.actual], unit)


def _show(model: Model, status: str, unit: Unit) -> dict[str, Any]:
    return {"ModelName": model.name, "ModelArn": unit.arn(MODEL, model.name, model.id), "Status": status}
