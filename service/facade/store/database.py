"""Connections to PostgreSQL: a transaction, or a claim on one piece of work."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from service.facade.counts import connection_returned, connection_taken
from service.facade.problems import DatabaseUnavailable
from service.postgres_connections import bound

_LOCK = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
_UNLOCK = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")
_UNLOCK_ALL = text("SELECT pg_advisory_unlock_all()")
_CONNECT = {"connect_timeout": 3, "application_name": "lookout-facade"}
_SILENCE_SECONDS = 10.0  # of a server in the middle of a transaction


@dataclass(frozen=True)
class Claims:
    """Claims of one kind that one thread takes and gives back as it goes, all over one connection. They are locks like
    that of `Database.claim`, and go with the process, too."""

    connection: Connection
    kind: str

    def take(self, key: str) -> bool:
        """Whether nobody else may work on this until it is given back; asked once for each giving back."""
        with _faults():
            return bool(self.connection.scalar(_LOCK, {"name": f"{self.kind}:{key}"}))

    def give_back(self, key: str) -> None:
        with _faults():
            self.connection.execute(_UNLOCK, {"name": f"{self.kind}:{key}"})


@dataclass(frozen=True)
class Database:
    """`engine` serves transactions; `claims` opens a connection of its own for each claim."""

    engine: Engine
    claims: Engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction: committed when the block ends, rolled back when it raises.

        Raises:
            DatabaseUnavailable: when PostgreSQL cannot be reached, has no connection left, or fails itself.
        """
        with _faults(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def claim(self, kind: str, key: str) -> Iterator[bool]:
        """Whether this block alone may work on a piece of work; False when another process is at it.

        The lock belongs to the connection, so PostgreSQL lets go of it the moment the process dies.
        """
        name = {"name": f"{kind}:{key}"}
        with _faults():
            connection = self.claims.connect()
        with connection:
            with _faults():
                mine = bool(connection.scalar(_LOCK, name))
            try:
                yield mine
            finally:
                if mine:  # said aloud, because the server notices a closed connection only a little later
                    with suppress(OperationalError):
                        connection.execute(_UNLOCK, name)

    @contextmanager
    def claiming(self, kind: str) -> Iterator[Claims]:
        """Claims by the same locks as `claim`, for work of which there is much at a time."""
        with _faults():
            connection = self.claims.connect()
        with connection:
            try:
                yield Claims(connection, kind)
            finally:
                with suppress(OperationalError):
                    connection.execute(_UNLOCK_ALL)

    def ping(self) -> None:
        """Ask for one row.

        Raises:
            DatabaseUnavailable: when there is no answer.
        """
        with self.begin() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        self.engine.dispose()
        self.claims.dispose()


@contextmanager
def _faults() -> Iterator[None]:
    """Turn what SQLAlchemy raises while PostgreSQL is away, or fails itself, into our problem."""
    try:
        yield
    except (OperationalError, InterfaceError, InternalError, PoolExhausted) as error:
        if isinstance(error, InternalError) and not (error.orig.sqlstate or "").startswith("XX"):
            raise  # a transaction that we went on with after it had failed, say
        raise DatabaseUnavailable("PostgreSQL cannot be reached.") from error


def connect(url: str, connections: int, patience: float = 5.0) -> Database:
    """A pool of up to `connections` for transactions; nothing is opened before the first use. Where all are in use, a
    transaction waits `patience` seconds for one."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    shared = {"connect_args": _CONNECT, "hide_parameters": True}  # which may be secrets, and errors are logged
    engine = create_engine(
        address, pool_size=connections, max_overflow=0, pool_timeout=patience, pool_pre_ping=True, **shared
    )
    claims = create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT", **shared)
    bound(engine, claims, silence=_SILENCE_SECONDS)
    _count("transactions", engine)
    _count("claims", claims)
    return Database(engine, claims)


def _count(pool: str, engine: Engine) -> None:
    """Have the connections in use counted."""
    event.listen(engine, "checkout", lambda *_: connection_taken(pool))
    event.listen(engine, "checkin", lambda *_: connection_returned(pool))
