"""/healthz and /readyz"""

from service.facade.api.base import Blueprint, resources
from service.facade.api.schemas.health import AliveSchema, ReadinessSchema
from service.facade.usecases import health

blueprint = Blueprint("health", __name__, description="For load balancers and people who are called at night.")


@blueprint.route("/healthz", methods=["GET"], scope=None)
@blueprint.response(200, AliveSchema)
def alive() -> dict[str, str]:
    """Whether this process answers"""
    return {"status": "ok"}


@blueprint.route("/readyz", methods=["GET"], scope=None)
@blueprint.response(200, ReadinessSchema)
@blueprint.alt_response(503, schema=ReadinessSchema, description="Something that is needed is missing.")
def ready() -> tuple[health.Readiness, int]:
    """Whether it can do its work, and what it misses

    Without Redis it is ready but degraded: reading works, writes that leave work behind are refused. Without a worker
    it is degraded, too: what is accepted waits. Tables that are older than this version keep it from being ready.
    """
    readiness = health.readiness(resources())
    return readiness, 200 if readiness.ready else 503
