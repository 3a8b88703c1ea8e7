"""How much work waits for a worker, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, literal, select, text, union_all

from service.engine.store.unfinished import TABLES

_UNFINISHED = dict.fromkeys(TABLES, text("status = 'IN_PROGRESS'")) | {  # in the words of the indexes
    "replay": text("status IN ('PENDING', 'IN_PROGRESS')"),
    "training_piece": text("status = 'PENDING'"),
}


@dataclass(frozen=True)
class Backlog:
    """Unfinished pieces of one kind; `oldest` is when the first of them was made, None where there is none."""

    kind: str
    pieces: int
    oldest: datetime | None


def backlog(connection: Connection) -> list[Backlog]:
    """One for each kind of work."""
    counted = (
        select(literal(kind), func.count(), func.min(table.c.created_at)).select_from(table).where(_UNFINISHED[kind])
        for kind, table in TABLES.items()
    )
    return [Backlog(*row) for row in connection.execute(union_all(*counted))]
