"""A request that may come twice: whose key it bears, what it asks, what it was answered."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True)
class Key:
    """An `Idempotency-Key` belongs to a team."""

    team: str
    key: str

    def client_token(self, begun_at: datetime) -> str:
        """The upstream's ClientToken: the same for every attempt at the request that was begun then. Another team has
        another one, and so has a key that is used again when it was forgotten: it shall not find what it made once."""
        return sha256(f"{self.team}\n{self.key}\n{begun_at.timestamp()}".encode()).hexdigest()


@dataclass(frozen=True)
class Body:
    """What a request sent: the digest of its body, and how many bytes went into it."""

    digest: str
    size: int


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Asked:
    """A request that bears a key: its method, address and media type. One that is not new and was not answered was
    given up by a process that died or a neighbour that failed."""

    request: str
    begun_at: datetime
    body: Body | None = None
    answer: Answer | None = None
    is_new: bool = False
