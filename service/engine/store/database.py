"""The way to PostgreSQL."""

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

__all__ = ["Connection", "Engine", "is_reachable", "open_database"]

CONNECT_SECONDS = 5
SPARE_CONNECTIONS = 4


def open_database(url: str, *, pool_size: int = 16) -> Engine:
    """A pool of connections; nothing is connected yet.

    Use it as ``with database.begin() as connection:``, which commits at the end and rolls back on an exception.

    Args:
        url: ``postgresql://…``, with or without a driver in it.
        pool_size: connections kept; make it the number of threads that share the pool.
    """
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=SPARE_CONNECTIONS,
        pool_pre_ping=True,  # a restarted server costs nobody an error
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "lookout-engine"},
    )


def is_reachable(database: Engine) -> bool:
    """Whether the server answers a query."""
    try:
        with database.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
