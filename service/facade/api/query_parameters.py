"""Query parameters that nobody knows are refused: a misspelt filter shall not answer everything."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from flask import request

from service.facade.api.schemas.base import unknown_name
from service.facade.problems import InvalidRequest, at_parameter

View = Callable[..., Any]


def refusing_unknown(view: View, known: Collection[str] = ()) -> View:
    """A view that takes no other parameters than `known`."""

    @wraps(view)
    def checked(*arguments: Any, **names: Any) -> Any:
        if request.environ.get("QUERY_STRING"):
            refuse_unknown(known)
        return view(*arguments, **names)

    return checked


def refuse_unknown(known: Collection[str] = ()) -> None:
    """
    Raises:
        InvalidRequest: naming each parameter of this request that is not in `known`.
    """
    errors = [at_parameter(name, unknown_name(name, known)) for name in request.args if name not in known]
    if errors:
        raise InvalidRequest(" ".join(error["detail"] for error in errors[:3]), errors=errors)
