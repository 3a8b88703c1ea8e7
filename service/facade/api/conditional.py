"""ETag, If-None-Match and If-Match as RFC 9110 (8.8.3 and 13.1) has them.

The tag of a resource is a hash of its JSON. A compressed answer carries it with `COMPRESSED` at its end, since
a strong tag belongs to one encoding; both are understood everywhere.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any

from flask import Response, current_app, request
from werkzeug.datastructures import ETags

from service.facade.problems import PreconditionFailed

COMPRESSED = ":gzip"  # what flask-compress appends
_JSON = "application/json"
# Callers may keep an answer, but only for themselves, and ask each time whether it still holds.
ASK_EACH_TIME = "private, no-cache"
View = Callable[..., Any]


def etag_of(representation: bytes) -> str:
    return blake2b(representation, digest_size=12).hexdigest()


def with_etag(view: View) -> View:
    """The view, with an ETag on its JSON; 304 without a body when the caller has it already."""

    @wraps(view)
    def conditional(*arguments: Any, **names: Any) -> Response:
        response = current_app.make_response(view(*arguments, **names))
        if response.status_code != 200 or response.headers.get("Content-Type") != _JSON or response.is_streamed:
            return response
        return answer_tagged(etag_of(response.get_data()), lambda: response)

    return conditional


def answer_tagged(tag: str, make: Callable[[], Response]) -> Response:
    """The answer that has this tag, which is not made for a caller who has it already: 304 without a body."""
    known = _known(request.if_none_match, tag) if "HTTP_IF_NONE_MATCH" in request.environ else None
    response = Response(status=304) if known else make()
    response.headers["ETag"] = f'"{known or tag}"'
    response.headers["Cache-Control"] = ASK_EACH_TIME
    return response


def require_match(representation: bytes | None) -> None:
    """Hold the `If-Match` and `If-None-Match` headers of a change against what GET would answer now.

    Args:
        representation: the JSON of the present resource; None when there is none.

    Raises:
        PreconditionFailed: `If-Match` does not name its ETag, or `If-None-Match` does. Without headers all is well.
    """
    if "HTTP_IF_MATCH" in request.environ and not _is_named(request.if_match, representation):
        raise PreconditionFailed("It is not what it was when this ETag was read. Read it again, then decide again.")
    if "HTTP_IF_NONE_MATCH" in request.environ and representation is not None:
        given = request.if_none_match
        if given.star_tag or _known(given, etag_of(representation)):
            raise PreconditionFailed("It exists already, and If-None-Match says that it must not.")


def _is_named(given: ETags, representation: bytes | None) -> bool:
    """By the strong comparison: a weak tag names nothing."""
    if representation is None:
        return False
    tag = etag_of(representation)
    return given.contains(tag) or given.contains(tag + COMPRESSED)


def _known(given: ETags, tag: str) -> str | None:
    """The tag that the caller has, by the weak comparison."""
    return next((one for one in (tag, tag + COMPRESSED) if given.contains_weak(one)), None)
