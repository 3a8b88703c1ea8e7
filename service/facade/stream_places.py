"""Places for streams in this process. Each stream keeps a thread, and one team shall not have them all."""

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock


@dataclass(frozen=True)
class StreamPlaces:
    """`most` streams at once; a quarter of them, rounded down, is never the same team's as the others."""

    most: int
    taken: Counter[str] = field(default_factory=Counter)
    guard: Lock = field(default_factory=Lock, repr=False)

    def take(self, team: str) -> bool:
        """Whether there was a place for a stream of this team, which it has until it is given back."""
        with self.guard:
            is_free = self.taken.total() < self.most and self.taken[team] < self.most - self.most // 4
            self.taken[team] += is_free
        return is_free

    def give_back(self, team: str) -> None:
        with self.guard:
            self.taken[team] -= 1
            if not self.taken[team]:
                del self.taken[team]
