"""Advisory locks: who works on a piece right now.

PostgreSQL itself lets go of a session lock the moment the holder's connection ends, so a piece whose worker was
killed is free at once, without a lease to run out.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, select


@contextmanager
def working_on(database: Engine, kind: str, piece_id: object) -> Iterator[bool]:
    """Hold the lock of one piece of work on a connection of its own, for as long as the block runs.

    Args:
        kind: what the piece is, for instance ``execution``.
        piece_id: the piece's primary key.

    Yields:
        True when the piece is ours, False when somebody else works on it.
    """
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = _key(kind, piece_id)
        taken = connection.execute(select(func.pg_try_advisory_lock(key))).scalar_one()
        try:
            yield taken
        finally:
            if taken:
                connection.execute(select(func.pg_advisory_unlock(key)))


def is_worked_on(connection: Connection, kind: str, piece_id: object) -> bool:
    """Whether anybody holds the lock of that piece at this moment."""
    free = connection.execute(select(func.pg_try_advisory_xact_lock_shared(_key(kind, piece_id)))).scalar_one()
    return not free


def wait_for_turn(connection: Connection, name: str) -> None:
    """Wait until no other transaction is in the passage of that name; ours leaves it with its end."""
    connection.execute(select(func.pg_advisory_xact_lock(_key("turn", name))))


def _key(kind: str, piece_id: object):
    return func.hashtextextended(f"{kind}:{piece_id}", 0)
