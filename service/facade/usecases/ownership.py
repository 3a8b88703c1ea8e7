"""Whose a scheduler is, asked before anything is done with its name."""

from service.facade.problems import Problem, SchedulerNotFound
from service.facade.resources import Resources
from service.facade.store import collecting


def refuse_foreign(resources: Resources, team: str, name: str) -> None:
    """Pass when the scheduler is the team's, and when there is none: what is left of it is looked up by team.

    The answer may be `describe_cache_seconds` old. While the upstream is away our own store tells.

    Raises:
        SchedulerNotFound: it is another team's. That is all a caller learns.
    """
    owner = owner_of(resources, name)
    if owner is not None and owner != team:
        raise not_found(name)


def refuse_unknown(resources: Resources, name: str) -> None:
    """For a list that has nothing under a name: as another team's scheduler is refused, so is one that is not there.

    Raises:
        SchedulerNotFound: no scheduler has the name.
    """
    if owner_of(resources, name) is None:
        raise not_found(name)


def owner_of(resources: Resources, name: str) -> str | None:
    """The team of the scheduler that has this name; None when no scheduler has it.

    Raises:
        UpstreamUnavailable, …: the upstream is away, and this scheduler was never followed.
    """
    seconds = resources.settings.describe_cache_seconds
    try:
        return resources.cache.fetch(owner_key(name), seconds, lambda: _ask(resources, name)).decode() or None
    except Problem as problem:
        with resources.database.begin() as db:
            followed = collecting.find_followed_by_anyone(db, name)
        if followed is None:
            raise problem from None
        return followed.team


def owner_key(name: str) -> str:
    return f"facade:team:{name}"


def not_found(name: str) -> SchedulerNotFound:
    """The same for a scheduler that does not exist and for one of another team."""
    return SchedulerNotFound(f"There is no scheduler {name!r}.")


def _ask(resources: Resources, name: str) -> bytes:
    try:
        return resources.teams.team_of(resources.schedulers.describe(name).inference_scheduler_arn).encode()
    except SchedulerNotFound:
        return b""
