"""/v1/schedulers/{scheduler_name}/imports and /v1/imports"""

from typing import Any

from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.idempotency import client_token
from service.facade.api.links import next_address
from service.facade.api.schemas.base import PageQuerySchema
from service.facade.api.schemas.imports import ImportListSchema, ImportSchema, NewImportSchema
from service.facade.domain.imports import UNFINISHED, Import
from service.facade.problems import BadCursor, ImportNotFound, QueueUnavailable, StorageUnavailable
from service.facade.usecases import imports

blueprint = Blueprint(
    "imports", __name__, url_prefix="/v1", description="Results of another time or place, read into our history."
)
_NEW_IMPORT = {"bucket": "plant", "prefix": "demo-pump/out/"}


@blueprint.route("/schedulers/<scheduler_name>/imports", methods=["POST"], scope="operate", parameters=[SCHEDULER_NAME])
@blueprint.arguments(NewImportSchema, example=_NEW_IMPORT)
@blueprint.response(202, ImportSchema, headers={"Location": {"schema": {"type": "string"}}})
@blueprint.problems(QueueUnavailable, StorageUnavailable)
def import_history(wanted: dict[str, Any], scheduler_name: str) -> tuple[Import, int, dict[str, str]]:
    """Import old results

    Every `results.jsonl` (and the preview's `results.csv`) below the prefix is read into the history of this scheduler,
    which need not exist any more, nor ever have existed here. Results that were collected from its own executions stay
    as they are; importing the same place again changes nothing.
    """
    begun = imports.start_import(
        resources(),
        caller().team,
        scheduler_name,
        import_id=client_token()[:32],
        created_by=caller().actor,
        **wanted,
    )
    return begun, 202, {"Location": f"/v1/imports/{begun.id}"}


@blueprint.route("/schedulers/<scheduler_name>/imports", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, ImportListSchema)
@blueprint.problems(BadCursor)
def list_imports(query: dict[str, Any], scheduler_name: str) -> dict[str, Any]:
    """List the imports into the history of a scheduler

    Newest first.
    """
    team = caller().team
    page = imports.list_imports(resources(), team, scheduler_name, query["limit"], query.get("cursor"))
    return {"imports": page.items, "next": next_address(page, imports.import_query(team, scheduler_name))}


@blueprint.route("/imports/<import_id>", methods=["GET"], scope="read", unfinished=UNFINISHED)
@blueprint.response(200, ImportSchema)
@blueprint.problems(ImportNotFound)
def describe_import(import_id: str) -> Import:
    """See how far an import has come"""
    return imports.show_import(resources(), caller().team, import_id)


@blueprint.route("/imports/<import_id>", methods=["DELETE"], scope="operate")
@blueprint.response(200, ImportSchema)
@blueprint.problems(ImportNotFound)
def cancel_import(import_id: str) -> Import:
    """Cancel an import

    What it has read stays. Cancelling one that has ended changes nothing.
    """
    return imports.cancel_import(resources(), caller().team, import_id)
