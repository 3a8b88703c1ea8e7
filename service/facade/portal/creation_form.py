"""The fields of the form that creates a scheduler: what they begin with, and where they belong in a request's body."""

from collections.abc import Iterable, Mapping
from typing import Any

from service.facade.api.schemas.schedulers import FREQUENCIES as DURATIONS
from service.facade.domain.windows import FREQUENCIES as MINUTES
from service.facade.problems import ErrorItem
from service.facade.usecases.choices import Choices

FREQUENCIES = [(name, "1 hour" if MINUTES[name] == 60 else f"{MINUTES[name]} minutes") for name in DURATIONS]
OFFSETS = [f"{'-' if hours < 0 else '+'}{abs(hours):02}:00" for hours in range(-12, 15)]
_INPUT = "data_input_configuration"
_OUTPUT = "data_output_configuration"
_NAMING = f"{_INPUT}/inference_input_name_configuration"
PLACES = {  # where each field belongs; what is left empty is left out
    "name": "inference_scheduler_name",
    "model": "model_name",
    "frequency": "data_upload_frequency",
    "delay": "data_delay_offset_in_minutes",
    "input_bucket": f"{_INPUT}/s3_input_configuration/bucket",
    "input_prefix": f"{_INPUT}/s3_input_configuration/prefix",
    "time_zone": f"{_INPUT}/input_time_zone_offset",
    "timestamp_format": f"{_NAMING}/timestamp_format",
    "delimiter": f"{_NAMING}/component_timestamp_delimiter",
    "output_bucket": f"{_OUTPUT}/s3_output_configuration/bucket",
    "output_prefix": f"{_OUTPUT}/s3_output_configuration/prefix",
    "role": "role_arn",
}
LABELS = {
    "name": "Name",
    "model": "Model",
    "frequency": "Every",
    "delay": "Delay, in minutes",
    "input_bucket": "Bucket of the readings",
    "input_prefix": "Prefix of the readings",
    "time_zone": "Time zone of the stamps",
    "timestamp_format": "Stamp in file names",
    "delimiter": "Between component and stamp",
    "output_bucket": "Bucket of the results",
    "output_prefix": "Prefix of the results",
    "role": "Role",
}
_DELIMITERS = {"none": "", "space": " "}  # in the form, where an empty text means that nothing was chosen
_FIELDS = {f"/{place}": field for field, place in PLACES.items()}
_FIELDS |= {  # places as a whole are told of at their first field
    f"/{_INPUT}/s3_input_configuration": "input_bucket",
    f"/{_OUTPUT}/s3_output_configuration": "output_bucket",
}


def defaults(model: str, known: Choices) -> dict[str, str]:
    """What the form shows at first: for a model that was asked for, else for the first one that is free."""
    free = [one.model_name for one in known.models if one.model_name not in known.taken]
    chosen = model if model in free else free[0] if free else ""
    bucket = known.buckets[0] if len(known.buckets) == 1 else ""
    return {
        "model": chosen,
        "name": chosen,
        "frequency": "PT5M",
        "delay": "0",
        "input_bucket": bucket,
        "input_prefix": f"{chosen}/input/" if chosen else "",
        "output_bucket": bucket,
        "output_prefix": f"{chosen}/output/" if chosen else "",
        "time_zone": "+00:00",
        "timestamp_format": "yyyyMMddHHmmss",
        "delimiter": "_",
        "role": "",
    }


def body_of(values: Mapping[str, str]) -> dict[str, Any]:
    """The body that a request to the REST API would have."""
    body: dict[str, Any] = {}
    for field, place in PLACES.items():
        text = values.get(field, "")
        if text:
            *outer, last = place.split("/")
            part = body
            for member in outer:
                part = part.setdefault(member, {})
            part[last] = _read(field, text)
    return body


def faults_at_fields(errors: Iterable[ErrorItem]) -> tuple[dict[str, str], list[str]]:
    """What is wrong by field, in the order of the form, and what belongs to no field of it."""
    faults: dict[str, str] = {}
    rest: list[str] = []
    for error in errors:
        pointer = error.get("pointer", "")
        fields = [field for place, field in _FIELDS.items() if place == pointer or place.startswith(f"{pointer}/")]
        if fields and pointer:
            faults.setdefault(fields[0], error["detail"])
        else:
            rest.append(error["detail"])
    return {field: faults[field] for field in LABELS if field in faults}, rest


def _read(field: str, text: str) -> Any:
    if field == "delay":
        return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 9 else text
    return _DELIMITERS.get(text, text) if field == "delimiter" else text
