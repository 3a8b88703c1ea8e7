"""Query parameters that nobody knows are refused: a misspelt filter shall not answer everything."""

from collections.abc import Callable, Collection
from difflib import get_close_matches
from functools import wraps
from typing import Any

from flask import request

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


def unknown_name(name: str, known: Collection[str]) -> str:
    """That there is no such name, and the nearest one there is."""
    near = get_close_matches(name, known, n=1)
    return f"There is no {name!r} here" + (f"; did you mean {near[0]!r}?" if near else ".")
