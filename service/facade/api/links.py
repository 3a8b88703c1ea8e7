"""Addresses of resources, and the address of the next page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, g, request

from service.facade.domain.operations import Operation
from service.facade.domain.pages import Page, encode_cursor


def scheduler_address(name: str) -> str:
    return f"/v1/schedulers/{quote(name)}"


def accepted(operation: Operation) -> dict[str, str]:
    """Headers of a 202: where the scheduler is, and where to see how far the operation has come."""
    return {
        "Location": scheduler_address(operation.inference_scheduler_name),
        "Operation-Location": f"/v1/operations/{operation.id}",
    }


def next_address(page: Page[Any], query: Mapping[str, Any]) -> str | None:
    """This request with a cursor that leads on, or None on the last page; `query` is what the cursor is bound to."""
    if page.next_position is None:
        return None
    return leading_on("cursor", encode_cursor(dict(query), page.next_position))


def leading_on(parameter: str, value: str) -> str:
    """This request with another value of one parameter; the answer says it in its `Link` header, too (RFC 8288)."""
    again = [(name, said) for name, said in request.args.items(multi=True) if name != parameter]
    g.next_address = f"{request.path}?{urlencode([*again, (parameter, value)])}"
    return g.next_address


def link_to_next(response: Response) -> Response:
    """Put the address of the next page into the `Link` header of a list."""
    if "next_address" in g and response.status_code == 200:
        response.headers["Link"] = f'<{g.next_address}>; rel="next"'
    return response
