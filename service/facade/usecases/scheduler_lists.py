"""The schedulers of a team, out of the upstream's list of everybody's."""

from dataclasses import asdict
from typing import Any

from service.facade.domain.pages import Page, decode_cursor
from service.facade.domain.schedulers import SchedulerFilter, SchedulerSummary
from service.facade.problems import DatabaseUnavailable, SchedulerNotFound
from service.facade.resources import Resources
from service.facade.store import collecting
from service.facade.usecases.listing import refused_tokens

_MOST_UPSTREAM_PAGES = 20
_LONG_PAGE = 500  # the most that the upstream gives


def list_schedulers(
    resources: Resources, team: str, wanted: SchedulerFilter, limit: int, cursor: str | None
) -> Page[SchedulerSummary]:
    """A page of the team's schedulers; `cursor` belongs to the same filter. The next position is upstream's NextToken.

    The upstream lists those of all teams, so a page is put together from several of its pages. The last one ends with a
    scheduler of the team: the next position holds the upstream's token, and that may tell what it stands behind.
    """
    token = decode_cursor(cursor, scheduler_query(wanted), str) if cursor else None
    mine: list[SchedulerSummary] = []
    size = limit
    for _ in range(_MOST_UPSTREAM_PAGES):
        with refused_tokens(token):
            page = resources.schedulers.page(wanted, size, token)
        fitting = _of_team(resources, team, page.items)[: limit - len(mine)]
        is_full = len(mine) + len(fitting) == limit
        if is_full and page.items[-1] is not fitting[-1]:
            size = 1 + page.items.index(fitting[-1])  # the same page again, up to the last that is wanted
            continue
        mine += fitting
        token, size = page.next_position, _LONG_PAGE
        if token is None or is_full:
            break
    return Page(mine, token)


def list_all(resources: Resources, team: str) -> list[SchedulerSummary]:
    """Every scheduler of the team, in the upstream's order."""
    mine: list[SchedulerSummary] = []
    token = None
    while True:
        page = resources.schedulers.page(SchedulerFilter(), _LONG_PAGE, token)
        mine += _of_team(resources, team, page.items)
        if (token := page.next_position) is None:
            return mine


def scheduler_query(wanted: SchedulerFilter) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "schedulers", **asdict(wanted)}


def _of_team(resources: Resources, team: str, summaries: list[SchedulerSummary]) -> list[SchedulerSummary]:
    """Those of a team. What the worker has seen is looked up at once, and only the rest is asked for one by one."""
    arns = [summary.inference_scheduler_arn for summary in summaries]
    try:
        with resources.database.begin() as db:
            teams = collecting.teams_of(db, arns)
    except DatabaseUnavailable:
        teams = {}
    return [summary for summary, arn in zip(summaries, arns, strict=True) if _owner(resources, teams, arn) == team]


def _owner(resources: Resources, teams: dict[str, str], arn: str) -> str | None:
    """None for a scheduler that was deleted since it was listed."""
    try:
        return teams.get(arn) or resources.teams.team_of(arn)
    except SchedulerNotFound:
        return None
