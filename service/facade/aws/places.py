"""A slow upstream must not take every thread of the process: only so many calls wait for it at once, and after one that
was not answered it is left alone for a moment, so that a request which asks twice does not wait twice."""

import time
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from service.facade.problems import UpstreamUnavailable

_PATIENCE_SECONDS = 1.0  # places of a fast upstream come free sooner
_LEAVE_ALONE_SECONDS = 1.0


@dataclass
class Places:
    """Each call takes a place until it is answered. While none comes free, further calls are refused at once."""

    most: int
    _none_free: bool = False
    _alone_until: float = 0.0

    def __post_init__(self) -> None:
        self._free = BoundedSemaphore(self.most)

    def limit(self, client: BaseClient) -> BaseClient:
        """Have every call of the client take a place."""
        events = client.meta.events
        events.register("before-call", self._take)
        events.register("after-call", self._give_back)
        events.register("after-call-error", self._give_back)
        return client

    def _take(self, **_: Any) -> None:
        if time.monotonic() < self._alone_until:
            raise UpstreamUnavailable("The engine did not answer a moment ago.")
        if not self._free.acquire(timeout=0 if self._none_free else _PATIENCE_SECONDS):
            self._none_free = True
            raise UpstreamUnavailable(f"The engine is slow: {self.most} requests wait for its answers already.")
        self._none_free = False

    def _give_back(self, exception: Exception | None = None, **_: Any) -> None:
        self._free.release()
        if isinstance(exception, ReadTimeoutError | ConnectTimeoutError):
            self._alone_until = time.monotonic() + _LEAVE_ALONE_SECONDS


def places_for(threads: int) -> Places:
    """Less than the half that callers of `?wait=` leave."""
    return Places(max(1, threads // 2 - max(1, threads // 8)))
