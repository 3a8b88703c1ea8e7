"""/metrics, for Prometheus; and the count of all requests.

It is no part of the API: what it tells is of every team, so it opens to the token of the settings and to no key.
"""

import re
import time
from functools import cache

from flask import Blueprint, Flask, Response, g, request

from service.facade.api.context import resources
from service.facade.api.query_parameters import refuse_unknown
from service.facade.problems import NotAuthenticated
from service.facade.usecases.fleet_figures import fleet_figures
from service.telemetry.exposition import exposition
from service.telemetry.requests import count_request
from service.telemetry.scraping import may_scrape

blueprint = Blueprint("metrics", __name__)
blueprint.before_request(refuse_unknown)
_PARAMETER = re.compile(r"<(?:[^:>]+:)?([^>]+)>")


@blueprint.get("/metrics")
def metrics() -> Response:
    """What the processes on this port have counted, and how the fleet is at this moment."""
    settings = resources().settings
    if not may_scrape(settings, request.headers.get("Authorization", "")):
        raise NotAuthenticated(
            "Send `Authorization: Bearer …` with LOOKOUT_METRICS_TOKEN, which the settings have to name."
        )
    text, content_type = exposition(request.headers.get("Accept", ""), "facade", fleet_figures(resources()))
    return Response(text, content_type=content_type)


def register_counting(app: Flask) -> None:
    app.after_request(_count)


def _count(response: Response) -> Response:
    route = template_of(request.url_rule.rule) if request.url_rule else None
    count_request(request.method, route, response.status_code, time.perf_counter() - g.began)
    return response


@cache
def template_of(rule: str) -> str:
    """A rule of Flask as OpenAPI writes it: `/v1/schedulers/{scheduler_name}`."""
    return _PARAMETER.sub(r"{\1}", rule)
