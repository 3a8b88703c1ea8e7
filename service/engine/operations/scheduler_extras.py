"""What schedulers have beyond the service: thresholds, catch-up policies, shadow versions; none need be known."""

from typing import Any

from service.engine.operations.unit import Unit
from service.engine.operations.version_description import require_trained
from service.engine.protocol.faults import ConflictException
from service.engine.store.models import Model
from service.engine.store.schedulers import Scheduler

NO_SHADOW = 0


def extra_columns(params: dict[str, Any]) -> dict[str, Any]:
    """The columns of our own members, as far as the request has them."""
    plain = {
        "anomaly_threshold": params.get("AnomalyThreshold"),
        "catch_up_policy": params.get("CatchUpPolicy"),
        "catch_up_hours": params.get("CatchUpHours"),
    }
    columns = {column: value for column, value in plain.items() if value is not None}
    if "ShadowModelVersion" in params:
        columns["shadow_version"] = params["ShadowModelVersion"] or None
    return columns


def check_shadow(params: dict[str, Any], model: Model, unit: Unit) -> None:
    """Refuse a shadow version that cannot score, or that is the active one.

    Raises:
        ResourceNotFoundException: the model has no such version.
        ConflictException: it is not trained, or active.
    """
    number = params.get("ShadowModelVersion", NO_SHADOW)
    if number == NO_SHADOW:
        return
    require_trained(unit, model, number, "a shadow version")
    if number == model.active_version:
        raise ConflictException(
            f"Version {number} of the model {model.name!r} is the active one; a shadow version is another."
        )


def show_extras(scheduler: Scheduler, unit: Unit) -> dict[str, Any]:
    """What is in force, whether the scheduler says so or the settings do."""
    settings, hours = unit.settings, scheduler.catch_up_hours
    return {
        "AnomalyThreshold": scheduler.anomaly_threshold,
        "CatchUpPolicy": scheduler.catch_up_policy or settings.catch_up_policy.upper(),
        "CatchUpHours": settings.catch_up_hours if hours is None else hours,
        "ShadowModelVersion": scheduler.shadow_version,
    }
