"""Dataset schemas: JSON text on the wire, checked and parsed inside.

{"Components": [{"ComponentName": "pump", "Columns": [{"Name": "Timestamp", "Type": "DATETIME"},
                                                      {"Name": "Sensor0", "Type": "DOUBLE"}]}]}
"""

from collections.abc import Iterator
from typing import Any

import orjson

from service.engine.protocol.faults import ServiceQuotaExceededException, ValidationException
from service.engine.protocol.patterns import compile_pattern
from service.wire import service_model

Schema = dict[str, Any]

DATETIME = "DATETIME"
DOUBLE = "DOUBLE"
_WHERE = "datasetSchema.inlineDataSchema"


def read_schema(params: dict[str, Any], *, max_components: int, max_columns: int) -> Schema | None:
    """The schema that a request carries, checked; None when it carries none.

    Raises:
        ValidationException: not JSON, not of the shape above, or names that are wrong or not unique.
        ServiceQuotaExceededException: more components or columns than allowed.
    """
    text = params.get("DatasetSchema", {}).get("InlineDataSchema")
    if text is None:
        return None
    components = [_component(index, value) for index, value in enumerate(_components(text))]
    _refuse_twice([component["ComponentName"] for component in components], "component", f"{_WHERE}.Components")
    schema = {"Components": components}
    check_size(schema, max_components=max_components, max_columns=max_columns)
    return schema


def check_size(schema: Schema, *, max_components: int, max_columns: int) -> None:
    """Refuse a schema of more components or columns than allowed; columns of the time count.

    Raises:
        ServiceQuotaExceededException: saying the numbers.
    """
    components = schema["Components"]
    columns = sum(len(component["Columns"]) for component in components)
    if len(components) > max_components or columns > max_columns:
        raise ServiceQuotaExceededException(
            f"The schema has {len(components)} components and {columns} columns; "
            f"at most {max_components} components and {max_columns} columns are allowed."
        )


def show_schema(schema: Schema | None) -> str | None:
    """A schema as the wire has it: JSON text without null, true or false, for old clients `eval` it."""
    return None if schema is None else orjson.dumps(schema).decode()


def check_subset(chosen: Schema, of: Schema) -> None:
    """Refuse a model's schema that names what its dataset does not have."""
    unknown = lacking(chosen, of)
    if unknown:
        raise ValidationException(f"The dataset has no such sensors: {unknown}.")


def sensors(schema: Schema) -> Iterator[tuple[str, str]]:
    """Every (component, sensor) of a schema; the column of the time is none."""
    for component in schema["Components"]:
        for column in component["Columns"]:
            if column["Type"] == DOUBLE:
                yield component["ComponentName"], column["Name"]


def lacking(chosen: Schema, of: Schema) -> str:
    """The sensors of a schema that another one does not have, the first few by name; empty when it has them all."""
    unknown = sorted(set(sensors(chosen)) - set(sensors(of)))
    named = ", ".join(f"{component}\\{sensor}" for component, sensor in unknown[:5])
    return f"{named}{' and more' if unknown[5:] else ''}"


def disagreement(schema: Schema, rate: str | None, *, with_schema: Schema, with_rate: str | None) -> str | None:
    """What keeps a version of this schema and TargetSamplingRate from joining a model of those.

    The model's schedulers read the files of its sensors, in windows that are no shorter than its rate.
    """
    if set(sensors(schema)) != set(sensors(with_schema)):
        return "has other sensors than the version to import"
    if rate != with_rate:
        return f"has the TargetSamplingRate {with_rate}, the version to import {rate}"
    return None


def _components(text: str) -> list[Any]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValidationException(f"{_WHERE} is not JSON: {error}.") from error
    components = value.get("Components") if isinstance(value, dict) else None
    if not isinstance(components, list) or not components:
        raise ValidationException(f'{_WHERE} must be an object with a list of "Components" that is not empty.')
    return components


def _component(index: int, value: Any) -> dict[str, Any]:
    where = f"{_WHERE}.Components[{index}]"
    if not isinstance(value, dict) or not isinstance(value.get("Columns"), list):
        raise ValidationException(f'{where} must be an object with "ComponentName" and a list of "Columns".')
    name = _name(value, "ComponentName", "ComponentName", where)
    columns = [_column(f"{where}.Columns[{at}]", column) for at, column in enumerate(value["Columns"])]
    _refuse_twice([column["Name"] for column in columns], "column", f"{where}.Columns")
    if [column["Type"] for column in columns] != [DATETIME, *[DOUBLE] * max(1, len(columns) - 1)]:
        raise ValidationException(
            f"{where}.Columns must be one column of type {DATETIME}, the first, and then at least one of type {DOUBLE}."
        )
    return {"ComponentName": name, "Columns": columns}


def _column(where: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or value.get("Type") not in (DATETIME, DOUBLE):
        raise ValidationException(f'{where} must be an object with "Name" and "Type", which is {DATETIME} or {DOUBLE}.')
    return {"Name": _name(value, "Name", "SensorName", where), "Type": value["Type"]}


def _name(value: dict[str, Any], member: str, shape: str, where: str) -> str:
    name = value.get(member)
    pattern = service_model().shape_for(shape).metadata["pattern"]
    if not isinstance(name, str) or not compile_pattern(pattern).fullmatch(name):
        raise ValidationException(f"{where}.{member} must satisfy regular expression pattern: {pattern}")
    return name


def _refuse_twice(names: list[str], kind: str, where: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValidationException(f"{where} has the {kind} {twice[0]!r} twice.")
