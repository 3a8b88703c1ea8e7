"""A request that may come twice: whose key it bears, what it asks, what it was answered."""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Key:
    """An `Idempotency-Key` belongs to a team."""

    team: str
    key: str

    @property
    def client_token(self) -> str:
        """The upstream's ClientToken: the same for every attempt, another one for every other team."""
        return sha256(f"{self.team}\n{self.key}".encode()).hexdigest()


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
    """A request that bears a key: its method, address and media type. One that was not answered is being handled, or
    was given up by a process that died or a neighbour that failed."""

    request: str
    body: Body | None = None
    answer: Answer | None = None
