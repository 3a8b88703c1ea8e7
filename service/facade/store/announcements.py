"""PostgreSQL's word that there are new notifications, for everybody in this process who waits for some."""

from collections.abc import Iterator
from contextlib import contextmanager
from select import select
from threading import Condition, Thread

import structlog
from sqlalchemy import text

from service.facade.store.database import Database
from service.facade.store.notifications import CHANNEL
from service.stopping import stopping

_PAUSE_SECONDS = 1.0  # between two looks while nobody tells, and until a listener sees that it is no longer wanted
log = structlog.get_logger(__name__)


class Announcements:
    """One thread listens for all, on a connection of its own, while anybody wants to hear. When that is lost, those who
    wait are woken every second, to look for themselves."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed = Condition()
        self._listeners = self._number = 0
        self._thread: Thread | None = None

    @contextmanager
    def heard(self) -> Iterator[None]:
        """While this block is entered somebody listens."""
        with self._changed:
            self._listeners += 1
            if self._thread is None:
                self._thread = Thread(target=self._run, name="announcements", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._listeners -= 1

    @property
    def number(self) -> int:
        """Take it before looking for notifications, and wait with it: what comes in between is not missed."""
        return self._number

    def wait(self, number: int, seconds: float) -> None:
        """Until there may be something new since `number` was taken, for so long at most."""
        with self._changed:
            self._changed.wait_for(lambda: self._number != number, seconds)

    def wake(self) -> None:
        with self._changed:
            self._number += 1
            self._changed.notify_all()

    def _run(self) -> None:
        while self._wanted():
            try:
                self._listen()
                return  # it came to its end, and there may be another thread by now
            except Exception as error:  # whatever it was: those who wait look for themselves until it is over
                log.warning("announcements_not_heard", cause=repr(error))
                stopping.wait(_PAUSE_SECONDS)
                self.wake()

    def _listen(self) -> None:
        with self._database.claims.connect() as connection:
            connection.execute(text(f"LISTEN {CHANNEL}"))
            self.wake()  # what was told before that
            line = connection.connection.driver_connection
            while self._wanted():
                if select([line.fileno()], [], [], _PAUSE_SECONDS)[0] and list(line.notifies(timeout=0)):
                    self.wake()

    def _wanted(self) -> bool:
        """Whether anybody listens still; if not, the next one begins another thread."""
        if stopping.is_set():
            self.wake()
        with self._changed:
            wanted = self._listeners > 0 and not stopping.is_set()
            if not wanted:
                self._thread = None
            return wanted
