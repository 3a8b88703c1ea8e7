"""Pictures as answers: with an ETag of what they show, and a policy that lets an SVG have its own styles."""

from flask import Response

from service.facade.api.conditional import answer_tagged
from service.facade.api.finishing import set_page_policy
from service.facade.resources import Resources
from service.facade.usecases.pictures import Picture, drawn

MIMETYPES = {"svg": "image/svg+xml", "png": "image/png"}
# For whoever opens the address itself: an image on a page has no scripts, and asks for nothing, in any case.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def answer_picture(resources: Resources, picture: Picture) -> Response:
    """The picture, or 304: then it is not drawn.

    Raises:
        ChartsBusy: too many others wait for theirs.
    """
    set_page_policy(_POLICY)
    return answer_tagged(picture.tag, lambda: _response(resources, picture))


def _response(resources: Resources, picture: Picture) -> Response:
    shown = picture.question
    name = f"{shown.inference_scheduler_name}_{shown.start_time:%Y%m%dT%H%M}_{shown.end_time:%Y%m%dT%H%M}"
    headers = {"Content-Disposition": f'inline; filename="{name}.{picture.form}"'}
    return Response(drawn(resources, picture), mimetype=MIMETYPES[picture.form], headers=headers)
