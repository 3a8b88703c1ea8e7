"""Queries on the pieces of trainings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from service.engine.store.tables import training_pieces


@dataclass(frozen=True, kw_only=True)
class TrainingPiece:
    """One portion of the data in one step of the training of a version."""

    id: str
    model_id: str
    version: int
    step: str
    number: int
    status: str
    attempts: int
    nudged_at: datetime | None
    created_at: datetime


def add(
    connection: Connection, model_id: str, version: int, step: str, numbers: Iterable[int], now: datetime
) -> list[str]:
    """Insert the pieces of a step, those that are not there yet; the ids of all of them, to be nudged at once."""
    rows = [
        {
            "id": f"{model_id}/{version}/{step}/{number}",
            "model_id": model_id,
            "version": version,
            "step": step,
            "number": number,
            "status": "PENDING",
            "created_at": now,
            "nudged_at": now,
        }
        for number in numbers
    ]
    connection.execute(insert(training_pieces).on_conflict_do_nothing(), rows)
    return [row["id"] for row in rows]


def get(connection: Connection, piece_id: str) -> TrainingPiece | None:
    """One piece."""
    row = connection.execute(select(training_pieces).where(training_pieces.c.id == piece_id)).first()
    return row and TrainingPiece(**row._mapping)


def of_version(connection: Connection, model_id: str, version: int) -> list[TrainingPiece]:
    """All pieces there are of a training, by step and number."""
    query = select(training_pieces).where(*_of(model_id, version))
    rows = connection.execute(query.order_by(training_pieces.c.step, training_pieces.c.number))
    return [TrainingPiece(**row._mapping) for row in rows]


def is_ready(connection: Connection, model_id: str, version: int) -> bool:
    """Whether the training has pieces and all of them are done, so that it can go on."""
    pieces = select(training_pieces.c.id).where(*_of(model_id, version))
    waiting = exists(pieces.where(training_pieces.c.status == "PENDING"))
    return connection.execute(select(exists(pieces) & ~waiting)).scalar_one()


def end(connection: Connection, piece_id: str) -> None:
    """Record that a piece is done."""
    connection.execute(update(training_pieces).where(training_pieces.c.id == piece_id).values(status="SUCCESS"))


def remove(connection: Connection, model_id: str, version: int) -> None:
    """Delete the pieces of a training, if it has any."""
    connection.execute(delete(training_pieces).where(*_of(model_id, version)))


def _of(model_id: str, version: int) -> tuple:
    return training_pieces.c.model_id == model_id, training_pieces.c.version == version
