"""The HTTP side of the facade: blueprints over one set of resources."""

import json
from itertools import chain
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from service import __version__
from service.facade.api import (
    audit_log,
    charts,
    deliveries,
    embeds,
    events,
    executions,
    feedback,
    health,
    imports,
    maintenance,
    mappings,
    metrics,
    models,
    next_runs,
    notifications,
    operations,
    predictions,
    readings,
    replays,
    schedulers,
    stream,
    uploads,
    validation,
    webhooks,
)
from service.facade.api.access import register_access
from service.facade.api.audit import register_audit
from service.facade.api.base import EXTENSION
from service.facade.api.cross_origin import allow_origins
from service.facade.api.documents import documents_blueprint
from service.facade.api.finishing import register_finishing
from service.facade.api.metrics import register_counting
from service.facade.api.openapi import new_api
from service.facade.api.openapi_operations import complete
from service.facade.api.openapi_webhooks import webhooks as told_webhooks
from service.facade.api.rate_limits import register_rate_limits
from service.facade.api.ready_answers import register_ready_answers
from service.facade.api.request_ids import register_request_ids
from service.facade.api.tracing import traced
from service.facade.portal import embed_pages
from service.facade.portal.failures import register_failures
from service.facade.portal.site import register_portal
from service.facade.problems import problem_page, problem_types
from service.facade.resources import Resources, join
from service.facade.tasks.queue import connect_queue
from service.logs import configure_logs
from service.settings import Settings, load_settings
from service.telemetry.requests import http_workers
from service.tracing import start_tracing

BLUEPRINTS = (
    schedulers.blueprint,
    operations.blueprint,
    executions.blueprint,
    next_runs.blueprint,
    validation.blueprint,
    imports.blueprint,
    replays.blueprint,
    uploads.blueprint,
    mappings.blueprint,
    predictions.blueprint,
    events.blueprint,
    charts.blueprint,
    embeds.blueprint,
    readings.blueprint,
    feedback.blueprint,
    maintenance.blueprint,
    notifications.blueprint,
    stream.blueprint,
    webhooks.blueprint,
    deliveries.blueprint,
    models.blueprint,
    audit_log.blueprint,
    health.blueprint,
)


def create_app(settings: Settings, resources: Resources | None = None) -> Flask:
    """The application. Call it after the fork: it joins the clients and pools of its process."""
    app = bare_app()
    allow_origins(app, settings)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)
    app.extensions[EXTENSION] = resources or join(settings, connect_queue(settings))
    return app


def create_wsgi_app() -> Flask:
    """What gunicorn calls in each worker process."""
    settings = load_settings()
    configure_logs(settings)
    http_workers.set(1)
    app = create_app(settings)
    if start_tracing(settings, "facade"):
        app.wsgi_app = traced(app.wsgi_app)
    return app


def openapi_document() -> dict[str, Any]:
    """The OpenAPI 3.1 document, from the schemas; needs no settings and no neighbours."""
    return bare_app().extensions["openapi"]


def openapi_files() -> dict[str, str]:
    """Everything under ``openapi/``: the document, and a page for each kind of problem."""
    document = json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"
    pages = {f"problems/{slug}.md": problem_page(kind) for slug, kind in problem_types().items()}
    return {"openapi.json": document, **pages}


def write_openapi(folder: Path) -> None:
    """Write `openapi_files` into `folder`."""
    for name, text in openapi_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def bare_app() -> Flask:
    """Routes and pages without resources: enough for the document, and made once where tests make many apps."""
    app = Flask(__name__, static_folder=None)
    register_ready_answers(app)
    register_counting(app)
    register_request_ids(app)
    register_finishing(app)
    register_failures(app)
    register_access(app)
    register_rate_limits(app)
    register_audit(app)
    api = new_api(app, __version__)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    promises = chain.from_iterable(blueprint.promises for blueprint in BLUEPRINTS)
    app.extensions["openapi"] = complete(api.spec.to_dict(), promises) | {"webhooks": told_webhooks()}
    app.register_blueprint(documents_blueprint(app.extensions["openapi"]))
    register_portal(app)
    app.register_blueprint(embed_pages.blueprint)
    app.register_blueprint(metrics.blueprint)
    return app
