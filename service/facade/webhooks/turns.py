"""Work that one thread of a process does at a time, however many are asked to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock


@dataclass(frozen=True)
class Turn:
    """Whoever comes while somebody is at work leaves word, and the work is done once more."""

    wanted: Event = field(default_factory=Event)
    working: Lock = field(default_factory=Lock)

    def take(self, work: Callable[[], None]) -> None:
        self.wanted.set()
        while self.wanted.is_set() and self.working.acquire(blocking=False):
            try:
                self.wanted.clear()
                work()
            finally:
                self.working.release()
