"""One scheduler, from the cache where it is there: cache, upstream, cache. The database is not on that path."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from service.facade.domain.schedulers import InferenceScheduler
from service.facade.resources import Resources

Render = Callable[[InferenceScheduler], bytes]


def show_scheduler(resources: Resources, name: str, render: Render, *, fresh: bool = False) -> bytes:
    """A scheduler as `render` wrote it, at most `describe_cache_seconds` old; `fresh` asks the upstream in any case."""
    seconds = resources.settings.describe_cache_seconds
    return resources.cache.fetch(_key(name), seconds, lambda: render(resources.schedulers.describe(name)), fresh=fresh)


def forget(resources: Resources, name: str) -> None:
    """Drop the cached answer: the scheduler is not what it was."""
    resources.cache.drop(_key(name))


@contextmanager
def forgetting(resources: Resources, name: str) -> Iterator[None]:
    """Drop the cached answer after a change, also after one that failed: it may have been made all the same."""
    try:
        yield
    finally:
        forget(resources, name)


def _key(name: str) -> str:
    return f"facade:scheduler:{name}"
