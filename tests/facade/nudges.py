"""A queue that remembers what was sent, so that a test can be the worker."""

from dataclasses import dataclass, field

from service.facade.problems import QueueUnavailable


@dataclass
class Nudges:
    """Implements `resources.Queue`."""

    sent: list[tuple[str, ...]] = field(default_factory=list)
    away: bool = False

    def check(self) -> None:
        if self.away:
            raise QueueUnavailable("The test has taken the queue away.")

    def send(self, task: str, *arguments: str, delay: float = 0.0) -> None:
        if not self.away:
            self.sent.append((task, *arguments))

    def take(self) -> list[tuple[str, ...]]:
        """Everything sent since the last time."""
        sent, self.sent = self.sent, []
        return sent
