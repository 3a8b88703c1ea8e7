"""/v1/audit-log"""

from typing import Any

from service.facade.api.base import Blueprint, caller, resources
from service.facade.api.links import next_address
from service.facade.api.schemas.audit_log import AuditLogSchema, AuditQuerySchema
from service.facade.domain.audit import AuditFilter
from service.facade.problems import BadCursor
from service.facade.usecases import audit

blueprint = Blueprint("audit_log", __name__, url_prefix="/v1/audit-log", description="Who did what.")


@blueprint.route("", methods=["GET"], scope="admin")
@blueprint.arguments(AuditQuerySchema, location="query")
@blueprint.response(200, AuditLogSchema)
@blueprint.problems(BadCursor)
def list_audit_log(query: dict[str, Any]) -> dict[str, Any]:
    """List who did what in your team

    Every write and every refusal for want of a scope, newest first. Without bodies and without secrets.
    """
    limit, cursor = query.pop("limit"), query.pop("cursor", None)
    wanted = AuditFilter(**query)
    page = audit.list_audit_log(resources(), caller().team, wanted, limit, cursor)
    return {"entries": page.items, "next": next_address(page, audit.audit_query(wanted))}
