"""/v1/schedulers/{scheduler_name}/column-mapping"""

from typing import Any

from flask import Response

from service.facade.api.answers import json_bytes
from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.conditional import require_match
from service.facade.api.schemas.mappings import ColumnMappingSchema
from service.facade.domain.mappings import ColumnMapping
from service.facade.problems import Conflict, MappingNotFound, PreconditionFailed, SchedulerNotFound
from service.facade.usecases import mappings

blueprint = Blueprint(
    "column_mappings", __name__, url_prefix="/v1/schedulers", description="What the columns of a plant are called."
)
_PATH = "/<scheduler_name>/column-mapping"
_EXAMPLE = {
    "timestamp_column": "Zeitstempel",
    "time_zone": "Europe/Berlin",
    "time_format": "%d.%m.%Y %H:%M:%S",
    "columns": {"PLANT1.TAG42": {"component": "pump", "sensor": "flow"}, "PLANT1.TAG43": "pump\\pressure"},
    "unknown_columns": "ignore",
}


def _require_match(present: ColumnMapping | None) -> None:
    require_match(None if present is None else _json(present))


def _json(mapping: ColumnMapping) -> bytes:
    """What the ETag is of, to the byte."""
    return json_bytes(ColumnMappingSchema().dump(mapping))


@blueprint.route(_PATH, methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.response(200, ColumnMappingSchema)
@blueprint.problems(MappingNotFound)
def describe_column_mapping(scheduler_name: str) -> Response:
    """Show how uploaded tables are read"""
    mapping = mappings.show_mapping(resources(), caller().team, scheduler_name)
    return Response(_json(mapping), mimetype="application/json")


@blueprint.route(_PATH, methods=["PUT"], scope="operate", if_match=True, parameters=[SCHEDULER_NAME])
@blueprint.arguments(ColumnMappingSchema, example=_EXAMPLE)
@blueprint.response(200, ColumnMappingSchema)
@blueprint.alt_response(201, schema=ColumnMappingSchema, description="There was none before.")
@blueprint.problems(SchedulerNotFound, Conflict, PreconditionFailed)
def put_column_mapping(wanted: dict[str, Any], scheduler_name: str) -> tuple[ColumnMapping, int]:
    """Say how uploaded tables are to be read

    What the historian calls its columns, which of them is the time, and how times are written. It holds for uploads
    that are accepted from now on, and each request may still say otherwise. Sensors are checked against the model.
    """
    mapping, is_new = mappings.put_mapping(resources(), caller().team, scheduler_name, wanted, _require_match)
    return mapping, 201 if is_new else 200


@blueprint.route(_PATH, methods=["DELETE"], scope="operate", if_match=True, parameters=[SCHEDULER_NAME])
@blueprint.response(204)
@blueprint.problems(MappingNotFound, PreconditionFailed)
def delete_column_mapping(scheduler_name: str) -> None:
    """Forget how uploaded tables are to be read"""
    mappings.remove_mapping(resources(), caller().team, scheduler_name, _require_match)
