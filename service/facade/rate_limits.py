"""How many requests somebody may still send, counted in Redis for all processes together.

A process takes requests from the window in Redis by the hundredth part and hands them out itself, so that nearly no
request waits for Redis. What it costs: of a window a few hundredths may stay unused, by each process that holds some.
A limit below 100 is counted one by one. While Redis is away nobody is limited.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from threading import Lock

from service.facade.cache import Cache
from service.rates import Rate

_MOST = 10_000  # callers remembered; for the rest Redis knows


@dataclass(frozen=True)
class Allowance:
    """What is left of a window after this request. `reset_after` is in whole seconds."""

    limit: int
    remaining: int
    reset_after: int
    granted: bool


@dataclass
class _Lease:
    """What this process took of a window: `left` for itself, `beyond` was for anybody when it took it."""

    left: int
    beyond: int
    until: float


@dataclass
class RateLimits:
    """One limit or several at once; the tightest decides."""

    cache: Cache
    rates: tuple[Rate, ...]
    clock: Callable[[], float] = time.monotonic
    leases: OrderedDict[tuple[str, Rate], _Lease] = field(default_factory=OrderedDict)
    guard: Lock = field(default_factory=Lock)

    def take(self, who: str) -> Allowance | None:
        """Count one request of somebody; None where nothing limits it."""
        tightest = None
        for rate in self.rates:
            allowance = self._held(who, rate) or self._taken(who, rate)
            if allowance is None or not allowance.granted:
                return allowance
            if tightest is None or allowance.remaining < tightest.remaining:
                tightest = allowance
        return tightest

    def used_up(self, who: str) -> Allowance | None:
        """The refusal that the next request of somebody would meet, as far as this process knows; counts nothing."""
        for rate in self.rates:
            with self.guard:
                lease = self.leases.get((who, rate))
                if lease is not None and not lease.left and not lease.beyond and lease.until > self.clock():
                    return self._allowance(rate, lease, granted=False)
        return None

    def _held(self, who: str, rate: Rate) -> Allowance | None:
        """From what this process holds; None when it has to ask."""
        with self.guard:
            lease = self.leases.get((who, rate))
            if lease is None or lease.until <= self.clock():
                return None
            if lease.left:
                lease.left -= 1
                return self._allowance(rate, lease, granted=True)
            return None if lease.beyond else self._allowance(rate, lease, granted=False)

    def _taken(self, who: str, rate: Rate) -> Allowance | None:
        """From what Redis has left of the window."""
        batch = max(1, rate.amount // 100)
        counted = self.cache.count(f"facade:rate:{who}:{rate.amount}/{rate.seconds}", batch, rate.seconds)
        if counted is None:
            return None
        used, seconds = counted
        got = max(0, batch - max(0, used - rate.amount))
        with self.guard:
            held = self.leases.pop((who, rate), None)
            now = self.clock()
            also = held.left if held is not None and held.until > now else 0  # another thread asked at the same time
            lease = _Lease(got + also, max(0, rate.amount - used), now + seconds)
            self.leases[who, rate] = lease
            if len(self.leases) > _MOST:
                self.leases.popitem(last=False)
            granted = lease.left > 0
            lease.left -= granted
            return self._allowance(rate, lease, granted=granted)

    def _allowance(self, rate: Rate, lease: _Lease, *, granted: bool) -> Allowance:
        seconds = max(1, ceil(lease.until - self.clock()))
        return Allowance(rate.amount, lease.left + lease.beyond, seconds, granted)
