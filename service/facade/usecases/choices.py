"""What somebody can choose from who creates a scheduler."""

from dataclasses import dataclass

from service.facade.domain.models import ModelSummary
from service.facade.problems import Problem
from service.facade.resources import Resources
from service.facade.usecases.scheduler_lists import list_all
from service.teams import parse_team_buckets

_READY = "SUCCESS"
_LONG_PAGE = 500
_MOST_BUCKETS = 200


@dataclass(frozen=True)
class Choices:
    """`taken` has the team's scheduler of each model that has one: there can be no second. `buckets` is what is known
    of; others may be named."""

    models: tuple[ModelSummary, ...]
    taken: dict[str, str]
    buckets: tuple[str, ...]


def choices(resources: Resources, team: str) -> Choices:
    """Models that are trained, and buckets that the team may use.

    Raises:
        UpstreamUnavailable, …: nothing can be created now anyway.
    """
    taken = {one.model_name: one.inference_scheduler_name for one in list_all(resources, team)}
    models = sorted(_models(resources), key=lambda model: (model.model_name in taken, model.model_name))
    return Choices(tuple(models), taken, tuple(_buckets(resources, team)[:_MOST_BUCKETS]))


def _models(resources: Resources) -> list[ModelSummary]:
    models: list[ModelSummary] = []
    token = None
    while True:
        page = resources.models.page(None, _READY, _LONG_PAGE, token)
        models += page.items
        if (token := page.next_position) is None:
            return models


def _buckets(resources: Resources, team: str) -> list[str]:
    """Those of the team where the settings say so, else those that our credentials list, if they may list any."""
    settings = resources.settings
    places = parse_team_buckets(settings.team_buckets)
    own = [place.partition("/")[0] for place in places.get(team, ())]
    if places and "" not in own:
        return sorted(set(own))
    try:
        return sorted(set(resources.buckets.names()) - {settings.staging_bucket, settings.engine_bucket})
    except Problem:
        return []
