"""The way to PostgreSQL."""

from sqlalchemy import Engine, create_engine, make_url, text

CONNECT_SECONDS = 5


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
        max_overflow=pool_size,
        pool_pre_ping=True,  # a restarted server costs nobody an error
        connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "lookout-engine"},
    )


def check_database(database: Engine) -> None:
    """Ask the server for one row; raises what SQLAlchemy raises when it does not answer."""
    with database.connect() as connection:
        connection.execute(text("SELECT 1"))
