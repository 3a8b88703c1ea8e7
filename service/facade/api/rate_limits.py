"""The limit of requests at the HTTP edge: 429, and the headers that say how far it is."""

from flask import Flask, Response, g

from service.facade.problems import RateLimited
from service.facade.rate_limits import Allowance
from service.facade.resources import Resources


def register_rate_limits(app: Flask) -> None:
    app.after_request(_say_what_is_left)


def count_request(resources: Resources, who: str) -> None:
    """Count this request for somebody.

    Raises:
        RateLimited: they have sent too many.
    """
    g.allowance = allowance = resources.rate_limits.take(who)
    if allowance is not None and not allowance.granted:
        raise _refusal(allowance)


def refuse_used_up(resources: Resources, who: str) -> None:
    """Spare the database the look-ups of somebody who guesses.

    Raises:
        RateLimited: they have sent too many.
    """
    if allowance := resources.rate_limits.used_up(who):
        g.allowance = allowance
        raise _refusal(allowance)


def _refusal(allowance: Allowance) -> RateLimited:
    seconds = allowance.reset_after
    return RateLimited(f"The limit of {allowance.limit} requests is used up for {seconds} s.", retry_after=seconds)


def fields_of(allowance: Allowance | None) -> list[tuple[str, str]]:
    """The fields of the IETF draft `RateLimit header fields for HTTP`, in the form that clients know."""
    if allowance is None:
        return []
    return [
        ("RateLimit-Limit", str(allowance.limit)),
        ("RateLimit-Remaining", str(allowance.remaining)),
        ("RateLimit-Reset", str(allowance.reset_after)),
    ]


def _say_what_is_left(response: Response) -> Response:
    for name, value in fields_of(g.get("allowance")):
        response.headers.add(name, value)
    return response
