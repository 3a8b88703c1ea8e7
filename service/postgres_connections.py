"""Connections to PostgreSQL that never hang: whoever waits for a frozen server is told so within seconds.

A frozen server (a stopped process, a host behind a cut line) keeps its sockets open and says nothing. A
`statement_timeout` does not help, since the server keeps it, nor do TCP's timeouts on a unix socket: the client itself
has to stop waiting. While the server is away, one caller at a time tries to reach it, and the others are told at once.
"""

from collections.abc import Generator
from threading import Lock
from time import monotonic
from typing import Any

from psycopg import Connection, OperationalError
from sqlalchemy import Engine, event

PROBE_SECONDS = 3.0  # outside of a transaction: pings and advisory locks, which take no time by themselves
_LOOK_UP_SECONDS = 0.1  # how often a wait looks at the clock


class BoundedConnection(Connection):
    """Gives up a server that says nothing for `silence` seconds, and is closed then."""

    silence = PROBE_SECONDS

    def wait(self, gen: Any, interval: float = _LOOK_UP_SECONDS, timeout: float | None = None) -> Any:
        seconds = PROBE_SECONDS if self.autocommit else self.silence
        return super().wait(self._unless_silent(gen, seconds), min(interval, _LOOK_UP_SECONDS), timeout)

    def _unless_silent(self, gen: Generator, seconds: float) -> Generator:
        """The same steps, ended by an error when the server has said nothing for so long."""
        heard = monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                heard = monotonic() if ready else heard
                if monotonic() - heard > seconds:
                    self.close()
                    raise OperationalError(f"no word from the server for {seconds:g} seconds")
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value


class Doorway:
    """The way in. After a failure one caller at a time tries it, until one gets through."""

    def __init__(self, silence: float) -> None:
        self._silence, self._shut, self._trying = silence, False, Lock()

    def connect(self, dialect: Any, record: Any, arguments: list[Any], options: dict[str, Any]) -> BoundedConnection:
        """What SQLAlchemy calls for a new connection.

        Raises:
            OperationalError: the server is away, or was a moment ago.
        """
        if not self._shut:
            return self._open(arguments, options)
        if not self._trying.acquire(blocking=False):
            raise OperationalError("the server did not answer a moment ago, and is being tried")
        try:
            return self._open(arguments, options)
        finally:
            self._trying.release()

    def _open(self, arguments: list[Any], options: dict[str, Any]) -> BoundedConnection:
        try:
            connection = BoundedConnection.connect(*arguments, **options)
        except OperationalError:
            self._shut = True
            raise
        self._shut = False
        connection.silence = self._silence
        return connection


def bound(*engines: Engine, silence: float) -> None:
    """Have these engines give up a server that says nothing for `silence` seconds inside a transaction."""
    doorway = Doorway(silence)
    for engine in engines:
        event.listen(engine, "do_connect", doorway.connect)
