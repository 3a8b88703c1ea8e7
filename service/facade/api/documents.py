"""The pages about the API itself: Swagger UI, the OpenAPI document, and a page for each kind of problem."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, send_from_directory

from service.facade.api.answers import answer_bytes, json_bytes
from service.facade.api.conditional import with_etag
from service.facade.api.query_parameters import refuse_unknown
from service.facade.problems import problem_page, problem_types

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lookout for Machines: API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/static/css/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/static/js/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = """\
SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, displayRequestDuration: true,
                 validatorUrl: null});
"""
_ASK_EACH_TIME = {"Cache-Control": "no-cache"}


def documents_blueprint(document: dict[str, Any]) -> Blueprint:
    """Pages for one finished OpenAPI `document`. They need nothing from the internet."""
    pages = Blueprint("documents", __name__)
    pages.before_request(refuse_unknown)
    body = json_bytes(document)
    swagger = swagger_files()

    @pages.get("/")
    def start() -> Any:
        """People come to the portal; whoever asks for no page is shown where the API is described."""
        response = redirect("/portal" if "text/html" in request.headers.get("Accept", "") else "/docs")
        response.vary.add("Accept")
        return response

    @pages.get("/openapi.json")
    @with_etag
    def openapi() -> Response:
        return answer_bytes(body)

    @pages.get("/docs")
    def docs() -> Response:
        return Response(_PAGE, mimetype="text/html", headers=_ASK_EACH_TIME)

    @pages.get("/docs/start.js")
    def start_script() -> Response:
        return Response(_START, mimetype="text/javascript", headers=_ASK_EACH_TIME)

    @pages.get("/docs/static/<path:name>")
    def swagger_file(name: str) -> Response:
        return send_from_directory(swagger, name, max_age=86_400)

    @pages.get("/problems/<slug>")
    def problem(slug: str) -> Response:
        kind = problem_types().get(slug) or abort(404, f"There is no kind of problem called {slug!r}.")
        return Response(problem_page(kind), mimetype="text/markdown")

    return pages


def swagger_files() -> Path:
    """Where the wheel with Swagger UI keeps its files. The package itself is not imported: it wants pydantic."""
    spec = find_spec("flask_openapi3_swagger")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("Swagger UI is missing: install flask-openapi3-swagger.")
    return Path(spec.submodule_search_locations[0]) / "templates" / "swagger"
