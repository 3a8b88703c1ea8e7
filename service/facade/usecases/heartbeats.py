"""A worker says that it is alive, in PostgreSQL: whoever asks needs no Redis, and nobody has to answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from service import __version__
from service.facade.problems import Problem
from service.facade.resources import Resources
from service.facade.store import heartbeats

BEAT_SECONDS = 5.0
MISSED_AFTER = timedelta(seconds=30)  # several beats may be late on a busy machine
log = structlog.get_logger(__name__)


@dataclass
class Heartbeat:
    """Of one worker. `beat` never raises: a database that is away is told of once, and then waited for."""

    resources: Resources
    worker: str
    started_at: datetime
    heard: bool = True

    def beat(self) -> None:
        now = self.resources.clock()
        try:
            with self.resources.database.begin() as db:
                heartbeats.beat(db, self.worker, __version__, self.started_at, now)
            self.heard = True
        except Problem as problem:
            if self.heard:
                log.warning("heartbeat_not_written", detail=problem.detail)
            self.heard = False

    def end(self) -> None:
        """The worker was told to end."""
        try:
            with self.resources.database.begin() as db:
                heartbeats.take_leave(db, self.worker)
        except Problem as problem:
            log.warning("leave_not_taken", detail=problem.detail)
