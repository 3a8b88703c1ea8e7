"""Pieces of work that have not ended: what the sweep looks at."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Table,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    union_all,
    update,
)

from service.engine.store.locks import is_held
from service.engine.store.tables import (
    imports,
    inference_executions,
    inference_replays,
    ingestion_jobs,
    model_exports,
    model_versions,
    training_pieces,
)


@dataclass(frozen=True)
class Piece:
    """One piece of work: `kind` is a key of `TABLES`, execution for instance; `id` its key as text."""

    kind: str
    id: str


def training_id(model_id: str, version: int) -> str:
    """The id of the training that makes a version: `<model id>/<version>`."""
    return f"{model_id}/{version}"


def version_of(piece_id: str) -> tuple[str, int]:
    """Model id and version of a training's id."""
    model_id, _, version = piece_id.rpartition("/")
    return model_id, int(version)


# Every kind of work, and the table whose rows are its pieces.
TABLES = {
    "execution": inference_executions,
    "replay": inference_replays,
    "ingestion": ingestion_jobs,
    "training": model_versions,
    "import": imports,
    "export": model_exports,
    "training_piece": training_pieces,
}

SHORTEST_WAIT = 10  # seconds
LONGEST_WAIT = 300


def waiting(connection: Connection, now: datetime, limit: int, kinds: Collection[str]) -> list[Piece]:
    """Unfinished pieces of these kinds that nobody works on and that another message is due for: the oldest ones.

    The time between two messages grows with the age of the piece, from 10 seconds to 5 minutes, so that a worker
    which is away for a day does not come back to a queue of millions.
    """
    if not kinds:
        return []
    tables = ((kind, TABLES[kind]) for kind in kinds)
    oldest = (_waiting(kind, table, now).order_by(table.c.created_at).limit(limit) for kind, table in tables)
    waiting = union_all(*(query.subquery().select() for query in oldest)).subquery()
    rows = connection.execute(select(waiting).order_by(waiting.c.created_at).limit(limit))
    return [Piece(row.kind, row.id) for row in rows]


def begin_attempt(connection: Connection, piece: Piece) -> bool:
    """Count an attempt at a piece; False when the piece has ended or is gone."""
    table = TABLES[piece.kind]
    counted = update(table).where(_is(table, piece.id), _is_unfinished(table)).values(attempts=table.c.attempts + 1)
    return connection.execute(counted).rowcount > 0


def give_back_attempt(connection: Connection, piece: Piece) -> None:
    """Take back the count of an attempt that came back without an end, because of something else than the piece.

    The attempts of a replay are those of the window that it has in hand.
    """
    table = inference_executions if piece.kind == "replay" else TABLES[piece.kind]
    is_meant = table.c.replay_id == piece.id if piece.kind == "replay" else _is(table, piece.id)
    fewer = func.greatest(table.c.attempts - 1, 0)
    connection.execute(update(table).where(is_meant, _is_unfinished(table)).values(attempts=fewer))


def nudged(connection: Connection, pieces: Iterable[Piece], now: datetime) -> None:
    """Record that a message is sent for these pieces."""
    by_kind = defaultdict(list)
    for piece in pieces:
        by_kind[piece.kind].append(piece.id)
    for kind, ids in by_kind.items():
        connection.execute(update(TABLES[kind]).where(_are(TABLES[kind], ids)).values(nudged_at=now))


def _waiting(kind: str, table: Table, now: datetime) -> Select:
    query = select(literal(kind).label("kind"), _id_of(table).label("id"), table.c.created_at)
    age, waited = (_seconds(table.c.nudged_at - table.c.created_at), _seconds(literal(now) - table.c.nudged_at))
    wait = func.least(func.greatest(age / 2, SHORTEST_WAIT), LONGEST_WAIT)
    query = query.where(_is_unfinished(table), or_(table.c.nudged_at.is_(None), waited >= wait))
    query = query.where(~is_held(literal(kind), _id_of(table)))
    if table in (inference_executions, model_versions):  # there are years of ended ones: in the words of their index
        query = query.where(text(f"{table.name}.status = 'IN_PROGRESS'"))
    # A replay looks after its own executions.
    return query.where(table.c.replay_id.is_(None)) if table is inference_executions else query


def _is_unfinished(table: Table) -> ColumnElement[bool]:
    return table.c.status.in_(("PENDING", "IN_PROGRESS"))


def _seconds(interval: ColumnElement[timedelta]) -> ColumnElement[float]:
    return extract("epoch", interval)


def _id_of(table: Table) -> ColumnElement[str]:
    if table is model_versions:
        return table.c.model_id + "/" + cast(table.c.version, String)
    return cast(table.c.id, String)


def _is(table: Table, piece_id: str) -> ColumnElement[bool]:
    return _are(table, [piece_id])


def _are(table: Table, ids: Sequence[str]) -> ColumnElement[bool]:
    if table is model_versions:
        return tuple_(table.c.model_id, table.c.version).in_([version_of(id) for id in ids])
    return table.c.id.in_([int(id) for id in ids] if table is inference_executions else ids)
