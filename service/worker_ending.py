"""How a Celery worker ends: it takes nothing new, finishes what it has in hand, and returns what takes longer.

Celery waits for tasks as long as they take. Here they are told (`stopping`), so that long ones stop at the next good
place, and after a bound the process ends: its claims go with its connections, and a sweep sends the work to others.
"""

import os
import time
from threading import Thread
from typing import Any

import structlog
from celery import signals
from celery.worker import state

from service import tracing
from service.settings import Settings
from service.stopping import stopping

log = structlog.get_logger(__name__)


def end_in_time(settings: Settings) -> None:
    """From now on the process, a worker's own, ends within `LOOKOUT_STOP_SECONDS` of being told to."""

    def begin(**_: Any) -> None:  # inside the handler of a Unix signal, which must not wait
        Thread(target=_end, args=(settings.stop_seconds,), name="ending", daemon=True).start()

    signals.worker_shutting_down.connect(begin, weak=False)


def _end(seconds: float) -> None:
    stopping.set()
    log.info("worker_ending", seconds=seconds, tasks=_in_hand())
    time.sleep(seconds)
    log.warning("work_returned", tasks=_in_hand())
    tracing.finish()
    os._exit(0)


def _in_hand() -> list[str]:
    return sorted(request.name for request in state.active_requests)
