"""Copies of what Redis holds, in this process, each thrown away as soon as Redis says that it changed.

One connection reads the keys, and Redis remembers which (CLIENT TRACKING): a change of one of them is pushed to it, by
whichever process it was made. Before a copy is used the connection is looked at, which costs a microsecond instead of
a round trip. `Cache.drop` returns when the push has been sent, so a caller finds its own writes in every process. A
copy lives no longer than its key; when the connection is lost, all copies go.
"""

import select
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from redis import Redis, RedisError, ResponseError

_MOST = 1000  # copies; then all begin anew
_LEAVE_ALONE_SECONDS = 0.25  # those who waited while Redis did not answer need not find out for themselves


@dataclass
class NearCache:
    """`client` says where Redis is, and is asked itself where the server tracks nothing. Safe to share."""

    client: Redis
    copies: dict[bytes, tuple[bytes, float]] = field(default_factory=dict)  # with the moment at which each ends
    guard: Lock = field(default_factory=Lock)
    _line: Any = None  # the connection
    _is_waiting: Callable[[], Any] = bool  # whether there is something to read on it
    _tracked: bool = True
    _alone_until: float = 0.0

    def find(self, key: str) -> bytes | None:
        """What Redis holds under a key; None when there is nothing.

        Raises:
            RedisError, OSError: Redis is away.
        """
        with self.guard:
            if time.monotonic() < self._alone_until:
                raise RedisError("Redis did not answer a moment ago.")
            try:
                return self._find(key.encode())
            except (RedisError, OSError):
                self._hang_up()
            try:
                return self._find(key.encode())  # on a new connection: a restart may have cut the old one
            except (RedisError, OSError):
                self._hang_up()
                self._alone_until = time.monotonic() + _LEAVE_ALONE_SECONDS
                raise

    def copy(self, key: str) -> bytes | None:
        """The copy of a key, if there is one that still holds."""
        with self.guard:
            try:
                return self._held(key.encode())
            except (RedisError, OSError):
                self._hang_up()
                return None

    def forget(self, key: str) -> None:
        """Drop a copy of a key that this process has changed. Call it once Redis has the change."""
        with self.guard:
            self.copies.pop(key.encode(), None)

    def close(self) -> None:
        with self.guard:
            self._hang_up()

    def _find(self, key: bytes) -> bytes | None:
        if not self._tracked:
            return self.client.get(key)
        content = self._held(key)
        return self._ask(key) if content is None else content

    def _held(self, key: bytes) -> bytes | None:
        if self._is_waiting():
            self._read_changes()
        content, ends = self.copies.get(key, (None, 0.0))
        return content if ends > time.monotonic() else None

    def _ask(self, key: bytes) -> bytes | None:
        """In this order: a change in between makes the copy end too early, never too late."""
        if self._line is None and not self._connect():
            return self.client.get(key)
        asked = time.monotonic()
        self._line.send_packed_command(self._line.pack_commands([("PTTL", key), ("GET", key)]))
        milliseconds, content = self._line.read_response(), self._line.read_response()
        if content is not None and milliseconds > 0:
            if len(self.copies) >= _MOST:
                self.copies.clear()
            self.copies[key] = content, asked + milliseconds / 1000
        self._read_changes()  # what came with the answer waits in the buffer, where no poll would see it
        return content

    def _connect(self) -> bool:
        """Whether the server tracks what is read."""
        pool = self.client.connection_pool
        line = self._line = pool.connection_class(**pool.connection_kwargs | {"protocol": 3})
        line.connect()
        line._parser.set_invalidation_push_handler(self._drop_changed)
        try:
            line.send_command("CLIENT", "TRACKING", "ON")
            line.read_response()
        except ResponseError:
            self._hang_up()
            self._tracked = False
            return False
        poll = select.poll()
        poll.register(line._sock, select.POLLIN)
        self._is_waiting = lambda: poll.poll(0)
        return True

    def _read_changes(self) -> None:
        while self._line.can_read():
            self._line.read_response(push_request=True)

    def _drop_changed(self, push: list[Any]) -> None:
        """`[b"invalidate", keys]`; no keys when the whole database was emptied."""
        if push[1] is None:
            self.copies.clear()
        for key in push[1] or ():
            self.copies.pop(key, None)

    def _hang_up(self) -> None:
        self.copies.clear()
        self._is_waiting = bool
        if self._line is not None:
            self._line.disconnect()
            self._line = None
