"""CreateRetrainingScheduler, UpdateRetrainingScheduler, DeleteRetrainingScheduler. A model has one at most."""

from datetime import datetime, timedelta
from typing import Any

from service.engine.operations.models import require_model
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import MODEL
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ConflictException, ResourceNotFoundException, ValidationException
from service.engine.scheduling.retraining import (
    LONGEST_DAYS,
    SHORTEST_DAYS,
    first_run,
    midnight,
    parse_period,
)
from service.engine.store import retraining_schedulers
from service.engine.store.models import Model
from service.engine.store.retraining_schedulers import RetrainingScheduler

MANAGED = "MANAGED"


def create_retraining_scheduler(call: Call, unit: Unit) -> dict[str, Any]:
    """Make a retraining scheduler and start it. Without a start date, the first retraining is at the next midnight."""
    params = call.params
    _check_frequency(params["RetrainingFrequency"])
    model = require_model(unit, params["ModelName"], lock=True)
    if retraining_schedulers.of_model(unit.connection, model.id):
        raise ConflictException(f"The model {model.name!r} has a retraining scheduler already.")
    if model.status != "SUCCESS":
        raise ConflictException(f"The model {model.name!r} is {model.status}; only one that is SUCCESS is retrained.")
    start = midnight(params.get("RetrainingStartDate") or unit.now + timedelta(days=1))
    retraining_schedulers.add(
        unit.connection,
        model_id=model.id,
        retraining_start_date=start,
        retraining_frequency=params["RetrainingFrequency"],
        lookback_window=params["LookbackWindow"],
        promote_mode=params.get("PromoteMode", MANAGED),
        wanted="RUNNING",
        actual="STOPPED",
        next_run_at=next_run(start, params["RetrainingFrequency"], unit.now),
        created_at=unit.now,
        updated_at=unit.now,
    )
    return {"ModelName": model.name, "ModelArn": unit.arn(MODEL, model.name, model.id), "Status": "PENDING"}


def update_retraining_scheduler(call: Call, unit: Unit) -> None:
    """Change a running or stopped scheduler from the next retraining on; what is left out keeps its value."""
    params = call.params
    _check_frequency(params.get("RetrainingFrequency"))
    model, scheduler = require_retraining(unit, params["ModelName"], lock=True)
    if scheduler.status in ("PENDING", "STOPPING"):
        raise refusal(model, scheduler, "updated", "RUNNING or STOPPED")
    start = params.get("RetrainingStartDate")
    asked = {
        "retraining_start_date": start and midnight(start),
        "retraining_frequency": params.get("RetrainingFrequency"),
        "lookback_window": params.get("LookbackWindow"),
        "promote_mode": params.get("PromoteMode"),
    }
    columns = {column: value for column, value in asked.items() if value is not None}
    if "retraining_start_date" in columns or "retraining_frequency" in columns:
        grid = {name: getattr(scheduler, name) for name in ("retraining_start_date", "retraining_frequency")} | columns
        columns["next_run_at"] = next_run(grid["retraining_start_date"], grid["retraining_frequency"], unit.now)
    retraining_schedulers.change(unit.connection, model.id, updated_at=unit.now, **columns)


def delete_retraining_scheduler(call: Call, unit: Unit) -> None:
    """Delete a stopped scheduler. The versions that it made stay."""
    model, scheduler = require_retraining(unit, call.params["ModelName"], lock=True)
    if scheduler.status != "STOPPED":
        raise refusal(model, scheduler, "deleted", "STOPPED")
    retraining_schedulers.remove(unit.connection, model.id)


def require_retraining(unit: Unit, model_name: str, *, lock: bool = False) -> tuple[Model, RetrainingScheduler]:
    """The model of that name and its retraining scheduler.

    Raises:
        ResourceNotFoundException: there is no such model, or it has none.
    """
    model = require_model(unit, model_name)
    scheduler = retraining_schedulers.of_model(unit.connection, model.id, lock=lock)
    if not scheduler:
        raise ResourceNotFoundException("retraining scheduler of the model", model_name)
    return model, scheduler


def next_run(start: datetime, frequency: str, now: datetime) -> datetime:
    """The next date of the grid; today counts, so a scheduler that is to start today begins at once."""
    return first_run(start, parse_period(frequency), midnight(now))


def refusal(model: Model, scheduler: RetrainingScheduler, done: str, needed: str) -> ConflictException:
    """That the scheduler is in no state for this."""
    return ConflictException(
        f"The retraining scheduler of the model {model.name!r} is {scheduler.status}; it can be {done} when it is "
        f"{needed}."
    )


def _check_frequency(frequency: str | None) -> None:
    if frequency is not None and not SHORTEST_DAYS <= parse_period(frequency).usual_days <= LONGEST_DAYS:
        raise ValidationException(
            f"RetrainingFrequency {frequency} is not between P30D and P1Y, with months of 30 days and years of 365."
        )
