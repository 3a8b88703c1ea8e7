"""How the columns and times of uploaded tables are to be read: kept for a scheduler, or said with one upload."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Sensor = tuple[str, str]  # component, sensor
REFUSE, IGNORE = "refuse", "ignore"  # what becomes of columns that nobody knows
GIVEN, MAPPED, IN_FILE, DETECTED, ASSUMED = "given", "mapping", "file", "detected", "assumed"


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """What a scheduler's tables are like. `columns` leads from a name in the file to its sensor, or to None where the
    column is to be ignored; `timestamp_column` None means the first column."""

    timestamp_column: str | None = None
    time_zone: str | None = None
    time_format: str | None = None
    columns: Mapping[str, Sensor | None] = field(default_factory=dict)
    unknown_columns: str = REFUSE


@dataclass(frozen=True, kw_only=True)
class ReadingRules:
    """How the tables of one upload are read: the mapping as it was when the upload was accepted, and above it what the
    request said. `…_from` tells which of the two: "given" or "mapping"."""

    timestamp_column: str | None = None
    time_zone: str | None = None
    time_zone_from: str | None = None
    time_format: str | None = None
    time_format_from: str | None = None
    columns: Mapping[str, Sensor | None] = field(default_factory=dict)
    unknown_columns: str = REFUSE


def reading_rules(
    mapping: ColumnMapping | None, time_zone: str | None = None, time_format: str | None = None
) -> ReadingRules:
    """The mapping of a scheduler with what one request says in its place."""
    mapping = mapping or ColumnMapping()
    return ReadingRules(
        timestamp_column=mapping.timestamp_column,
        time_zone=time_zone or mapping.time_zone,
        time_zone_from=_origin(time_zone, mapping.time_zone),
        time_format=time_format or mapping.time_format,
        time_format_from=_origin(time_format, mapping.time_format),
        columns=mapping.columns,
        unknown_columns=mapping.unknown_columns,
    )


def _origin(given: str | None, mapped: str | None) -> str | None:
    return GIVEN if given else MAPPED if mapped else None
