"""How many calls may wait for the upstream at once: one that is slow must not take every thread of the process."""

from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from botocore.client import BaseClient

from service.facade.problems import UpstreamUnavailable

_PATIENCE_SECONDS = 0.5  # places of a fast upstream come free sooner


@dataclass
class Places:
    """Each call takes a place until it is answered. While none comes free, further calls are refused at once."""

    most: int
    _none_free: bool = False

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
        if not self._free.acquire(timeout=0 if self._none_free else _PATIENCE_SECONDS):
            self._none_free = True
            raise UpstreamUnavailable(f"The engine is slow: {self.most} requests wait for its answers already.")
        self._none_free = False

    def _give_back(self, **_: Any) -> None:
        self._free.release()


def places_for(threads: int) -> Places:
    """Less than the half that callers of `?wait=` leave."""
    return Places(max(1, threads // 2 - max(1, threads // 8)))
