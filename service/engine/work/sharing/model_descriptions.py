"""What a model file says of its version, and the same as columns again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from service.engine.detection import FittedModel
from service.engine.protocol.arns import MODEL, make_arn, version_arn
from service.engine.protocol.faults import Fault
from service.engine.protocol.schemas import Schema, read_schema, sensors
from service.engine.scheduling.frequency import TARGET_SAMPLING_RATES
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model
from service.engine.work.frames.off_condition import UnreadableOffCondition, parse_off_condition
from service.engine.work.problems import InputProblem

_RANGES = (
    "training_data_start_time",
    "training_data_end_time",
    "evaluation_data_start_time",
    "evaluation_data_end_time",
)
_QUALITIES = ("QUALITY_THRESHOLD_MET", "CANNOT_DETERMINE_QUALITY", "POOR_QUALITY_DETECTED")
_LONGEST_METRICS = 50_000  # characters, a bound of the service model; so are those below
_LONGEST_CONDITION = 2048
_LARGEST = 3000  # components, columns


def describe(model: Model, version: ModelVersion) -> dict[str, Any]:
    """Everything of a version but its artefacts, its labels, and places and roles of its owner; plain JSON."""
    arn = make_arn(MODEL, region=model.region, account_id=model.account_id, name=model.name, id=model.id)
    ranges = {name: getattr(version, name) for name in _RANGES}
    return {
        "model_name": model.name,
        "model_version": version.version,
        "model_version_arn": version_arn(arn, version.version),
        "dataset_name": model.dataset_name,
        "schema": version.schema,
        "target_sampling_rate": (version.data_pre_processing_configuration or {}).get("TargetSamplingRate"),
        "off_condition": version.off_condition,
        "model_metrics": version.model_metrics,
        "model_quality": version.model_quality,
        **{name: moment and moment.astimezone(UTC).isoformat() for name, moment in ranges.items()},
    }


def columns(said: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The description as columns of a version, each checked: anybody can write a file with the right checksums.

    Raises:
        InputProblem: naming what is wrong.
    """
    try:
        schema, off_condition = _schema(said["schema"]), said["off_condition"]
        rate = _one_of(TARGET_SAMPLING_RATES, said["target_sampling_rate"])
        _check_off_condition(off_condition, schema)
        return {
            "schema": schema,
            "data_pre_processing_configuration": {"TargetSamplingRate": rate} if rate else None,
            "off_condition": off_condition,
            "model_metrics": _metrics(said["model_metrics"]),
            "model_quality": _one_of(_QUALITIES, said["model_quality"]),
            "source_model_version_arn": _text(said["model_version_arn"], 2048),
            **{name: _moment(said[name]) for name in _RANGES},
        }
    except (KeyError, TypeError, ValueError, Fault, UnreadableOffCondition) as error:
        raise InputProblem(f"{place} describes no model that this engine could run: {_said(error)}.") from error


def check_detector(fitted: FittedModel, schema: Schema, place: str) -> None:
    """Refuse a detector of other sensors than the schema's.

    Raises:
        InputProblem: it is one.
    """
    if set(fitted.sensors) != {f"{component}\\{sensor}" for component, sensor in sensors(schema)}:
        raise InputProblem(f"{place}: its detector has other sensors than its schema.")


def _schema(value: Any) -> Schema:
    asked = {"DatasetSchema": {"InlineDataSchema": orjson.dumps(value).decode()}}
    return read_schema(asked, max_components=_LARGEST, max_columns=_LARGEST)


def _check_off_condition(condition: Any, schema: Schema) -> None:
    if condition is None:
        return
    parsed = parse_off_condition(_text(condition, _LONGEST_CONDITION))
    if parsed.sensor not in {f"{component}\\{sensor}" for component, sensor in sensors(schema)}:
        raise ValueError("off_condition names a sensor that the schema does not have")


def _metrics(value: Any) -> str | None:
    if value is not None:
        orjson.loads(_text(value, _LONGEST_METRICS))
    return value


def _moment(value: Any) -> datetime | None:
    moment = value if value is None else datetime.fromisoformat(value)
    if moment and not moment.tzinfo:
        raise ValueError(f"the time {value!r} has no zone")
    return moment


def _one_of(known: tuple[str, ...], value: Any) -> str | None:
    if value is not None and value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(known)}")
    return value


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise ValueError(f"a text of at most {longest} characters is missing")
    return value


def _said(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error).rstrip(".")
