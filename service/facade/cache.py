"""Ready-made answers in Redis, kept for seconds, with copies in this process. The facade works without it, only slower.

Every command has a short timeout, and after a failure Redis is left alone for a moment, so that a dead one
costs a request next to nothing. A herd that misses the same key makes one upstream call: whoever gets the
lock in Redis makes the answer, the others wait for it. The lock also keeps stale answers out: `drop` takes
it away, and an answer whose maker no longer holds the lock is not stored.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import uuid4

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from service.facade.near_cache import NearCache

Make = Callable[[], bytes]

_TIMEOUT_SECONDS = 0.25
_LEAVE_ALONE_SECONDS = 1.0
_LOCK_MILLISECONDS = 15_000
_FOLLOW_SECONDS = 1.0  # then the leader's upstream is slow, and each process asks once for itself
_STORE_IF_STILL_LEADING = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
"""
_COUNT = """
local used = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    left = ARGV[2]
end
return {used, left}
"""


@dataclass
class Flights:
    """Callers in this process that want the same answer at the same time share one making of it."""

    running: dict[str, Future[bytes]] = field(default_factory=dict)
    guard: Lock = field(default_factory=Lock)

    def join(self, key: str, make: Make) -> bytes:
        with self.guard:
            flight = self.running.get(key)
            if leading := flight is None:
                flight = self.running[key] = Future()
        if leading:
            self._fly(key, flight, make)
        return flight.result()

    def leave(self, key: str) -> None:
        """Later callers begin anew; those under way still get their answer."""
        with self.guard:
            self.running.pop(key, None)

    def _fly(self, key: str, flight: Future[bytes], make: Make) -> None:
        try:
            flight.set_result(make())
        except BaseException as error:
            flight.set_exception(error)
        finally:
            with self.guard:
                if self.running.get(key) is flight:
                    del self.running[key]


@dataclass
class Cache:
    """`client` needs short timeouts; see `connect_cache`."""

    client: Redis
    near: NearCache
    flights: Flights = field(default_factory=Flights)
    _alone_until: float = 0.0

    def fetch(self, key: str, seconds: float, make: Make, *, fresh: bool = False) -> bytes:
        """The answer under `key`, made and kept for `seconds` if it is not there; `fresh` makes it in any case.

        Raises:
            whatever `make` raises, to everybody who waits for it.
        """
        if seconds <= 0:
            return make()
        if not fresh and (found := self._find(key)) is not None:
            return found
        token = uuid4().hex
        led = self._try("set", f"{key}:lock", token, nx=True, px=_LOCK_MILLISECONDS)
        if led:
            return self._lead(key, seconds, make, token, fresh)
        if fresh:
            return make()
        found = self._follow(key) if self.available else None
        return found if found is not None else self.flights.join(key, make)

    def copy(self, key: str) -> bytes | None:
        """What this process has a copy of, the same object for as long as it holds. Redis is not asked."""
        return self.near.copy(key)

    def drop(self, key: str) -> None:
        """Forget an answer, and whatever answer is being made at this moment, in every process.

        Redis may answer the command a moment before it tells the other processes; it answers the next one after that.
        """
        self.flights.leave(key)
        if self._try("delete", key, f"{key}:lock") is not None:
            self._try("ping")
        self.near.forget(key)

    def count(self, key: str, amount: int, seconds: float) -> tuple[int, float] | None:
        """Add to a counter that ends `seconds` after it began: its value, and the seconds it has left; None while Redis
        is away."""
        counted = self._try("eval", _COUNT, 1, key, amount, int(seconds * 1000))
        return None if counted is None else (int(counted[0]), int(counted[1]) / 1000)

    def ping(self) -> bool:
        """Whether Redis answers now, whatever happened a moment ago."""
        self._alone_until = 0.0
        return bool(self._try("ping"))

    @property
    def available(self) -> bool:
        """False for a moment after Redis failed."""
        return time.monotonic() >= self._alone_until

    def close(self) -> None:
        self.near.close()
        self.client.close()

    def _find(self, key: str) -> bytes | None:
        """From this process where it has a copy that still holds."""
        return self._guarded(self.near.find, key)

    def _lead(self, key: str, seconds: float, make: Make, token: str, fresh: bool) -> bytes:
        made = b""  # stays so when there is nothing to store; the lock goes in any case
        try:
            if not fresh and (found := self._try("get", key)) is not None:
                return found  # another leader was done between our miss and our lock
            made = make()
            return made
        finally:
            self._try("eval", _STORE_IF_STILL_LEADING, 2, key, f"{key}:lock", token, made, int(seconds * 1000))

    def _follow(self, key: str) -> bytes | None:
        """Wait for the leader's answer; None when it gave up or takes too long."""
        give_up = time.monotonic() + _FOLLOW_SECONDS
        while time.monotonic() < give_up:
            found, lock = self._try("mget", key, f"{key}:lock") or (None, None)
            if found is not None or lock is None:
                return found
            time.sleep(0.01)
        return None

    def _try(self, command: str, *arguments: Any, **options: Any) -> Any:
        """The answer of Redis, or None when it has none or is away."""
        return self._guarded(getattr(self.client, command), *arguments, **options)

    def _guarded(self, ask: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        if not self.available:
            return None
        try:
            return ask(*arguments, **options)
        except (RedisError, OSError):
            self._alone_until = time.monotonic() + _LEAVE_ALONE_SECONDS
            return None


def connect_cache(url: str, connections: int) -> Cache:
    """A cache at a ``redis://``, ``rediss://`` or ``unix://`` URL. Nothing is opened before the first use."""
    client = Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),  # one more try mends a connection that a restart of Redis cut
        max_connections=connections,
    )
    return Cache(client, NearCache(client))
