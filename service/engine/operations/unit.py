"""What an operation works with: one transaction, and the nudges that leave after it."""

from dataclasses import dataclass, field
from datetime import datetime

from service.engine.protocol.arns import key_arn, make_arn
from service.engine.store.database import Connection
from service.engine.store.scope import Scope
from service.engine.store.unfinished import Piece
from service.quotas import Quotas
from service.settings import Settings


@dataclass(frozen=True)
class Unit:
    """One unit of work. Leaving an operation with an exception undoes all of it."""

    connection: Connection
    """The open transaction; whoever made the unit commits it."""
    scope: Scope
    """Whose resources these are."""
    now: datetime
    """The time of the call."""
    quotas: Quotas = field(default_factory=Quotas)
    """How much of everything there may be."""
    settings: Settings = field(default_factory=Settings)
    """How the engine is set up."""
    nudges: list[Piece] = field(default_factory=list)
    """Pieces of work that a message is sent for when the transaction has been committed."""

    def nudge(self, kind: str, id: str) -> None:
        """Leave a message that there is this piece of work, for after the commit."""
        self.nudges.append(Piece(kind, id))

    def arn(self, kind: str, name: str, id: str) -> str:
        """The ARN of a resource of this scope."""
        return make_arn(kind, region=self.scope.region, account_id=self.scope.account_id, name=name, id=id)

    def key_arn(self, key_id: str | None) -> str | None:
        """The ARN of a KMS key of this scope; None for none."""
        return key_id and key_arn(key_id, region=self.scope.region, account_id=self.scope.account_id)
