"""Whether this process can do its work: each neighbour asked, none waited for long, and what is wrong in a sentence."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from typing import Any

import structlog

from service.facade.problems import Problem, QueueUnavailable
from service.facade.resources import Resources
from service.facade.store import heartbeats
from service.facade.store.revision import current_revision
from service.facade.usecases.heartbeats import MISSED_AFTER
from service.revisions import head, known_revisions

log = structlog.get_logger(__name__)
_PATIENCE_SECONDS = 2.5  # for all of them together
_HOUSE = "facade"


@dataclass(frozen=True)
class Check:
    """One neighbour: `needed` says whether the facade is of use without it. `ok` is None where that cannot be known."""

    ok: bool | None
    needed: bool
    reason: str | None = None


@dataclass(frozen=True)
class Readiness:
    checks: dict[str, Check]

    @property
    def ready(self) -> bool:
        return not any(check.ok is False for check in self.checks.values() if check.needed)

    @property
    def degraded(self) -> bool:
        """Ready, but something that it can do without is missing: Redis, a worker, or it is older than the tables."""
        return self.ready and not all(check.ok for check in self.checks.values())


@dataclass(frozen=True)
class Noted:
    """What the database says of others: which migration it is at, and when a worker was alive last."""

    revision: str | None
    worker_seen_at: datetime | None


def readiness(resources: Resources) -> Readiness:
    """Ask every neighbour at once."""
    asked: dict[str, tuple[bool, Callable[[], Any]]] = {
        "database": (True, lambda: _read_notes(resources)),
        "redis": (False, lambda: _ping_cache(resources)),
        "upstream": (True, resources.schedulers.ping),
        "staging_bucket": (True, lambda: resources.buckets.check(resources.settings.staging_bucket)),
    }
    answers = {name: _ask(resources, name, ask) for name, (_, ask) in asked.items()}
    wait(answers.values(), timeout=_PATIENCE_SECONDS)
    checks = {name: _check(needed, answers[name]) for name, (needed, _) in asked.items()}
    noted = answers["database"].result() if checks["database"].ok else None
    return Readiness(checks | {"migrations": _migrations(noted), "worker": _worker(noted, resources.clock())})


def _ask(resources: Resources, name: str, ask: Callable[[], Any]) -> Future[Any]:
    """The answer of a neighbour to come. One that hangs is not asked again meanwhile, however often we are, and its
    thread keeps no process from ending."""
    answer = resources.unanswered.get(name)
    if answer is None or answer.done():
        answer = resources.unanswered[name] = Future()
        Thread(target=_answer, args=(answer, ask), name=f"readyz-{name}", daemon=True).start()
    return answer


def _answer(answer: Future[Any], ask: Callable[[], Any]) -> None:
    try:
        answer.set_result(ask())
    except BaseException as error:
        answer.set_exception(error)


def _check(needed: bool, answer: Future[Any]) -> Check:
    try:
        answer.result(timeout=0)
    except Problem as problem:
        return Check(False, needed, problem.detail)
    except TimeoutError:
        return Check(False, needed, f"No answer within {_PATIENCE_SECONDS:g} seconds.")
    except Exception as error:  # tables that are not what their revision says, say
        log.error("neighbour_not_understood", error=repr(error))
        return Check(False, needed, f"Its answer is none that we expect ({type(error).__name__}); the log has it.")
    return Check(True, needed)


def _read_notes(resources: Resources) -> Noted:
    """Heartbeats only from a database that has a place for them."""
    revision = current_revision(resources.database)
    if revision in known_revisions(_HOUSE)[:-1] or revision is None:
        return Noted(revision, None)
    with resources.database.begin() as db:
        return Noted(revision, heartbeats.last_seen(db))


def _migrations(noted: Noted | None) -> Check:
    """Code newer than the tables would fail. Code older than them goes on, as it does while a new version rolls out."""
    if noted is None:
        return Check(None, True, "Not known while the database does not answer.")
    revision, ours = noted.revision, head(_HOUSE)
    if revision is None:
        return Check(False, True, "The database has no tables: run `lookout migrate`.")
    if revision in known_revisions(_HOUSE)[:-1]:
        return Check(
            False, True, f"The database is at {revision}, and this version needs {ours}: run `lookout migrate`."
        )
    if revision != ours:
        return Check(False, False, f"The database is at {revision}, this version knows {ours}: put the newer one here.")
    return Check(True, True)


def _worker(noted: Noted | None, now: datetime) -> Check:
    if noted is None:
        return Check(None, False, "Not known while the database does not answer.")
    mend = "what is accepted waits. See that `lookout run facade-worker` runs, and what its log says."
    if noted.worker_seen_at is None:
        return Check(False, False, f"No worker was alive within a day: {mend}")
    away = now - noted.worker_seen_at
    if away > MISSED_AFTER:
        return Check(False, False, f"No worker was alive for {away.total_seconds():.0f} seconds: {mend}")
    return Check(True, False)


def _ping_cache(resources: Resources) -> None:
    if not resources.cache.ping():
        raise QueueUnavailable("Redis does not answer: nothing is cached, and writes that need the queue are refused.")
