"""Keys that this process has seen to be valid, so that PostgreSQL is not on the path of each request.

A key is looked up again when it was not for `FRESH_SECONDS`: within that time a revocation takes effect in every
process. While PostgreSQL is away a key goes on working for `TRUSTED_SECONDS` after it was last seen to be valid, so
that whatever needs no database still answers. Only valid keys are kept, so nobody fills this with wrong ones.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from service.facade.domain.keys import ApiKey
from service.facade.problems import DatabaseUnavailable
from service.facade.store import keys
from service.facade.store.database import Database

FRESH_SECONDS = 5.0
TRUSTED_SECONDS = 900.0
USE_WRITTEN_EVERY = timedelta(minutes=1)
_MOST = 10_000


@dataclass
class _Seen:
    key: ApiKey
    valid_at: float  # monotonic; when PostgreSQL said so last
    asked_at: float  # of the last look-up, whether it was answered or not
    away: bool = False  # whether that one was not

    def is_trusted(self, moment: float) -> bool:
        return moment - self.valid_at <= TRUSTED_SECONDS

    def is_being_asked(self, moment: float) -> bool:
        """Let one caller ask while the others go on with what is known: not for a key that nobody used for a while."""
        return self.away or moment - self.valid_at < 2 * FRESH_SECONDS


@dataclass
class KnownKeys:
    """Bounded: the keys that were not used for longest are forgotten first."""

    database: Database
    seen: OrderedDict[str, _Seen] = field(default_factory=OrderedDict)
    guard: Lock = field(default_factory=Lock)

    def holds(self, digest: str) -> bool:
        """Whether this key has been valid here lately."""
        return digest in self.seen

    def find(self, digest: str, now: datetime) -> ApiKey | None:
        """The key with this hash, whether it is still active or not; None where there is none.

        Raises:
            DatabaseUnavailable: PostgreSQL is away, and the key was not valid here within `TRUSTED_SECONDS`.
        """
        moment = time.monotonic()
        with self.guard:
            known = self.seen.get(digest)
            if known is not None and known.is_trusted(moment) and moment - known.asked_at < FRESH_SECONDS:
                self.seen.move_to_end(digest)
                return known.key
            if known is not None and known.is_being_asked(moment):
                known.asked_at = moment
        try:
            return self._look_up(digest, now)
        except DatabaseUnavailable:
            if known is None or not known.is_trusted(moment):
                raise
            known.asked_at, known.away = moment, True
            return known.key

    def _look_up(self, digest: str, now: datetime) -> ApiKey | None:
        with self.database.begin() as db:
            key = keys.find_by_digest(db, digest)
            if key is not None and key.state(now) == "active":
                keys.record_use(db, key.id, now, USE_WRITTEN_EVERY)
        self._note(digest, key, now)
        return key

    def _note(self, digest: str, key: ApiKey | None, now: datetime) -> None:
        moment = time.monotonic()
        with self.guard:
            if key is None or key.state(now) != "active":
                self.seen.pop(digest, None)
                return
            self.seen[digest] = _Seen(key, moment, moment)
            self.seen.move_to_end(digest)
            if len(self.seen) > _MOST:
                self.seen.popitem(last=False)
