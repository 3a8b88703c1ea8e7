"""One scheduler, from the cache where it is there: cache, upstream, cache. The database is not on that path."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from service.facade.counts import count_describe
from service.facade.domain.schedulers import InferenceScheduler
from service.facade.resources import Resources
from service.facade.usecases.ownership import not_found, owner_key

Render = Callable[[InferenceScheduler], bytes]


def show_scheduler(resources: Resources, team: str, name: str, render: Render, *, fresh: bool = False) -> bytes:
    """A scheduler as `render` wrote it, at most `describe_cache_seconds` old; `fresh` asks the upstream in any case.

    Raises:
        SchedulerNotFound: there is none, or it is another team's.
    """

    asked = False

    def make() -> bytes:
        nonlocal asked
        asked = True
        scheduler = resources.schedulers.describe(name)
        return b"%s\n%s" % (resources.teams.team_of(scheduler.inference_scheduler_arn).encode(), render(scheduler))

    seconds = resources.settings.describe_cache_seconds
    try:
        owner, body = team_and_body(resources.cache.fetch(_key(name), seconds, make, fresh=fresh))
    finally:
        count_describe(_result(resources, asked, fresh))
    if owner != team:
        raise not_found(name)
    return body


def _result(resources: Resources, asked: bool, fresh: bool) -> str:
    """What the cache was good for. Those who waited for the same answer hit it."""
    if not asked:
        return "hit"
    if fresh:
        return "bypass"
    return "miss" if resources.cache.available else "away"


def ready_copy(resources: Resources, name: str) -> bytes | None:
    """What this process has ready of a scheduler, the same object for as long as it holds; `team_and_body` reads it."""
    return resources.cache.copy(_key(name))


def team_and_body(copy: bytes) -> tuple[str, bytes]:
    team, _, body = copy.partition(b"\n")
    return team.decode(), body


def forget(resources: Resources, name: str) -> None:
    """Drop the cached answer: the scheduler is not what it was."""
    resources.cache.drop(_key(name))
    resources.cache.drop(owner_key(name))


@contextmanager
def forgetting(resources: Resources, name: str) -> Iterator[None]:
    """Drop the cached answer after a change, also after one that failed: it may have been made all the same."""
    try:
        yield
    finally:
        forget(resources, name)


def _key(name: str) -> str:
    return f"facade:scheduler:{name}"
