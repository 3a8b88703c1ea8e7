"""DataInputConfiguration and DataOutputConfiguration of a scheduler, with every default filled in.

Clients index InputTimeZoneOffset and both members of InferenceInputNameConfiguration without a default of their own,
so a describe answer has to have them. Where AWS documents no default, the first choice of its console and of its
Python SDK is taken.
"""

from datetime import timedelta
from typing import Any

from service.engine.protocol.faults import ValidationException
from service.engine.scheduling.stamps import parse_offset

DEFAULT_OFFSET = "+00:00"
DEFAULT_TIMESTAMP_FORMAT = "yyyyMMddHHmmss"
DEFAULT_DELIMITER = "_"

# AWS lists half hours between -12:00 and +12:00. The clocks of the world go on to +14:00, some by quarters of an
# hour, and a scheduler is as easily kept there.
WESTMOST, EASTMOST = timedelta(hours=-12), timedelta(hours=14)


def complete_input(configuration: dict[str, Any]) -> dict[str, Any]:
    """An input configuration as it is stored and described.

    Raises:
        ValidationException: no S3 location to read from, or an offset that no place on earth has.
    """
    location = configuration.get("S3InputConfiguration")
    if not location:
        raise ValidationException(
            "DataInputConfiguration needs S3InputConfiguration: there is nothing to read without."
        )
    names = configuration.get("InferenceInputNameConfiguration", {})
    offset = configuration.get("InputTimeZoneOffset", DEFAULT_OFFSET)
    _check_offset(offset)
    return {
        "S3InputConfiguration": {"Bucket": location["Bucket"], "Prefix": location.get("Prefix", "")},
        "InputTimeZoneOffset": offset,
        "InferenceInputNameConfiguration": {
            "TimestampFormat": names.get("TimestampFormat", DEFAULT_TIMESTAMP_FORMAT),
            "ComponentTimestampDelimiter": names.get("ComponentTimestampDelimiter", DEFAULT_DELIMITER),
        },
    }


def complete_output(configuration: dict[str, Any]) -> dict[str, Any]:
    """An output configuration as it is stored and described."""
    location = configuration["S3OutputConfiguration"]
    return configuration | {
        "S3OutputConfiguration": {"Bucket": location["Bucket"], "Prefix": location.get("Prefix", "")}
    }


def _check_offset(offset: str) -> None:
    if int(offset[-2:]) > 59 or not WESTMOST <= parse_offset(offset) <= EASTMOST:
        raise ValidationException(
            f"1 validation error detected: Value '{offset}' at 'dataInputConfiguration.inputTimeZoneOffset' failed to "
            "satisfy constraint: Member must be between -12:00 and +14:00, with minutes below 60"
        )
