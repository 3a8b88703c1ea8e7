"""Whether this process can do its work: each neighbour asked, none waited for long."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Thread

from service.facade.problems import Problem, QueueUnavailable
from service.facade.resources import Resources

_PATIENCE_SECONDS = 2.5  # for all of them together


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
    answers = {name: _ask(resources, name, ask) for name, (_, ask) in asked.items()}
    wait(answers.values(), timeout=_PATIENCE_SECONDS)
    return Readiness({name: _check(needed, answers[name]) for name, (needed, _) in asked.items()})


def _ask(resources: Resources, name: str, ask: Callable[[], None]) -> Future[None]:
    """The answer of a neighbour to come. One that hangs is not asked again meanwhile, however often we are, and its
    thread keeps no process from ending."""
    answer = resources.unanswered.get(name)
    if answer is None or answer.done():
        answer = resources.unanswered[name] = Future()
        Thread(target=_answer, args=(answer, ask), name=f"readyz-{name}", daemon=True).start()
    return answer


def _answer(answer: Future[None], ask: Callable[[], None]) -> None:
    try:
        answer.set_result(ask())
    except BaseException as error:
        answer.set_exception(error)


def _check(needed: bool, answer: Future[None]) -> Check:
    try:
        answer.result(timeout=0)
    except Problem as problem:
        return Check(False, needed, problem.detail)
    except TimeoutError:
        return Check(False, needed, f"No answer within {_PATIENCE_SECONDS:g} seconds.")
    return Check(True, needed)


def _ping_cache(resources: Resources) -> None:
    if not resources.cache.ping():
        raise QueueUnavailable("Redis does not answer: nothing is cached, and writes that need the queue are refused.")
