"""A dataset's schema as work needs it: which sensors each component has."""

from collections.abc import Mapping
from typing import Any


def sensors_by_component(schema: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """`{"Components": [{"ComponentName", "Columns": [{"Name", "Type"}]}]}` -> component to sensors, times left out."""
    return {
        component["ComponentName"]: tuple(
            column["Name"] for column in component["Columns"] if column["Type"] != "DATETIME"
        )
        for component in schema["Components"]
    }


def schema_of(columns: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """The schema of components whose columns, the time first, were found in files."""
    return {
        "Components": [
            {
                "ComponentName": component,
                "Columns": [
                    {"Name": name, "Type": "DOUBLE" if place else "DATETIME"} for place, name in enumerate(names)
                ],
            }
            for component, names in columns.items()
        ]
    }
