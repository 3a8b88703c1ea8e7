"""CreateInferenceScheduler, UpdateInferenceScheduler, DeleteInferenceScheduler."""

from typing import Any
from uuid import uuid4

from service.engine.operations.data_configurations import complete_input, complete_output
from service.engine.operations.models import require_model
from service.engine.operations.scheduler_extras import check_shadow, extra_columns
from service.engine.operations.tags import set_tags
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import INFERENCE_SCHEDULER
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import (
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
    ValidationException,
)
from service.engine.scheduling.frequency import parse_duration
from service.engine.store import accumulated_inputs, model_versions, replays, schedulers, tags
from service.engine.store.models import Model
from service.engine.store.schedulers import Scheduler


def create_inference_scheduler(call: Call, unit: Unit) -> dict[str, Any]:
    """Make a scheduler and start it; there is no way to make a stopped one."""
    name, id = call.params["InferenceSchedulerName"], str(uuid4())
    columns = {"data_delay_offset_in_minutes": 0} | _configuration(call.params, unit)
    model = require_model(unit, call.params["ModelName"], lock=True)
    _check_free(unit, name, model)
    _check_usable(model)
    _check_frequency(call.params["DataUploadFrequency"], model)
    check_shadow(call.params, model, unit)
    added = schedulers.add(
        unit.connection,
        unit.scope,
        id=id,
        name=name,
        model_id=model.id,
        server_side_kms_key_id=call.params.get("ServerSideKmsKeyId"),
        wanted="RUNNING",
        actual="STOPPED",
        activated_at=unit.now,
        created_at=unit.now,
        updated_at=unit.now,
        **columns,
    )
    if not added:  # made by somebody else since we looked
        raise _in_use(name)
    arn = unit.arn(INFERENCE_SCHEDULER, name, id)
    set_tags(arn, call.params.get("Tags", []), unit)
    return {
        "InferenceSchedulerArn": arn,
        "InferenceSchedulerName": name,
        "Status": "PENDING",
        "ModelQuality": _quality(model, unit),
    }


def update_inference_scheduler(call: Call, unit: Unit) -> None:
    """Change a running or stopped scheduler from the next boundary on.

    What is left out keeps its value; a structure that is given replaces the whole old one.
    """
    scheduler = require_scheduler(unit, call.params["InferenceSchedulerName"], lock=True)
    if scheduler.status in ("PENDING", "STOPPING"):
        raise ConflictException(
            f"The inference scheduler {scheduler.name!r} is {scheduler.status}; "
            "it can be updated when it is RUNNING or STOPPED."
        )
    model = require_model(unit, scheduler.model_name)
    if "DataUploadFrequency" in call.params:
        _check_frequency(call.params["DataUploadFrequency"], model)
    check_shadow(call.params, model, unit)
    columns = _configuration(call.params, unit, scheduler.data_input_configuration)
    schedulers.change(unit.connection, scheduler.id, updated_at=unit.now, **columns)


def delete_inference_scheduler(call: Call, unit: Unit) -> None:
    """Delete a stopped scheduler with its history; results in S3 stay, and its model may still be retrained with it."""
    scheduler = require_scheduler(unit, call.params["InferenceSchedulerName"], lock=True)
    if scheduler.status != "STOPPED":
        raise ConflictException(
            f"The inference scheduler {scheduler.name!r} is {scheduler.status}; it can be deleted when it is STOPPED."
        )
    replay_id = replays.unfinished_of(unit.connection, scheduler.id)
    if replay_id:
        raise ConflictException(
            f"The inference replay {replay_id!r} of the scheduler {scheduler.name!r} has not ended; stop it first."
        )
    tags.erase_all(unit.connection, unit.arn(INFERENCE_SCHEDULER, scheduler.name, scheduler.id))
    accumulated_inputs.keep(unit.connection, scheduler)
    schedulers.remove(unit.connection, scheduler.id)


def require_scheduler(unit: Unit, name: str, *, lock: bool = False) -> Scheduler:
    """The scheduler of that name.

    Raises:
        ResourceNotFoundException: there is none.
    """
    scheduler = schedulers.find(unit.connection, unit.scope, name, lock=lock)
    if not scheduler:
        raise ResourceNotFoundException("inference scheduler", name)
    return scheduler


def _configuration(params: dict[str, Any], unit: Unit, input_before: dict[str, Any] | None = None) -> dict[str, Any]:
    """The columns that both Create and Update write, as far as the request has them."""
    plain = {
        "data_upload_frequency": params.get("DataUploadFrequency"),
        "data_delay_offset_in_minutes": params.get("DataDelayOffsetInMinutes"),
        "role_arn": params.get("RoleArn"),
    }
    columns = {column: value for column, value in plain.items() if value is not None}
    if "DataInputConfiguration" in params:
        columns["data_input_configuration"] = complete_input(params["DataInputConfiguration"], unit.now, input_before)
    if "DataOutputConfiguration" in params:
        columns["data_output_configuration"] = complete_output(params["DataOutputConfiguration"])
    return columns | extra_columns(params)


def _check_free(unit: Unit, name: str, model: Model) -> None:
    if schedulers.find(unit.connection, unit.scope, name):
        raise _in_use(name)
    others, allowed = schedulers.of_model(unit.connection, model.id), unit.quotas.schedulers_per_model
    if len(others) >= allowed:
        raise ServiceQuotaExceededException(
            f"The model {model.name!r} has all the inference schedulers that it may have ({allowed}, stopped ones "
            f"included); {others[0].name!r} is one."
        )


def _check_usable(model: Model) -> None:
    if model.status != "SUCCESS":
        raise ConflictException(f"The model {model.name!r} is {model.status}; a scheduler needs one that is SUCCESS.")


def _check_frequency(frequency: str, model: Model) -> None:
    rate = model.target_sampling_rate
    if rate and parse_duration(frequency) < parse_duration(rate):
        raise ValidationException(
            f"DataUploadFrequency {frequency} is shorter than the TargetSamplingRate {rate} of the model "
            f"{model.name!r}: choose {rate} or longer."
        )


def _in_use(name: str) -> ConflictException:
    return ConflictException(f"There is an inference scheduler {name!r} already.")


def _quality(model: Model, unit: Unit) -> str | None:
    version = model.active_version and model_versions.get(unit.connection, model.id, model.active_version)
    return version.model_quality if version else None
