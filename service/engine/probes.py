"""What operators ask of the engine: whether it lives, whether it is ready, and its metrics."""

import structlog
from werkzeug import Request, Response
from werkzeug.exceptions import Unauthorized

from service.engine.figures import engine_figures
from service.engine.resources import Resources
from service.engine.store.database import is_reachable
from service.settings import Settings
from service.telemetry.exposition import exposition
from service.telemetry.scraping import may_scrape

log = structlog.get_logger(__name__)


def say_alive(_: Request) -> Response:
    """The process answers; nothing else is asked."""
    return Response('{"status":"ok"}', content_type="application/json")


def say_ready(resources: Resources) -> Response:
    """The database answers. Redis may be away: rows are the truth, and the sweep sends what was not sent."""
    if not is_reachable(resources.database):
        log.warning("not_ready", database="PostgreSQL does not answer")
        body = '{"status":"failed","database":"PostgreSQL does not answer"}'
        return Response(body, status=503, content_type="application/json")
    return Response('{"status":"ok","database":"ok"}', content_type="application/json")


def tell_metrics(request: Request, settings: Settings, resources: Resources) -> Response:
    """For Prometheus, with the token of the settings."""
    if not may_scrape(settings, request.headers.get("Authorization", "")):
        raise Unauthorized("Send `Authorization: Bearer` with LOOKOUT_METRICS_TOKEN, which the settings have to name.")
    text, content_type = exposition(request.headers.get("Accept", ""), "engine", engine_figures(resources))
    return Response(text, content_type=content_type)
