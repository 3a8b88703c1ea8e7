"""What all lists share whose pages come from the upstream."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from service.facade.problems import BadCursor, InvalidRequest, at_parameter


@contextmanager
def refused_tokens(token: Any) -> Iterator[None]:
    """An upstream that refuses the request of a next page refuses the token in the cursor."""
    try:
        yield
    except InvalidRequest as problem:
        if token is None:
            raise
        detail = f"The engine no longer accepts this cursor; start anew without it. It says: {problem.detail}"
        raise BadCursor(detail, errors=[at_parameter("cursor", detail)]) from problem
