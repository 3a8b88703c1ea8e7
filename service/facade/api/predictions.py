"""/v1/schedulers/{scheduler_name}/predictions"""

from typing import Any

from flask import Response, request

from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.links import next_address
from service.facade.api.prediction_texts import csv_text, json_text
from service.facade.api.schemas.predictions import DEFAULT_ON_A_PAGE, PredictionListSchema, PredictionQuerySchema
from service.facade.domain.pages import Page
from service.facade.domain.predictions import PredictionFilter
from service.facade.problems import BadCursor, NotAcceptable, SchedulerNotFound
from service.facade.usecases.predictions import PredictionPage, find_predictions, prediction_query

JSON, CSV = "application/json", "text/csv"
_BOTH_KINDS = {
    "description": "A page of predictions.",
    "headers": {
        "Link": {"schema": {"type": "string"}, "description": "The next page, if there is one."},
        "Warning": {"schema": {"type": "string"}, "description": "Why the newest predictions may be missing."},
    },
    "content": {JSON: {"schema": PredictionListSchema}, CSV: {"schema": {"type": "string"}}},
}
blueprint = Blueprint("predictions", __name__, url_prefix="/v1/schedulers", description="What the models found.")


@blueprint.route("/<scheduler_name>/predictions", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(PredictionQuerySchema, location="query")
@blueprint.response(200, PredictionListSchema)
@blueprint.problems(SchedulerNotFound, BadCursor, NotAcceptable)
@blueprint.doc(responses={"200": _BOTH_KINDS})
def list_predictions(query: dict[str, Any], scheduler_name: str) -> Response:
    r"""List predictions

    Ascending in time, with the contribution of every sensor; also those of a scheduler that was deleted. With
    `Accept: text/csv` the answer is a table with a column for each sensor, and the next page is in the `Link` header.
    """
    kind = _wanted_kind()
    wanted = PredictionFilter(
        start_time=query.get("start_time"),
        end_time=query.get("end_time"),
        min_score=query.get("min_score"),
        only_anomalies="only" in query,
    )
    limit = query.get("limit", None if kind == CSV else DEFAULT_ON_A_PAGE)
    page = find_predictions(resources(), caller().team, scheduler_name, wanted, limit, query.get("cursor"))
    following = next_address(Page([], page.next_position), prediction_query(scheduler_name, wanted))
    write = csv_text if kind == CSV else json_text
    return Response(write(page, query.get("contributors"), following), mimetype=kind, headers=_headers(page, following))


def _wanted_kind() -> str:
    if not request.accept_mimetypes:
        return JSON
    kind = request.accept_mimetypes.best_match([JSON, CSV])
    if kind is None:
        raise NotAcceptable(f"Predictions can be had as {JSON} or {CSV}.")
    return kind


def _headers(page: PredictionPage, following: str | None) -> dict[str, str]:
    headers = {"Vary": "Accept"}
    if following:
        headers["Link"] = f'<{following}>; rel="next"'
    if page.warning:
        text = page.warning.encode("ascii", "replace").decode().replace('"', "'").replace("\n", " ")
        headers["Warning"] = f'111 - "{text}"'  # "revalidation failed" of RFC 7234
    return headers
