"""An inference scheduler as the service describes it, in snake_case."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class S3Location:
    bucket: str
    prefix: str = ""


@dataclass(frozen=True, kw_only=True)
class InferenceInputNameConfiguration:
    timestamp_format: str = "yyyyMMddHHmmss"
    component_timestamp_delimiter: str = "_"


@dataclass(frozen=True, kw_only=True)
class DataInputConfiguration:
    s3_input_configuration: S3Location
    input_time_zone_offset: str = "+00:00"
    inference_input_name_configuration: InferenceInputNameConfiguration = InferenceInputNameConfiguration()


@dataclass(frozen=True, kw_only=True)
class DataOutputConfiguration:
    s3_output_configuration: S3Location
    kms_key_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class InferenceScheduler:
    """Status is PENDING, RUNNING, STOPPING or STOPPED; times are aware, in UTC."""

    inference_scheduler_name: str
    inference_scheduler_arn: str
    model_name: str
    model_arn: str
    status: str
    data_upload_frequency: str
    data_delay_offset_in_minutes: int
    data_input_configuration: DataInputConfiguration
    data_output_configuration: DataOutputConfiguration
    role_arn: str
    created_at: datetime
    updated_at: datetime
    server_side_kms_key_id: str | None = None
    latest_inference_result: str | None = None


@dataclass(frozen=True, kw_only=True)
class SchedulerSummary:
    """What a list says of a scheduler."""

    inference_scheduler_name: str
    inference_scheduler_arn: str
    model_name: str
    model_arn: str
    status: str
    data_upload_frequency: str
    data_delay_offset_in_minutes: int
    latest_inference_result: str | None = None


@dataclass(frozen=True, kw_only=True)
class SchedulerFilter:
    """None means "any"."""

    name_prefix: str | None = None
    model_name: str | None = None
    status: str | None = None


def merge_changes(present: InferenceScheduler, changes: dict[str, Any]) -> dict[str, Any]:
    """`changes` filled up for an upstream that replaces whole structures: what a changed structure leaves out is
    taken from `present`. A nested None takes the field away."""
    now = asdict(present)
    return {name: _filled(now[name], new) for name, new in changes.items()}


def _filled(old: Any, new: Any) -> Any:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {name: _filled(old.get(name), new.get(name, old.get(name))) for name in {**old, **new}}
