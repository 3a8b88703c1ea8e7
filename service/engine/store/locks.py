"""Advisory locks: who works on a piece right now.

PostgreSQL itself lets go of a session lock the moment the holder's connection ends, so a piece whose worker was
killed is free at once, without a lease to run out.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, func, literal, select, text


@contextmanager
def lock_connection(database: Engine) -> Iterator[Connection]:
    """A connection to hold locks on for as long as the block runs; what is executed on it is committed at once."""
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@contextmanager
def holding(connection: Connection, kind: str, piece_id: object) -> Iterator[bool]:
    """Hold the lock of one piece of work on a connection from `lock_connection`.

    Args:
        kind: what the piece is, for instance ``execution``.
        piece_id: the piece's primary key.

    Yields:
        True when the piece is ours, False when somebody else works on it.
    """
    key = _key(kind, piece_id)
    taken = connection.execute(select(func.pg_try_advisory_lock(key))).scalar_one()
    try:
        yield taken
    finally:
        if taken:
            connection.execute(select(func.pg_advisory_unlock(key)))


@contextmanager
def working_on(database: Engine, kind: str, piece_id: object) -> Iterator[bool]:
    """Hold the lock of one piece of work on a connection of its own; yields as `holding` does."""
    with lock_connection(database) as connection, holding(connection, kind, piece_id) as taken:
        yield taken


def is_held(kind: ColumnElement[str], piece_id: ColumnElement[str]) -> ColumnElement[bool]:
    """SQL for: somebody holds the lock of that piece.

    It looks at the locks that are held and takes none itself. To try a lock would turn away a worker that comes just
    then, and the locks of thousands of pieces would not fit into the server's memory for locks.
    """
    return _key_of(kind, piece_id).in_(select(_HELD.c.key))


def wait_for_turn(connection: Connection, name: str) -> None:
    """Wait until no other transaction is in the passage of that name; ours leaves it with its end."""
    connection.execute(select(func.pg_advisory_xact_lock(_key("turn", name))))


def _key(kind: str, piece_id: object) -> ColumnElement[int]:
    return _key_of(literal(kind), literal(str(piece_id)))


def _key_of(kind: ColumnElement[str], piece_id: ColumnElement[str]) -> ColumnElement[int]:
    return func.hashtextextended(kind + ":" + piece_id, 0)


# The server shows a key of 64 bits as two halves; objsubid 1 tells such keys from pairs of 32 bits.
_HELD = (
    text(
        "SELECT (classid::bigint << 32) | objid::bigint AS key FROM pg_locks WHERE locktype = 'advisory' AND granted "
        "AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    .columns(key=BigInteger)
    .subquery("held")
)
