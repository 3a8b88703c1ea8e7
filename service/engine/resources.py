"""Everything that operations and work may reach, joined once per process."""

from dataclasses import dataclass, field
from typing import Protocol

from service.engine.clock import Clock, clock_of, utc_now
from service.engine.objects import ObjectStore, open_objects
from service.engine.store.database import Engine, open_database
from service.quotas import Quotas, parse_quotas
from service.settings import Settings

INFERENCE = "inference"
TRAINING = "training"


@dataclass(frozen=True)
class Nudge:
    """A message that says there may be work. The row it points at is the truth: a lost nudge only costs time."""

    queue: str
    """`INFERENCE` or `TRAINING`."""
    task: str
    """``run_execution`` for instance."""
    row_id: str
    """Primary key of the piece; of a training ``<model id>/<version>``."""


class Queue(Protocol):
    """Where nudges go."""

    def send(self, queue: str, task: str, row_id: str) -> None:
        """Send one nudge, quickly. A broker that is away is logged, never raised: the sweep sends again."""

    def waiting(self, queue: str) -> int:
        """How many nudges of that queue nobody has taken yet; 0 where the broker does not say."""


@dataclass(frozen=True)
class RememberingQueue:
    """A queue that only remembers what was sent; for tests, and for tools that do no work."""

    sent: list[Nudge] = field(default_factory=list)

    def send(self, queue: str, task: str, row_id: str) -> None:
        self.sent.append(Nudge(queue, task, row_id))

    def waiting(self, queue: str) -> int:
        return 0  # whoever tests asks for what was lost to be sent again


@dataclass(frozen=True)
class Resources:
    """What a process of the engine shares between its threads."""

    settings: Settings
    database: Engine
    objects: ObjectStore
    queue: Queue
    clock: Clock = utc_now

    @property
    def quotas(self) -> Quotas:
        """How much of everything there may be, by the settings."""
        return parse_quotas(self.settings.engine_quotas)


def join_resources(settings: Settings, queue: Queue, *, threads: int, connections_each: int = 2) -> Resources:
    """Open everything for one process; nothing is connected yet, so do this after a fork.

    Args:
        threads: how many threads share the database connections.
        connections_each: what one of them holds. A thread at work holds two: one with the lock of its piece, one for
            its queries; one that answers a call holds one.
    """
    database = open_database(settings.engine_database_url, pool_size=threads * connections_each)
    return Resources(
        settings=settings, database=database, objects=open_objects(settings), queue=queue, clock=clock_of(settings)
    )
