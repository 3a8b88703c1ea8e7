"""The portal as one thing to hang into the application."""

from typing import Any

from flask import Flask, g, request
from jinja2 import StrictUndefined
from markupsafe import Markup

from service import __version__
from service.facade.api.sessions import FIELD
from service.facade.portal import (
    assets,
    creating,
    fleet,
    logging_in,
    oidc_log_in,
)
from service.facade.portal.assets import static_url
from service.facade.portal.scheduler import actions, page, uploads
from service.facade.portal.words import FILTERS

BLUEPRINTS = (
    assets.blueprint,
    logging_in.pages,
    oidc_log_in.pages,
    fleet.pages,
    creating.pages,
    page.pages,
    actions.pages,
    uploads.pages,
)
_CSRF_FIELD = Markup('<input type="hidden" name="{}" value="{}">')


def register_portal(app: Flask) -> None:
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    app.context_processor(_known)
    app.jinja_env.filters.update(FILTERS)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def _known() -> dict[str, Any]:
    """What every template may use. `caller` is None where nobody is logged in, `session` where it was no log-in."""
    session = g.get("session")
    token = session.csrf_token if session else ""
    return {
        "caller": g.get("caller"),
        "session": session,
        "csrf_token": token,
        "csrf_field": _CSRF_FIELD.format(FIELD, token),
        "static_url": static_url,
        "version": __version__,
        "path": request.path,
        "request_id": g.get("request_id", ""),
    }
