"""/v1/schedulers/{scheduler_name}/chart.svg and .png"""

from typing import Any

from flask import Response

from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.pictures import MIMETYPES, answer_picture
from service.facade.api.schemas.charts import ChartQuerySchema, PngChartQuerySchema
from service.facade.domain.charts import ChartRange, ChartWanted, Look
from service.facade.problems import ChartsBusy, SchedulerNotFound
from service.facade.usecases.pictures import Form, find_picture

blueprint = Blueprint("charts", __name__, url_prefix="/v1/schedulers", description="Pictures for reports and messages.")


def _image(form: Form) -> dict[str, Any]:
    content = {MIMETYPES[form]: {"schema": {"type": "string", "contentMediaType": MIMETYPES[form]}}}
    return {"200": {"description": "The picture, with its own background.", "content": content}}


@blueprint.route("/<scheduler_name>/chart.svg", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(ChartQuerySchema, location="query")
@blueprint.response(200)
@blueprint.problems(SchedulerNotFound, ChartsBusy)
@blueprint.doc(responses=_image("svg"))
def draw_svg_chart(query: dict[str, Any], scheduler_name: str) -> Response:
    """Draw a chart as SVG

    The score over time with its threshold and a band for each event, and below it the shares of sensors; gaps are shown
    as gaps. It has a title and a description for those who do not see it. Also of a scheduler that was deleted.
    """
    return _answer(query, scheduler_name, "svg")


@blueprint.route("/<scheduler_name>/chart.png", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(PngChartQuerySchema, location="query")
@blueprint.response(200)
@blueprint.problems(SchedulerNotFound, ChartsBusy)
@blueprint.doc(responses=_image("png"))
def draw_png_chart(query: dict[str, Any], scheduler_name: str) -> Response:
    """Draw a chart as PNG

    The same as the SVG, for places that show no SVG: chat messages, mails, documents.
    """
    return _answer(query, scheduler_name, "png", query["scale"])


def _answer(query: dict[str, Any], name: str, form: Form, scale: float = 1.0) -> Response:
    times = {"start_time": query.get("start_time"), "end_time": query.get("end_time"), "span": query.get("range")}
    wanted = ChartWanted(
        range=ChartRange(**{key: value for key, value in times.items() if value is not None}),
        sensors=tuple(query.get("sensors", ())),
        contributors=query.get("contributors", 0),
    )
    look = Look(**{key: query[key] for key in ("width", "height", "theme", "title") if key in query})
    picture = find_picture(resources(), caller().team, name, wanted, look, form, scale)
    return answer_picture(resources(), picture)
