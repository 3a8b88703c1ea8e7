"""/v1/schedulers/{scheduler_name}/uploads and /v1/uploads"""

from typing import Any

from flask import request

from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.idempotency import client_token
from service.facade.api.links import next_address
from service.facade.api.schemas.base import PageQuerySchema
from service.facade.api.schemas.uploads import (
    DirectUploadSchema,
    NewDirectUploadSchema,
    UploadListSchema,
    UploadQuerySchema,
    UploadSchema,
)
from service.facade.api.upload_bodies import FORM_TYPE, declared_format, files_in
from service.facade.domain.uploads import UNFINISHED, DirectUpload, Upload
from service.facade.problems import (
    BadCursor,
    Conflict,
    InvalidUpload,
    QueueUnavailable,
    SchedulerNotFound,
    UnsupportedMediaType,
    UploadExpired,
    UploadNotFound,
    UploadTooLarge,
)
from service.facade.usecases import direct_uploads, uploads

blueprint = Blueprint("uploads", __name__, url_prefix="/v1", description="Sensor data on its way to a scheduler.")
# One component of the demo's pump, so that trying it out succeeds there.
_CSV_EXAMPLE = """\
timestamp,valve_position,strainer_pressure_drop,downstream_pressure,tank_level,fluid_temperature,ambient_temperature
2026-03-01T12:01:00Z,61.5,83.2,3.112,2.41,18.3,21.6
2026-03-01T12:02:00Z,61.4,82.7,,2.41,18.3,21.7
"""
_NDJSON_EXAMPLE = '{"time": "2026-03-01T12:01:00Z", "motor\\\\speed": 1480.5, "motor\\\\power": null}\n'
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY = {
    "required": True,
    "content": {
        "text/csv": {"schema": {"type": "string"}, "example": _CSV_EXAMPLE},
        "application/x-ndjson": {"schema": {"type": "string"}, "example": _NDJSON_EXAMPLE},
        "application/vnd.apache.parquet": _BINARY,
        "application/vnd.apache.arrow.stream": _BINARY,
        "application/vnd.apache.arrow.file": _BINARY,
        "application/gzip": _BINARY,
        "application/octet-stream": _BINARY,
        FORM_TYPE: {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
            }
        },
    },
}
_LOCATION = {"Location": {"schema": {"type": "string"}}}


@blueprint.route(
    "/schedulers/<scheduler_name>/uploads", methods=["POST"], scope="operate", streams=True, parameters=[SCHEDULER_NAME]
)
@blueprint.arguments(UploadQuerySchema, location="query")
@blueprint.response(202, UploadSchema, headers=_LOCATION)
@blueprint.alt_response(200, schema=UploadSchema, description="The same was uploaded before.", headers=_LOCATION)
@blueprint.problems(SchedulerNotFound, InvalidUpload, UploadTooLarge, UnsupportedMediaType, QueueUnavailable)
@blueprint.doc(requestBody=_BODY)
def upload_sensor_data(query: dict[str, Any], scheduler_name: str) -> tuple[Upload, int, dict[str, str]]:
    """Upload sensor data

    Tables with a time column and a column for each sensor: CSV, NDJSON, Parquet or Arrow, text also as gzip; one, or
    many in a form. The rows are cut into the scheduler's windows and written as its input files. Nothing is written
    when any row is wrong, or when the same was uploaded before.
    """
    files = files_in(request, resources().settings.upload_max_bytes)
    upload = uploads.accept_upload(
        resources(), caller().team, scheduler_name, files, **query, upload_id=client_token()[:32]
    )
    return upload, 200 if upload.repetition else 202, {"Location": f"/v1/uploads/{upload.id}"}


@blueprint.route("/schedulers/<scheduler_name>/uploads", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, UploadListSchema)
@blueprint.problems(BadCursor)
def list_uploads(query: dict[str, Any], scheduler_name: str) -> dict[str, Any]:
    """List the uploads of a scheduler

    Newest first, those of a deleted scheduler too.
    """
    page = uploads.list_uploads(resources(), caller().team, scheduler_name, query["limit"], query.get("cursor"))
    return {"uploads": page.items, "next": next_address(page, uploads.upload_query(scheduler_name))}


@blueprint.route("/uploads/<upload_id>", methods=["GET"], scope="read", unfinished=UNFINISHED)
@blueprint.response(200, UploadSchema)
@blueprint.problems(UploadNotFound)
def describe_upload(upload_id: str) -> Upload:
    """See how far an upload has come"""
    return uploads.show_upload(resources(), caller().team, upload_id)


@blueprint.route("/uploads/<upload_id>", methods=["DELETE"], scope="operate")
@blueprint.response(200, UploadSchema)
@blueprint.problems(UploadNotFound, Conflict)
def cancel_upload(upload_id: str) -> Upload:
    """Cancel an upload

    A worker that is at it stops within a second. Input files that it has written stay; `notice` counts them.
    """
    return uploads.cancel_upload(resources(), caller().team, upload_id)


@blueprint.route(
    "/schedulers/<scheduler_name>/direct-uploads", methods=["POST"], scope="operate", parameters=[SCHEDULER_NAME]
)
@blueprint.arguments(NewDirectUploadSchema, example={"file_name": "year-2025.parquet", "time_zone": "Europe/Berlin"})
@blueprint.response(201, DirectUploadSchema, headers=_LOCATION)
@blueprint.problems(SchedulerNotFound, InvalidUpload, UploadTooLarge, UnsupportedMediaType)
def begin_direct_upload(wanted: dict[str, Any], scheduler_name: str) -> tuple[DirectUpload, int, dict[str, str]]:
    """Get an address to put a large file to

    The file goes to S3 directly, with one PUT to `url` with these `headers`; then `POST /v1/uploads/{id}/complete`.
    """
    if "content_type" in wanted:
        declared_format(wanted["content_type"])
    begun = direct_uploads.begin_direct_upload(
        resources(), caller().team, scheduler_name, client_token()[:32], **wanted
    )
    return begun, 201, {"Location": f"/v1/uploads/{begun.id}"}


@blueprint.route("/uploads/<upload_id>/complete", methods=["POST"], scope="operate")
@blueprint.response(202, UploadSchema, headers=_LOCATION)
@blueprint.problems(UploadNotFound, UploadExpired, Conflict, InvalidUpload, UploadTooLarge, QueueUnavailable)
def complete_upload(upload_id: str) -> tuple[Upload, int, dict[str, str]]:
    """Say that the file of a direct upload is there

    What came is looked at, and then a worker takes it like any other upload.
    """
    upload = direct_uploads.complete_upload(resources(), caller().team, upload_id)
    return upload, 202, {"Location": f"/v1/uploads/{upload.id}"}
