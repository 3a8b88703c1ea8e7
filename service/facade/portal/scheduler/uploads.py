"""The upload form of a scheduler's page, for browsers that run no scripts. Scripts send files to the REST route."""

from typing import Any

from flask import Response, g, redirect, request, url_for

from service.facade.api.context import caller, resources
from service.facade.api.sessions import FIELD
from service.facade.api.upload_bodies import form_in
from service.facade.portal.pages import Pages
from service.facade.problems import CrossSiteRequest
from service.facade.usecases import uploads

pages = Pages("scheduler_uploads", __name__)


@pages.page("/schedulers/<scheduler_name>/uploads", scope="operate", method="POST", streams=True)
def upload(scheduler_name: str) -> Response:
    """The token of the session stands in the form before its files, and is looked at before one of them is read."""
    fields, files = form_in(request, resources().settings.upload_max_bytes)
    _require_token(fields.pop(FIELD, ""))
    made = uploads.accept_upload(
        resources(), caller().team, scheduler_name, files, **_options(fields), dry_run="dry_run" in fields
    )
    notice = "repeated" if made.repetition else "uploaded"
    page = url_for("portal_scheduler_page.show_scheduler", scheduler_name=scheduler_name, notice=notice)
    return redirect(f"{page}#uploads", code=303)


def _options(fields: dict[str, str]) -> dict[str, Any]:
    """What is left empty is as if it was not said."""
    return {name: fields.get(name, "").strip() or None for name in ("component", "time_zone")}


def _require_token(token: str) -> None:
    session = g.get("session")
    if session is not None and not session.is_proven_by(token):
        raise CrossSiteRequest("The form does not hold the token of your session: load the page anew and try again.")
