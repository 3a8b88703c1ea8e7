"""/v1/schedulers/{scheduler_name}/predictions"""

from datetime import UTC, datetime
from typing import Any

from flask import Response, request

from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.links import leading_on, next_address
from service.facade.api.prediction_texts import JSON, KINDS, bulk_text, file_ending, json_text
from service.facade.api.schemas.predictions import DEFAULT_ON_A_PAGE, PredictionListSchema, PredictionQuerySchema
from service.facade.domain.durations import format_duration
from service.facade.domain.pages import Page, encode_cursor
from service.facade.domain.predictions import PredictionFilter, PredictionQuery, ShownContributions
from service.facade.problems import BadCursor, NotAcceptable, SchedulerNotFound
from service.facade.usecases.prediction_positions import prediction_query, recorded_query
from service.facade.usecases.predictions import PredictionPage, find_predictions

_TEXT = {"schema": {"type": "string"}}
_EVERY_KIND = {
    "description": "A page of predictions; all of them in every format but JSON.",
    "headers": {
        "Link": {**_TEXT, "description": "The next page, if there is one."},
        "Recorded-After": {**_TEXT, "description": "To be sent as `recorded_after`."},
        "Bucket-Width": {**_TEXT, "description": "With `max_points`: the time of which the extremes are here."},
        "Content-Disposition": {**_TEXT, "description": "A name for the file; not with JSON."},
        "Warning": {**_TEXT, "description": "Why the newest predictions may be missing."},
    },
    "content": {kind: {"schema": PredictionListSchema} if kind == JSON else _TEXT for kind in KINDS},
}
blueprint = Blueprint("predictions", __name__, url_prefix="/v1/schedulers", description="What the models found.")


@blueprint.route("/<scheduler_name>/predictions", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(PredictionQuerySchema, location="query")
@blueprint.response(200, PredictionListSchema)
@blueprint.problems(SchedulerNotFound, BadCursor, NotAcceptable)
@blueprint.doc(responses={"200": _EVERY_KIND})
def list_predictions(query: dict[str, Any], scheduler_name: str) -> Response:
    r"""List predictions

    Ascending in time, with the contribution of every sensor; also those of a scheduler that was deleted. By `Accept`
    they come as JSON or NDJSON, or as a table with a column for each sensor: CSV, Parquet, an Arrow stream.

    Whoever polls sends the `recorded_after` of each answer with the next request and misses nothing: what is scored
    late or again comes then, whatever time it is about.
    """
    kind = _wanted_kind()
    question = _question(query, kind)
    page = find_predictions(resources(), caller().team, scheduler_name, question)
    recorded_after = encode_cursor(recorded_query(scheduler_name), page.recorded_through)
    following = _following(page, question, scheduler_name, recorded_after)
    most = question.shown.most
    text = json_text(page, most, following, recorded_after) if kind == JSON else bulk_text(kind, page, most)
    headers = {"Recorded-After": recorded_after, **_headers(page), **_file(kind, scheduler_name, question)}
    return Response(text, mimetype=kind, headers=headers)


def _question(query: dict[str, Any], kind: str) -> PredictionQuery:
    default = DEFAULT_ON_A_PAGE if kind == JSON and "max_points" not in query else None
    return PredictionQuery(
        wanted=PredictionFilter(
            start_time=query.get("start_time"),
            end_time=query.get("end_time"),
            min_score=query.get("min_score"),
            only_anomalies="only" in query,
        ),
        shown=ShownContributions(sensors=tuple(query.get("sensors", ())) or None, most=query.get("contributors")),
        limit=query.get("limit", default),
        **{name: query.get(name) for name in ("cursor", "recorded_after", "max_points")},
    )


def _wanted_kind() -> str:
    if not request.accept_mimetypes:
        return JSON
    kind = request.accept_mimetypes.best_match(KINDS)
    if kind is None:
        raise NotAcceptable(f"Predictions can be had as {', '.join(KINDS)}.")
    return kind


def _following(page: PredictionPage, question: PredictionQuery, name: str, recorded_after: str) -> str | None:
    """The address of the next page, in the order of this one."""
    if question.recorded_after is None:
        return next_address(Page([], page.next_position), prediction_query(name, question.wanted))
    return leading_on("recorded_after", recorded_after) if page.more else None


def _headers(page: PredictionPage) -> dict[str, str]:
    headers = {"Vary": "Accept"}
    if page.bucket_width:
        headers["Bucket-Width"] = format_duration(page.bucket_width)
    if page.warning:
        text = page.warning.encode("ascii", "replace").decode().replace('"', "'").replace("\n", " ")
        headers["Warning"] = f'111 - "{text}"'  # "revalidation failed" of RFC 7234
    return headers


def _file(kind: str, name: str, question: PredictionQuery) -> dict[str, str]:
    """`pump-7_predictions_20260301T000000Z_20260401T000000Z.parquet`, as far as the range is known."""
    if (ending := file_ending(kind)) is None:
        return {}
    parts = [name, "predictions", *(_stamp(time) for time in (question.wanted.start_time, question.wanted.end_time))]
    return {"Content-Disposition": f'attachment; filename="{"_".join(filter(None, parts))}.{ending}"'}


def _stamp(time: datetime | None) -> str:
    return f"{time.astimezone(UTC):%Y%m%dT%H%M%SZ}" if time else ""
