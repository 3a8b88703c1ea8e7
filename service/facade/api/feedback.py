"""/v1/schedulers/{scheduler_name}/feedback"""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from flask import Response, request

from service.facade.api.answers import json_bytes
from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.links import next_address
from service.facade.api.schemas.feedback import FeedbackListSchema, FeedbackQuerySchema
from service.facade.domain.events import Remark, event_id
from service.facade.problems import BadCursor, NotAcceptable, SchedulerNotFound
from service.facade.usecases import feedback

JSON, CSV = "application/json", "text/csv"
_SCHEMA = FeedbackListSchema()
_BOTH_KINDS = {
    "description": "A page of feedback, or as CSV the labels of all faults.",
    "headers": {"Link": {"schema": {"type": "string"}, "description": "The next page, if there is one."}},
    "content": {JSON: {"schema": FeedbackListSchema}, CSV: {"schema": {"type": "string"}}},
}
blueprint = Blueprint("feedback", __name__, url_prefix="/v1/schedulers", description="What people say of events.")


@blueprint.route("/<scheduler_name>/feedback", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(FeedbackQuerySchema, location="query")
@blueprint.response(200, FeedbackListSchema)
@blueprint.problems(SchedulerNotFound, BadCursor, NotAcceptable)
@blueprint.doc(responses={"200": _BOTH_KINDS})
def list_feedback(query: dict[str, Any], scheduler_name: str) -> Response:
    """List feedback on events

    What was said last comes first. With `Accept: text/csv` the intervals with verdict `true` (or the one asked for), as
    the label file that a training reads: start and end, no header.
    """
    team, verdict = caller().team, query.get("verdict")
    if _wants_labels():
        return Response(
            _labels(feedback.every_feedback(resources(), team, scheduler_name, verdict or "true")), mimetype=CSV
        )
    page = feedback.list_feedback(resources(), team, scheduler_name, verdict, query["limit"], query.get("cursor"))
    items = [{**vars(remark), "event_id": event_id(remark.start_time)} for remark in page.items]
    following = next_address(page, feedback.feedback_query(scheduler_name, verdict))
    return Response(json_bytes(_SCHEMA.dump({"feedback": items, "next": following})), mimetype=JSON)


def _wants_labels() -> bool:
    kind = request.accept_mimetypes.best_match([JSON, CSV]) if request.accept_mimetypes else JSON
    if kind is None:
        raise NotAcceptable(f"Feedback can be had as {JSON} or {CSV}.")
    return kind == CSV


def _labels(remarks: Iterable[Remark]) -> str:
    """Lines as the service's label files have them: times in UTC without a zone, six decimals."""
    lines = StringIO()
    rows = ([_stamp(remark.start_time), _stamp(remark.end_time)] for remark in remarks)
    csv.writer(lines, lineterminator="\n").writerows(rows)
    return lines.getvalue()


def _stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
