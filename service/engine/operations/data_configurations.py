"""DataInputConfiguration and DataOutputConfiguration of a scheduler, with every default filled in.

Clients index InputTimeZoneOffset and both members of InferenceInputNameConfiguration without a default of their own,
so a describe answer has to have them. Where AWS documents no default, the first choice of its console and of its
Python SDK is taken.
"""

from datetime import datetime, timedelta
from typing import Any

from service.engine.protocol.faults import ValidationException
from service.engine.scheduling.stamps import named_zone, offset_text, offsets_around, parse_offset

DEFAULT_OFFSET = "+00:00"
DEFAULT_TIMESTAMP_FORMAT = "yyyyMMddHHmmss"
DEFAULT_DELIMITER = "_"

# AWS lists half hours between -12:00 and +12:00. The clocks of the world go on to +14:00, some by quarters of an
# hour, and a scheduler is as easily kept there.
WESTMOST, EASTMOST = timedelta(hours=-12), timedelta(hours=14)


def complete_input(
    configuration: dict[str, Any], now: datetime, before: dict[str, Any] | None = None
) -> dict[str, Any]:
    """An input configuration as it is stored.

    Args:
        before: the one that it replaces.

    Raises:
        ValidationException: no S3 location to read from, an offset that no place on earth has, or an unknown zone.
    """
    location = configuration.get("S3InputConfiguration")
    if not location:
        raise ValidationException(
            "DataInputConfiguration needs S3InputConfiguration: there is nothing to read without."
        )
    names = configuration.get("InferenceInputNameConfiguration", {})
    return {
        "S3InputConfiguration": {"Bucket": location["Bucket"], "Prefix": location.get("Prefix", "")},
        "InferenceInputNameConfiguration": {
            "TimestampFormat": names.get("TimestampFormat", DEFAULT_TIMESTAMP_FORMAT),
            "ComponentTimestampDelimiter": names.get("ComponentTimestampDelimiter", DEFAULT_DELIMITER),
        },
        **_zone(configuration, now, before or {}),
    }


def shown_input(configuration: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A stored configuration as it is described: with a named zone, the offset is that of the moment.

    So clients that know nothing of zones go on to compute the right names of files.
    """
    zone = configuration.get("InputTimeZone")
    return configuration | ({"InputTimeZoneOffset": offset_text(named_zone(zone), now)} if zone else {})


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


def _zone(configuration: dict[str, Any], now: datetime, before: dict[str, Any]) -> dict[str, Any]:
    """InputTimeZoneOffset and, where there is one, InputTimeZone.

    A client that knows nothing of zones sends back the offset it was shown, or none: the zone stays as it was then.
    """
    offset = configuration.get("InputTimeZoneOffset")
    zone = configuration.get("InputTimeZone", _kept_zone(offset, now, before))
    _check_offset(offset or DEFAULT_OFFSET)
    if not zone:
        return {"InputTimeZoneOffset": offset or DEFAULT_OFFSET}
    try:
        return {"InputTimeZone": zone, "InputTimeZoneOffset": offset_text(named_zone(zone), now)}
    except ValueError as error:
        raise ValidationException(
            f"1 validation error detected: Value '{zone}' at 'dataInputConfiguration.inputTimeZone' failed to satisfy "
            "constraint: Member must be a time zone of the IANA database, such as Europe/Berlin"
        ) from error


def _kept_zone(offset: str | None, now: datetime, before: dict[str, Any]) -> str | None:
    zone = before.get("InputTimeZone")
    if zone and offset and parse_offset(offset) not in offsets_around(named_zone(zone), now, now):
        return None
    return zone
