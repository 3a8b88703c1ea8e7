"""Whatever goes wrong on a page is a page, too; programs that ask for no HTML get the problem as everywhere else."""

from urllib.parse import urlencode

from flask import Flask, Response, redirect, render_template, request

from service.facade.api.answers import PROBLEM_JSON
from service.facade.portal.policy import PREFIX, set_portal_policy

LOGIN = f"{PREFIX}/login"


def register_failures(app: Flask) -> None:
    """Before the audit log, which reads problems as they were: Flask calls the last one first."""
    app.after_request(_as_page)


def wants_page() -> bool:
    """Whether a person with a browser asks."""
    return "text/html" in request.headers.get("Accept", "")


def login_address() -> str:
    """Where to log in, to come back to the page that was asked for."""
    asked = request.full_path.rstrip("?") if request.method == "GET" else PREFIX
    return LOGIN if asked == PREFIX else f"{LOGIN}?{urlencode({'next': asked})}"


def _as_page(response: Response) -> Response:
    if not f"{request.path}/".startswith(f"{PREFIX}/") or response.mimetype != PROBLEM_JSON or not wants_page():
        return response
    set_portal_policy()
    if response.status_code == 401:
        return redirect(login_address(), code=303)
    page = render_template("failure.html", problem=response.get_json(), retry_after=response.headers.get("Retry-After"))
    response.set_data(page)
    response.mimetype = "text/html"
    return response
