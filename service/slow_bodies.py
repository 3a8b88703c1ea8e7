"""Bodies that do not come: gunicorn waits for the rest of one for ever, and each keeps a thread."""

import time
from typing import Any

_PATIENCE_SECONDS = 10.0
_LEAST_PACE = 1024  # bytes a second, over all of the body; whoever sends slower sends nothing


class Arrival:
    """What came of a request's body, while its thread reads it. `unreader` is gunicorn's, which all requests of a
    connection share: `end` leaves it as it was."""

    def __init__(self, unreader: Any) -> None:
        self._unreader, self._more = unreader, unreader.chunk
        self._began, self._size, self._awaited = 0.0, 0, False
        unreader.chunk = self._chunk

    def is_late(self) -> bool:
        """Whether a thread waits for more, and has waited for too long. What a thread does meanwhile, such as handing
        on what came, is not the caller's fault, and is what a fast one makes up for."""
        return self._awaited and time.monotonic() - self._began > _PATIENCE_SECONDS + self._size / _LEAST_PACE

    def end(self) -> None:
        del self._unreader.chunk

    def _chunk(self, *arguments: Any) -> bytes:
        self._began = self._began or time.monotonic()
        self._awaited = True
        try:
            data: bytes = self._more(*arguments)
        finally:
            self._awaited = False
        self._size += len(data)
        return data
