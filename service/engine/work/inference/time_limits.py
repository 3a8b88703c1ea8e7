"""How long one window may take: whoever is beyond it is given up from outside, and writes nothing afterwards.

A watcher looks at what this process has in hand once a second. A thread that never comes back, which no slow S3
explains (its waits are bounded), costs the process a place beside its slots: the process is replaced then.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Condition, Lock, Thread
from time import monotonic, sleep

import structlog

LOOK_SECONDS = 1.0

log = structlog.get_logger(__name__)


class TimeIsUp(Exception):
    """The window was given up while this was at work on it."""


@dataclass(eq=False)
class Limited:
    """One window in hand. `group` says whose it is; `give_up` ends it when its seconds are over.

    has_result: its result is written; what its seconds bound is what comes beside that.
    """

    group: str
    seconds: float
    give_up: Callable[[], None]
    began: float = field(default_factory=monotonic)
    state: str = "working"  # then writing, or given up
    has_result: bool = False

    @property
    def age(self) -> float:
        return monotonic() - self.began


class TimeLimits:
    """What one process has in hand. Safe to share between threads."""

    def __init__(self) -> None:
        self.when_lost: Callable[[int], None] = lambda _: None
        """Called when so many threads have not come back long after they were given up."""
        self._limited: set[Limited] = set()
        self._own: ContextVar[Limited | None] = ContextVar("own", default=None)  # of the thread that asks
        self._lock = Lock()
        self._some = Condition(self._lock)
        self._watcher: Thread | None = None

    def __len__(self) -> int:
        """How many windows are in hand."""
        return len(self._limited)

    @contextmanager
    def limit(self, limited: Limited) -> Iterator[None]:
        """Watch a window for as long as the block runs."""
        with self._some:
            self._limited.add(limited)
            self._some.notify()
            if self._watcher is None:
                self._watcher = Thread(target=self._watch, name="time-limits", daemon=True)
                self._watcher.start()
        before = self._own.set(limited)
        try:
            yield
        finally:
            self._own.reset(before)
            with self._lock:
                self._limited.discard(limited)

    def is_slow(self, group: str, seconds: float, *, has_result: bool = False) -> bool:
        """Whether a window of that group, other than this thread's, is in hand for longer than so many seconds, with or
        without its result."""
        own = self._own.get()
        with self._lock:
            others = [one for one in self._limited if one.group == group and one is not own]
            return any(one.has_result == has_result and one.age > seconds for one in others)

    def check_writing(self) -> None:
        """Say that the result of the window in this thread's hands is about to be written: it is not given up from
        here on. What is not limited, a window of a replay for instance, may always write.

        Raises:
            TimeIsUp: it was given up already.
        """
        limited = self._own.get()
        with self._lock:
            if limited and limited.state == "given up":
                raise TimeIsUp
            if limited:
                limited.state = "writing"

    def go_on_beside(self, give_up: Callable[[], None]) -> None:
        """Say that the result of the window in this thread's hands is written, and that something comes beside it: in
        what is left of the window's seconds, and `give_up` ends the window without it."""
        limited = self._own.get()
        with self._lock:
            if limited:
                limited.state, limited.has_result, limited.give_up = "working", True, give_up

    def _watch(self) -> None:
        while True:
            with self._some:
                self._some.wait_for(lambda: self._limited)
                in_hand = list(self._limited)
                over = [one for one in in_hand if one.state == "working" and one.age > one.seconds]
                for one in over:
                    one.state = "given up"
            lost = [one for one in in_hand if one.state == "given up" and one.age > 2 * one.seconds]
            for one in over:
                _give_up(one)
            if lost:
                self.when_lost(len(lost))
            sleep(min(LOOK_SECONDS, min(one.seconds for one in in_hand) / 4))


def _give_up(limited: Limited) -> None:
    try:
        limited.give_up()
    except Exception:  # the database is away: the next look tries again
        log.warning("window_not_given_up", exc_info=True)
        limited.state = "working"


TIME_LIMITS = TimeLimits()  # of this process
