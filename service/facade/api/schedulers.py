"""/v1/schedulers"""

from typing import Any

from flask import Response, request

from service.facade.api.answers import answer_bytes, json_bytes
from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.conditional import etag_of, require_match
from service.facade.api.idempotency import begun_before, client_token
from service.facade.api.links import accepted, next_address, scheduler_address
from service.facade.api.schemas.operations import OperationSchema
from service.facade.api.schemas.schedulers import (
    DeleteQuerySchema,
    NewSchedulerSchema,
    SchedulerChangesSchema,
    SchedulerListSchema,
    SchedulerQuerySchema,
    SchedulerSchema,
)
from service.facade.domain.operations import Operation
from service.facade.domain.schedulers import InferenceScheduler, SchedulerFilter
from service.facade.problems import (
    Conflict,
    ModelNotFound,
    QueueUnavailable,
    QuotaExceeded,
    SchedulerNotFound,
    WrongState,
)
from service.facade.usecases import scheduler_lists, schedulers
from service.facade.usecases.describing import show_scheduler

blueprint = Blueprint(
    "schedulers", __name__, url_prefix="/v1/schedulers", description="Inference schedulers and what they are doing."
)
_SCHEMA = SchedulerSchema()
_NEW_SCHEDULER = {  # of a model that the demo trains for this
    "inference_scheduler_name": "demo-pump-2",
    "model_name": "demo-pump-2",
    "data_upload_frequency": "PT5M",
    "data_delay_offset_in_minutes": 0,
    "data_input_configuration": {"s3_input_configuration": {"bucket": "demo", "prefix": "demo-pump-2/input/"}},
    "data_output_configuration": {"s3_output_configuration": {"bucket": "demo", "prefix": "demo-pump-2/output/"}},
}
_WHERE = {
    "Location": {"description": "The scheduler.", "schema": {"type": "string"}},
    "Operation-Location": {"description": "How far the operation has come.", "schema": {"type": "string"}},
}


@blueprint.route("", methods=["GET"], scope="read")
@blueprint.arguments(SchedulerQuerySchema, location="query")
@blueprint.response(200, SchedulerListSchema)
def list_schedulers(query: dict[str, Any]) -> dict[str, Any]:
    """List schedulers

    A page of schedulers in the engine's order. `next` leads on.
    """
    limit, cursor = query.pop("limit"), query.pop("cursor", None)
    wanted = SchedulerFilter(**query)
    page = scheduler_lists.list_schedulers(resources(), caller().team, wanted, limit, cursor)
    return {"schedulers": page.items, "next": next_address(page, scheduler_lists.scheduler_query(wanted))}


@blueprint.route("", methods=["POST"], scope="operate")
@blueprint.arguments(NewSchedulerSchema, example=_NEW_SCHEDULER)
@blueprint.response(202, OperationSchema, headers=_WHERE)
@blueprint.problems(ModelNotFound, Conflict, QuotaExceeded, QueueUnavailable)
def create_scheduler(fields: dict[str, Any]) -> Response:
    """Create a scheduler and start it

    The engine creates and starts it at once; the operation ends when it is RUNNING.
    """
    return _accepted(schedulers.create_scheduler(resources(), caller().team, fields, client_token()))


@blueprint.route("/<scheduler_name>", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.response(200, SchedulerSchema)
@blueprint.problems(SchedulerNotFound)
def describe_scheduler(scheduler_name: str) -> Response:
    """Describe a scheduler

    Answers may be a few seconds old; `Cache-Control: no-cache` asks the engine in any case.
    """
    fresh = bool(request.cache_control.no_cache)
    return answer_bytes(show_scheduler(resources(), caller().team, scheduler_name, _render, fresh=fresh))


@blueprint.route("/<scheduler_name>", methods=["PATCH"], scope="operate", if_match=True, parameters=[SCHEDULER_NAME])
@blueprint.arguments(SchedulerChangesSchema, example={"data_delay_offset_in_minutes": 0})
@blueprint.response(200, SchedulerSchema)
@blueprint.problems(SchedulerNotFound, WrongState)
def update_scheduler(changes: dict[str, Any], scheduler_name: str) -> Response:
    """Change a scheduler

    Takes effect at the next window. What is left out stays as it is, in nested objects too.
    """
    changed = schedulers.change_scheduler(resources(), caller().team, scheduler_name, changes, _check)
    return _whole(changed)


@blueprint.route("/<scheduler_name>", methods=["DELETE"], scope="operate", if_match=True, parameters=[SCHEDULER_NAME])
@blueprint.arguments(DeleteQuerySchema, location="query")
@blueprint.response(204)
@blueprint.alt_response(202, schema=OperationSchema, description="With `force`: a worker stops and deletes it.")
@blueprint.problems(SchedulerNotFound, WrongState)
def delete_scheduler(query: dict[str, Any], scheduler_name: str) -> Any:
    """Delete a scheduler

    It has to be STOPPED; `force=true` stops it first. Results stay where they are.
    """
    if not query["force"]:
        schedulers.delete_scheduler(resources(), scheduler_name, _check)
        return None
    return _accepted(schedulers.force_delete_scheduler(resources(), caller().team, scheduler_name, _check))


@blueprint.route("/<scheduler_name>/start", methods=["POST"], scope="operate", parameters=[SCHEDULER_NAME])
@blueprint.response(202, OperationSchema, headers=_WHERE)
@blueprint.problems(SchedulerNotFound, WrongState, QueueUnavailable)
def start_scheduler(scheduler_name: str) -> Response:
    """Start a scheduler"""
    operation_id = client_token()[:32]
    return _accepted(
        schedulers.start_scheduler(resources(), caller().team, scheduler_name, begun_before(), operation_id)
    )


@blueprint.route("/<scheduler_name>/stop", methods=["POST"], scope="operate", parameters=[SCHEDULER_NAME])
@blueprint.response(202, OperationSchema, headers=_WHERE)
@blueprint.problems(SchedulerNotFound, WrongState, QueueUnavailable)
def stop_scheduler(scheduler_name: str) -> Response:
    """Stop a scheduler

    An execution that is under way is finished first.
    """
    operation_id = client_token()[:32]
    return _accepted(
        schedulers.stop_scheduler(resources(), caller().team, scheduler_name, begun_before(), operation_id)
    )


def _render(scheduler: InferenceScheduler) -> bytes:
    return json_bytes(_SCHEMA.dump(scheduler))


def _check(scheduler: InferenceScheduler) -> None:
    require_match(_render(scheduler))


def _whole(scheduler: InferenceScheduler) -> Response:
    body = _render(scheduler)
    response = answer_bytes(body)
    response.set_etag(etag_of(body))
    response.headers["Content-Location"] = scheduler_address(scheduler.inference_scheduler_name)
    return response


def _accepted(operation: Operation) -> Response:
    body = json_bytes(OperationSchema().dump(operation))
    return Response(body, status=202, headers=accepted(operation), mimetype="application/json")
