"""What other sites show: a page with the chart of one scheduler, the picture alone, and a custom element for it. Nobody
logs in here; the token in the address opens one embed and nothing else."""

from dataclasses import replace
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request

from service.facade.api.conditional import answer_tagged
from service.facade.api.context import resources
from service.facade.api.finishing import set_page_policy
from service.facade.api.parsing import Parser
from service.facade.api.pictures import answer_picture
from service.facade.api.query_parameters import refuse_unknown
from service.facade.api.rate_limits import count_request
from service.facade.api.schemas.embeds import EmbedPageQuerySchema, EmbedPictureQuerySchema
from service.facade.domain.embeds import Embed
from service.facade.portal.assets import asset
from service.facade.problems import Problem
from service.facade.usecases.embedded_charts import embedded_picture, machine_state
from service.facade.usecases.embeds import open_embed

blueprint = Blueprint("embed_pages", __name__, template_folder=str(Path(__file__).parent / "templates"))
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors "
)
_REFRESH_SECONDS = 30
_ANY_WIDTH = 960
_parse = Parser().parse


@blueprint.get("/embed/<token>")
def embed_page(token: str) -> Response:
    """The chart, how the machine is, and a fresh picture every half minute; what goes wrong is a page as well, since
    nobody sees anything else in a frame."""
    query = _parse(EmbedPageQuerySchema(), request, location="query")
    _allow_framing()
    try:
        return make_response(_page(_opened(token), token, query.get("theme")))
    except Problem as problem:
        response = make_response(render_template("embed_failure.html", problem=problem), problem.status)
        if problem.retry_after:
            response.headers["Retry-After"] = str(problem.retry_after)
        return response


@blueprint.get("/embed/<token>/chart.svg")
def embed_picture(token: str) -> Response:
    query = _parse(EmbedPictureQuerySchema(), request, location="query")
    embed = _opened(token)
    if "title" in query:
        embed = replace(embed, title="")
    return answer_picture(
        resources(), embedded_picture(resources(), embed, query["width"], query.get("height"), query["theme"])
    )


@blueprint.get("/embed.js")
def embed_script() -> Response:
    """The custom element. Its address is pasted into pages and never changes, so browsers ask if it still holds."""
    refuse_unknown()
    script = asset("embed.js")
    return answer_tagged(script.version, lambda: Response(script.body, mimetype="text/javascript"))


@blueprint.after_request
def _for_other_sites(response: Response) -> Response:
    """Who has the address may have what it shows, from whatever page; no cookie or key is concerned."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _opened(token: str) -> Embed:
    """
    Raises:
        EmbedNotFound, EmbedEnded
        RateLimited: the address, or all who look at this embed, have asked too often. Whoever knows its id alone, which
            stands in lists and logs, uses up nothing of the latter.
    """
    count_request(resources(), f"embeds:{request.remote_addr}")
    embed = open_embed(resources(), token)
    count_request(resources(), f"embed:{embed.id}")
    return embed


def _page(embed: Embed, token: str, theme: str | None) -> str:
    picture = embedded_picture(resources(), embed, _ANY_WIDTH, None, "light")
    return render_template(
        "embed.html",
        embed=embed,
        theme=theme or embed.theme,
        address=f"/embed/{token}",
        machine=machine_state(resources(), embed, picture),
        width=_ANY_WIDTH,
        height=picture.look.height_of(len(embed.sensors) + embed.contributors),
        refresh_seconds=_REFRESH_SECONDS,
        now=resources().clock(),
    )


def _allow_framing() -> None:
    origins = [origin.strip() for origin in resources().settings.frame_ancestors.split(",") if origin.strip()]
    set_page_policy(_POLICY + (" ".join(origins) or "'none'"), framed=bool(origins))
