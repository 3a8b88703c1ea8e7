"""How much work waits for a worker, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, literal, select, text, union_all

from service.engine.store.tables import (
    imports,
    inference_executions,
    inference_replays,
    ingestion_jobs,
    model_exports,
    model_versions,
    training_pieces,
)

_KINDS = {
    "execution": (inference_executions, text("status = 'IN_PROGRESS'")),  # as its index says it
    "replay": (inference_replays, text("status IN ('PENDING', 'IN_PROGRESS')")),
    "ingestion": (ingestion_jobs, text("status = 'IN_PROGRESS'")),
    "training": (model_versions, text("status = 'IN_PROGRESS'")),
    "import": (imports, text("status = 'IN_PROGRESS'")),
    "export": (model_exports, text("status = 'IN_PROGRESS'")),
    "training_piece": (training_pieces, text("status = 'PENDING'")),
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
        select(literal(kind), func.count(), func.min(table.c.created_at)).select_from(table).where(unfinished)
        for kind, (table, unfinished) in _KINDS.items()
    )
    return [Backlog(*row) for row in connection.execute(union_all(*counted))]
