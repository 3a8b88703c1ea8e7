"""The history of a scheduler that a reader asks about, with what is new collected as far as that can be done now."""

from datetime import datetime

from service.facade.domain.collecting import FollowedScheduler
from service.facade.problems import Problem, SchedulerNotFound
from service.facade.resources import Resources
from service.facade.store.collecting import find_followed
from service.facade.usecases.collecting import collect_now, find_settled
from service.facade.usecases.ownership import not_found


def find_collected(
    resources: Resources, team: str, name: str, until: datetime | None
) -> tuple[FollowedScheduler, str | None]:
    """The scheduler, collected up to `until` (None: all of it), and a warning when what is new could not be.

    A scheduler that was deleted still has its history; neither the engine nor Redis needs to be there to read it.

    Raises:
        SchedulerNotFound: neither the upstream nor our store knows the name, or it is another team's.
        UpstreamUnavailable, …: nothing was collected of this scheduler before.
    """
    if settled := find_settled(resources, team, name, until):
        return settled, None
    try:
        return _of_team(collect_now(resources, name), team), None
    except Problem as problem:
        with resources.database.begin() as db:
            followed = find_followed(db, team, name)
        if followed is None:
            raise
        gone = isinstance(problem, SchedulerNotFound)
        return followed, None if gone else f"The newest predictions may be missing: {problem.detail}"


def find_known(resources: Resources, team: str, name: str) -> FollowedScheduler | None:
    """The scheduler as our store knows it; None when it is there, but nothing of it was ever collected.

    Raises:
        SchedulerNotFound: neither our store nor the upstream knows the name.
        UpstreamUnavailable, …: our store does not, and the upstream is away.
    """
    with resources.database.begin() as db:
        followed = find_followed(db, team, name)
    if followed is None:
        resources.schedulers.describe(name)
    return followed


def _of_team(followed: FollowedScheduler, team: str) -> FollowedScheduler:
    if followed.team != team:  # it has become another's since we were let in
        raise not_found(followed.inference_scheduler_name)
    return followed
