"""The way to PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from service.postgres_connections import bound

__all__ = [
    "Busy", "Connection", "DatabaseAway", "Engine", "SQLAlchemyError", "brief_transaction", "is_reachable",
    "open_database",
]  # fmt: skip

DatabaseAway = (OperationalError, InterfaceError, NoConnectionFree)  # what is raised while the server is away
CONNECT_SECONDS = 3
SILENCE_SECONDS = 30.0  # of a server in the middle of a transaction
LOCK_SECONDS = 5
SPARE_CONNECTIONS = 4


def open_database(url: str, *, pool_size: int = 16) -> Engine:
    """A pool of connections; nothing is connected yet.

    Use it as ``with database.begin() as connection:``, which commits at the end and rolls back on an exception.

    Args:
        url: ``postgresql://…``, with or without a driver in it.
        pool_size: connections kept; make it the number of threads that share the pool.
    """
    database = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=SPARE_CONNECTIONS,
        pool_pre_ping=True,  # a restarted server costs nobody an error
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "lookout-engine",
            "options": "-c timezone=UTC",  # instants come back in UTC, whatever the server's own zone
        },
    )
    bound(database, silence=SILENCE_SECONDS)
    return database


class Busy(Exception):
    """Others hold the rows or connections that a transaction needs. It may well work a little later."""


@contextmanager
def brief_transaction(database: Engine) -> Iterator[Connection]:
    """A transaction for somebody who waits for its end: it waits a few seconds for rows that others hold, no longer.

    Raises:
        Busy: the wait was in vain; nothing is written.
    """
    try:
        with database.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = {1000 * LOCK_SECONDS:.0f}"))
            yield connection
    except NoConnectionFree as error:
        raise Busy from error
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable | DeadlockDetected):
            raise Busy from error
        raise


def is_reachable(database: Engine) -> bool:
    """Whether the server answers a query."""
    try:
        with database.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
