"""The protocol's CamelCase members and our snake_case fields, both ways."""

import re
from typing import Any

_HUMP = re.compile(r"(?<=.)(?=[A-Z])")


def snake(member: str) -> str:
    """``S3InputConfiguration`` -> ``s3_input_configuration``; also reads ``s3InputConfiguration``."""
    return _HUMP.sub("_", member).lower()


def camel(field: str) -> str:
    """``kms_key_id`` -> ``KmsKeyId``."""
    return "".join(part[:1].upper() + part[1:] for part in field.split("_"))


def snake_keys(value: Any) -> Any:
    """A response with every key of every depth in snake_case."""
    return _rename(value, snake)


def camel_keys(value: Any) -> Any:
    """Request parameters with every key in CamelCase; fields that are None are left out."""
    return _rename(value, camel)


def _rename(value: Any, rename: Any) -> Any:
    if isinstance(value, dict):
        return {rename(key): _rename(inner, rename) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_rename(inner, rename) for inner in value]
    return value
