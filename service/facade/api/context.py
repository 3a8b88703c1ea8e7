"""What views and what is around them know of a request: the resources of this process, and who is asking."""

from flask import current_app, g

from service.facade.domain.access import Caller
from service.facade.resources import Resources

EXTENSION = "lookout"


def resources() -> Resources:
    """What the views of this process work with."""
    return current_app.extensions[EXTENSION]


def caller() -> Caller:
    """Who sent this request."""
    return g.caller
