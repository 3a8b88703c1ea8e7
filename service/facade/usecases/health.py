"""Whether this process can do its work: each neighbour asked, none waited for long."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from service.facade.problems import Problem, QueueUnavailable
from service.facade.resources import Resources

_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Check:
    """One neighbour: `needed` says whether the facade is of use without it."""

    ok: bool
    needed: bool
    reason: str | None = None


@dataclass(frozen=True)
class Readiness:
    checks: dict[str, Check]

    @property
    def ready(self) -> bool:
        return all(check.ok for check in self.checks.values() if check.needed)

    @property
    def degraded(self) -> bool:
        """Ready, but without Redis: reading works, whatever leaves work behind is refused."""
        return self.ready and not all(check.ok for check in self.checks.values())


def readiness(resources: Resources) -> Readiness:
    """Ask every neighbour at once."""
    asked: dict[str, tuple[bool, Callable[[], None]]] = {
        "database": (True, resources.database.ping),
        "redis": (False, lambda: _ping_cache(resources)),
        "upstream": (True, resources.schedulers.ping),
        "staging_bucket": (True, lambda: resources.buckets.check(resources.settings.staging_bucket)),
    }
    pool = ThreadPoolExecutor(len(asked))
    answers = {name: (needed, pool.submit(ask)) for name, (needed, ask) in asked.items()}
    checks = {name: _check(needed, answer) for name, (needed, answer) in answers.items()}
    pool.shutdown(wait=False)
    return Readiness(checks)


def _check(needed: bool, answer: Future[None]) -> Check:
    try:
        answer.result(timeout=_PATIENCE_SECONDS)
    except Problem as problem:
        return Check(False, needed, problem.detail)
    except TimeoutError:
        return Check(False, needed, f"No answer within {_PATIENCE_SECONDS:g} seconds.")
    return Check(True, needed)


def _ping_cache(resources: Resources) -> None:
    if not resources.cache.ping():
        raise QueueUnavailable("Redis does not answer: nothing is cached, and writes that need the queue are refused.")
