"""A worker's slots: work that takes long lets go of its slot and goes on beside it, so that others are not delayed.

A thread cannot be ended from outside. What can be done is not to wait for it: a few pieces per process may be under
way beside the slots; `time_limits` says when they have failed.
"""

from collections.abc import Callable
from concurrent.futures import Future, wait
from contextvars import copy_context
from functools import partial
from threading import BoundedSemaphore, Thread

import structlog

SLOT_SECONDS = 10.0
BESIDE_AT_MOST = 8  # pieces of a process; then slots wait for what they have in hand

log = structlog.get_logger(__name__)

BESIDE = BoundedSemaphore(BESIDE_AT_MOST)  # of this process


def in_slot(work: Callable[[], None], seconds: float, beside: BoundedSemaphore = BESIDE) -> None:
    """Do the work and come back when it is done, or after so many seconds while it goes on.

    Args:
        beside: the places for work that goes on; while all are taken the slot waits for the end.

    Raises:
        Exception: whatever the work raises in that time.
    """
    done: Future[None] = Future()
    Thread(target=copy_context().run, args=(_do, work, done), name="work", daemon=True).start()
    if not wait([done], seconds).done and beside.acquire(blocking=False):
        log.warning("slot_released", seconds=seconds)
        done.add_done_callback(partial(_came_to_an_end, beside))
        return
    done.result()


def _do(work: Callable[[], None], done: "Future[None]") -> None:
    try:
        work()
        done.set_result(None)
    except BaseException as error:
        done.set_exception(error)


def _came_to_an_end(beside: BoundedSemaphore, done: "Future[None]") -> None:
    beside.release()
    if error := done.exception():
        log.error("work_failed", exc_info=error)
