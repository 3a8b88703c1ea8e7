"""Models: which there are, and what their input has to look like."""

from collections.abc import Callable

from service.facade.domain.models import Model, ModelSummary
from service.facade.domain.pages import Page, decode_cursor
from service.facade.resources import Resources
from service.facade.usecases.listing import refused_tokens


def list_models(
    resources: Resources, name_prefix: str | None, status: str | None, limit: int, cursor: str | None
) -> Page[ModelSummary]:
    token = decode_cursor(cursor, model_query(name_prefix, status), str) if cursor else None
    with refused_tokens(token):
        return resources.models.page(name_prefix, status, limit, token)


def model_query(name_prefix: str | None, status: str | None) -> dict[str, str | None]:
    """What a cursor of this list is bound to."""
    return {"list": "models", "name_prefix": name_prefix, "status": status}


def show_model(resources: Resources, name: str, render: Callable[[Model], bytes], *, fresh: bool = False) -> bytes:
    """A model as `render` wrote it, at most `describe_cache_seconds` old."""
    seconds = resources.settings.describe_cache_seconds
    make = lambda: render(resources.models.describe(name))  # noqa: E731
    return resources.cache.fetch(f"facade:model:{name}", seconds, make, fresh=fresh)
