"""An example for every answer, made from the examples in its schema."""

from typing import Any

EXAMPLE_ID = "3f2b8c1d9e4a47b6a5c0d1e2f3a4b5c6"
_BY_NAME: dict[str, Any] = {  # of members that many schemas have
    "id": EXAMPLE_ID,
    "inference_scheduler_name": "demo-pump",
    "inference_scheduler_arn": "arn:aws:lookoutequipment:eu-west-1:000000000000:inference-scheduler/demo-pump/1",
    "model_name": "demo-pump",
    "model_arn": "arn:aws:lookoutequipment:eu-west-1:000000000000:model/demo-pump/1",
    "dataset_name": "demo-pump",
    "data_upload_frequency": "PT5M",
    "bucket": "demo",
    "prefix": "demo-pump/input/",
    "key": "demo-pump/output/20260301120500/results.jsonl",
    "component_name": "pump",
    "component": "pump",
    "sensor": "flow",
    "role_arn": "arn:aws:iam::000000000000:role/lookout",
    "input_time_zone_offset": "+00:00",
    "timestamp_format": "yyyyMMddHHmmss",
    "component_timestamp_delimiter": "_",
    "created_at": "2026-03-01T12:00:00Z",
    "updated_at": "2026-03-01T12:00:02Z",
    "start_time": "2026-03-01T12:00:00Z",
    "end_time": "2026-03-01T12:10:00Z",
}
_BY_TYPE: dict[str, Any] = {"boolean": False, "integer": 0, "null": None, "object": {}}
_A_MOMENT = "2026-03-01T12:05:00Z"
_DEPTH = 8


def example_of(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value that fits a JSON schema.

    Args:
        schema: it may refer to `schemas`, the ones of the components.
        name: of the member that has this schema.
    """
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth)
    for said in ("example", "const", "default"):
        if said in schema:
            return schema[said]
    if "enum" in schema:
        return next(value for value in schema["enum"] if value is not None)
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if name in _BY_NAME and "string" in kinds:
        return _BY_NAME[name]
    if "null" in kinds or {"type": "null"} in schema.get("anyOf", ()):
        return None
    return _of_kind(kinds[0] if kinds else "object", schema, schemas, depth)


def _of_kind(kind: str, schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:
    if kind == "object" and depth < _DEPTH:
        members = schema.get("properties", {})
        return {name: example_of(member, schemas, name, depth + 1) for name, member in members.items()}
    if kind == "array":
        return [example_of(schema["items"], schemas, depth=depth + 1)] if depth < _DEPTH else []
    if kind == "number":
        return schema.get("minimum", 0.25)
    if kind == "string":
        return _A_MOMENT if schema.get("format") == "date-time" else "text"
    return schema.get("minimum", _BY_TYPE[kind])
