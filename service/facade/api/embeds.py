"""/v1/schedulers/{scheduler_name}/embeds and /v1/embeds"""

from html import escape
from typing import Any

from flask import request

from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.links import next_address
from service.facade.api.schemas.base import PageQuerySchema
from service.facade.api.schemas.embeds import CreatedEmbedSchema, EmbedListSchema, NewEmbedSchema
from service.facade.domain.charts import Look
from service.facade.domain.embeds import Embed, page_address
from service.facade.problems import BadCursor, EmbedNotFound, InvalidRequest, SchedulerNotFound, at_pointer
from service.facade.usecases import embeds

blueprint = Blueprint("embeds", __name__, url_prefix="/v1", description="Charts on pages of other sites.")
_LIST = "/schedulers/<scheduler_name>/embeds"
_NEW_EMBED = {"range": "P7D", "contributors": 3, "title": "Feed pump, north plant", "lifetime": "P90D"}
_ABOVE_THE_CHART = 60  # pixels of the page in a frame
_NOBODY = (
    "LOOKOUT_FRAME_ANCESTORS names no origin, so browsers will show the frame on no page; whoever runs the service sets"
    " it. The web component is not concerned."
)


@blueprint.route(_LIST, methods=["POST"], scope="operate", parameters=[SCHEDULER_NAME])
@blueprint.arguments(NewEmbedSchema, example=_NEW_EMBED)
@blueprint.response(201, CreatedEmbedSchema)
@blueprint.problems(SchedulerNotFound)
def create_embed(wanted: dict[str, Any], scheduler_name: str) -> dict[str, Any]:
    """Make a chart for a page of another site

    Whoever has the token sees this chart of this scheduler, until it expires or is revoked, and can do nothing else. It
    is told this once, with HTML to be pasted into a page.
    """
    try:
        embed, token = embeds.create_embed(
            resources(), caller().team, scheduler_name, created_by=caller().actor, **wanted
        )
    except InvalidRequest as problem:
        at_sensors = [at_pointer("/sensors", error["detail"]) for error in problem.errors]
        raise InvalidRequest(problem.detail, errors=at_sensors) from problem
    settings = resources().settings
    base = settings.public_url or request.host_url.rstrip("/")
    html = snippets(embed, base, token)
    warning = None if settings.frame_ancestors else _NOBODY
    return _shown(embed) | {"token": token, "url": page_address(base, token), "html": html, "warning": warning}


@blueprint.route(_LIST, methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, EmbedListSchema)
@blueprint.problems(BadCursor)
def list_embeds(query: dict[str, Any], scheduler_name: str) -> dict[str, Any]:
    """List the embeds of a scheduler

    Newest first; those that have ended stay for a while. Tokens are not told again.
    """
    team = caller().team
    page = embeds.list_embeds(resources(), team, scheduler_name, query["limit"], query.get("cursor"))
    following = next_address(page, embeds.embed_query(team, scheduler_name))
    return {"embeds": [_shown(embed) for embed in page.items], "next": following}


@blueprint.route("/embeds/<embed_id>", methods=["DELETE"], scope="operate")
@blueprint.response(204)
@blueprint.problems(EmbedNotFound)
def revoke_embed(embed_id: str) -> None:
    """Revoke an embed

    Its token opens nothing from now on, on whatever page it was pasted. Revoking it again changes nothing.
    """
    embeds.revoke_embed(resources(), caller().team, embed_id)


def snippets(embed: Embed, base: str, token: str) -> dict[str, str]:
    """HTML for a page of another site. The frame is as high as the chart and the line above it."""
    address = escape(page_address(base, token))
    label = escape(embed.title or f"Anomaly score of {embed.inference_scheduler_name}")
    height = Look().height_of(len(embed.sensors) + embed.contributors)
    theme = "" if embed.theme == "auto" else f' theme="{embed.theme}"'
    return {
        "iframe": f'<iframe src="{address}" title="{label}" width="100%" '
        f'height="{height + _ABOVE_THE_CHART}" loading="lazy" referrerpolicy="no-referrer" style="border: 0"></iframe>',
        "web_component": f'<script src="{escape(base)}/embed.js" defer></script>\n'
        f'<lookout-chart src="{address}" label="{label}" height="{height}"{theme}></lookout-chart>',
    }


def _shown(embed: Embed) -> dict[str, Any]:
    return vars(embed) | {"status": embed.status(resources().clock())}
