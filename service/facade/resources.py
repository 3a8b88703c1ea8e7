"""Everything a use case may reach, joined once per process (after the fork: clients and pools do not survive one)."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Semaphore
from typing import Any, Protocol

from sqlalchemy import Connection

from service.facade.aws.buckets import Buckets, connect_buckets
from service.facade.aws.clients import connect_upstream
from service.facade.aws.models import ModelGateway
from service.facade.aws.replays import ReplayGateway
from service.facade.aws.schedulers import SchedulerGateway
from service.facade.aws.teams import TeamGateway
from service.facade.cache import Cache, connect_cache
from service.facade.identity import LogIns, Tokens, connect_issuer, connect_log_ins
from service.facade.rate_limits import RateLimits
from service.facade.sealing import Sealer
from service.facade.store.announcements import Announcements
from service.facade.store.database import Database, connect
from service.facade.store.known_keys import KnownKeys
from service.facade.stream_places import StreamPlaces
from service.facade.webhooks.transport import Transport
from service.facade.webhooks.turns import Turn
from service.networks import parse_networks
from service.rates import parse_rates
from service.settings import Settings, SettingsError

_NEEDED = {"redis_url": "REDIS_URL", "facade_database_url": "LOOKOUT_FACADE_DATABASE_URL"}


class Queue(Protocol):
    """Where work for the facade's worker is sent. A message is only a nudge: the row it names is the truth."""

    def check(self) -> None:
        """Raise QueueUnavailable when the broker does not answer now."""

    def send(self, task: str, *arguments: str, delay: float = 0.0) -> None:
        """Send a nudge; never raises, since the sweep finds rows whose nudge was lost."""


@dataclass
class UnitOfWork:
    """One transaction, and what is done when it is committed: messages leave, and what happened is counted."""

    db: Connection
    messages: list[tuple[str, tuple[str, ...], float]] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    def send(self, task: str, *arguments: str, delay: float = 0.0) -> None:
        self.messages.append((task, arguments, delay))


@dataclass(frozen=True)
class Resources:
    settings: Settings
    schedulers: SchedulerGateway
    teams: TeamGateway
    models: ModelGateway
    replays: ReplayGateway
    buckets: Buckets
    database: Database
    cache: Cache
    known_keys: KnownKeys
    tokens: Tokens | None  # None: no identity provider is trusted
    log_ins: LogIns | None  # None: people log in with keys only
    rate_limits: RateLimits
    sealer: Sealer
    webhook_transport: Transport
    queue: Queue
    clock: Callable[[], datetime]
    waiters: Semaphore  # one for each request that may sleep: half of the threads, so that the others go on
    drawers: Semaphore  # one for each chart that is drawn or waits for that: half of the threads, too
    strangers_drawers: Semaphore  # the same for embeds: whoever looks at one keeps no team from its charts
    announcements: Announcements
    streams: StreamPlaces
    long_work_places: Semaphore  # one for each upload or import in hand: a thread is left for what is quick
    webhook_turn: Turn = field(default_factory=Turn)  # one dispatcher of deliveries at a time
    lacking: set[str] = field(default_factory=set)  # what the upstream said it does not have
    last_figures: list[tuple[float, list[Any]]] = field(default_factory=list)  # what /metrics told last, and when
    unanswered: dict[str, Future[Any]] = field(default_factory=dict)  # what /readyz asked last, by neighbour

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        """Rows and messages together: nothing is sent unless everything is committed."""
        with self.database.begin() as db:
            work = UnitOfWork(db)
            yield work
        for task, arguments, delay in work.messages:
            self.queue.send(task, *arguments, delay=delay)
        for count in work.afterwards:
            count()

    def close(self) -> None:
        self.database.close()
        self.cache.close()


def join(settings: Settings, queue: Queue) -> Resources:
    """Make the clients and pools; nothing is connected before the first use.

    Raises:
        SettingsError: when a neighbour that has to be there is not named.
    """
    if missing := [name for field_name, name in _NEEDED.items() if not getattr(settings, field_name)]:
        raise SettingsError(f"The facade needs {' and '.join(missing)}; `lookout up` starts servers and sets them.")
    upstream = connect_upstream(settings)
    threads = max(settings.http_threads, settings.worker_threads)
    database = connect(settings.facade_database_url, connections=threads)
    tokens = connect_issuer(settings)
    cache = connect_cache(settings.redis_url, connections=2 * threads)
    return Resources(
        settings=settings,
        schedulers=SchedulerGateway(upstream),
        teams=TeamGateway(upstream, settings.default_team),
        models=ModelGateway(upstream),
        replays=ReplayGateway(upstream),
        buckets=connect_buckets(settings),
        database=database,
        cache=cache,
        known_keys=KnownKeys(database),
        tokens=tokens,
        log_ins=connect_log_ins(settings, tokens),
        rate_limits=RateLimits(cache, parse_rates(settings.rate_limit)),
        sealer=Sealer(tuple(part.strip() for part in settings.secrets_key.split(",") if part.strip())),
        webhook_transport=Transport(parse_networks(settings.webhook_allowed_networks)),
        queue=queue,
        clock=lambda: datetime.now(UTC),
        waiters=Semaphore(settings.http_threads // 2),
        drawers=Semaphore(max(1, settings.http_threads // 2)),
        strangers_drawers=Semaphore(max(1, settings.http_threads // 4)),
        announcements=Announcements(database),
        streams=StreamPlaces(settings.max_streams),
        long_work_places=Semaphore(max(1, settings.worker_threads - 1)),
    )
