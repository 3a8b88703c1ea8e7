"""The tick: schedulers change their state, due windows become executions, forgotten work is sent again.

Several ticks may run on several hosts and share the work. A scheduler is taken by one of them at a time, and the
unique window of an execution is the last word.
"""

from collections.abc import Callable
from datetime import datetime
from math import inf
from threading import Event
from time import monotonic

import structlog

from service.engine.counts import count_round
from service.engine.nudges import TASKS, nudge
from service.engine.resources import INFERENCE, TRAINING, Resources
from service.engine.store import client_tokens, unfinished
from service.engine.store.unfinished import Piece
from service.engine.work.retraining.due_retrainings import advance_retrainings
from service.engine.work.waking import wake_due

INTERVAL_SECONDS = 0.5
SELDOM_SECONDS = 2.0  # between two looks for what is seldom there: retrainings that are due, forgotten work
PAUSE_SECONDS = 1.0  # after a round that failed
TIDY_SECONDS = 3600.0
SENT_AGAIN_AT_ONCE = 200  # pieces
LONG_QUEUE = 200  # messages

log = structlog.get_logger(__name__)


def run_tick_loop(resources: Resources, stop_event: Event) -> None:
    """Tick until the event is set. What goes wrong in one round is logged, and the next round comes."""
    log.info("tick_started")
    looked = tidied = -inf
    while not stop_event.is_set():
        try:
            began = monotonic()
            whole = began - looked >= SELDOM_SECONDS
            _round(resources, tick if whole else wake)
            looked = began if whole else looked
            if began - tidied >= TIDY_SECONDS:
                _tidy(resources)
                tidied = began
        except Exception:
            log.exception("tick_failed")
            stop_event.wait(PAUSE_SECONDS)
        stop_event.wait(INTERVAL_SECONDS)
    log.info("tick_stopped")


def _round(resources: Resources, step: Callable[[Resources, datetime], None]) -> None:
    began, outcome = monotonic(), "failed"
    try:
        step(resources, resources.clock())
        outcome = "succeeded"
    finally:
        count_round(outcome, monotonic() - began)


def tick(resources: Resources, now: datetime) -> None:
    """A whole round at the instant `now`: schedulers whose time has come, retrainings, then the sweep."""
    wake(resources, now)
    nudge(resources.queue, advance_retrainings(resources, now))
    nudge(resources.queue, sweep(resources, now))


def wake(resources: Resources, now: datetime) -> None:
    """What no round leaves out: the schedulers whose time has come, batch by batch."""
    while True:
        woken, pieces = wake_due(resources, now)
        nudge(resources.queue, pieces)
        if not woken:
            break


def sweep(resources: Resources, now: datetime) -> list[Piece]:
    """Unfinished work that nobody works on and that another message is due for; marked as nudged now.

    However much there is, one round sends a bounded part of it, so that no due window waits for the sweep. Nothing is
    sent to a queue that is long as it is: its messages are not lost, and whoever takes one does what is most urgent.

    This is what brings back the work of a worker that was killed, and messages that a broker lost.
    """
    short = {queue for queue in (INFERENCE, TRAINING) if resources.queue.waiting(queue) < LONG_QUEUE}
    kinds = [kind for kind, (queue, _) in TASKS.items() if queue in short]
    with resources.database.begin() as connection:
        pieces = unfinished.waiting(connection, now, SENT_AGAIN_AT_ONCE, kinds)
        unfinished.nudged(connection, pieces, now)
    if pieces:
        log.info("work_sent_again", count=len(pieces), pieces=[f"{piece.kind}:{piece.id}" for piece in pieces[:10]])
    return pieces


def _tidy(resources: Resources) -> None:
    """Forget what nobody asks for any more. What takes time is left to a worker: nothing may hold up the tick."""
    with resources.database.begin() as connection:
        forgotten = client_tokens.forget_old(connection)
    log.info("tokens_forgotten", count=forgotten)
    resources.queue.send(TRAINING, "remove_leftovers", "")
    resources.queue.send(TRAINING, "remove_old_executions", "")
