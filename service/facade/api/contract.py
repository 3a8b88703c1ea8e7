"""What every route promises without its view doing anything for it."""

from collections.abc import Callable, Collection
from typing import Any

from service.facade.api.conditional import with_etag
from service.facade.api.idempotency import once_per_key
from service.facade.api.query_parameters import refusing_unknown
from service.facade.api.waiting import PARAMETER, waiting, waiting_for_what_began

View = Callable[..., Any]


def under_contract(
    view: View, method: str, *, streams: bool, unfinished: Collection[str], parameters: Collection[str]
) -> View:
    """The view of a route with one method, and around it what the method promises.

    Args:
        streams: the view reads its body piece by piece and holds it to a limit of its own.
        unfinished: values of `status` of something that can be waited for.
        parameters: names of the query parameters that the view takes.
    """
    if unfinished:
        view = waiting(view, unfinished)
    if method == "GET":
        view = with_etag(view)
    else:
        if method == "POST":
            view = once_per_key(view, streams=streams)
        view = waiting_for_what_began(view)
    return refusing_unknown(view, {*parameters, PARAMETER} if unfinished else parameters)
