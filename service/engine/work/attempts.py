"""Attempts at a piece of work, so that one that kills its worker every time does not go round for ever.

An attempt is counted in the piece's row when it begins. One that ends the piece needs no more counting, and one that
comes back because S3 or the database was away is given back; what is left in the count are attempts whose worker was
killed.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import TypeVar

import structlog

from service.engine.objects import ObjectsRefused
from service.engine.resources import Resources
from service.engine.store import execution_runs, unfinished
from service.engine.store.executions import Execution
from service.engine.store.locks import holding, lock_connection, working_on
from service.engine.store.unfinished import Piece
from service.engine.work.problems import InputProblem, NeighbourAway, as_reason, engine_failed

KILLED_AT_MOST = 3  # times

Made = TypeVar("Made")  # what a piece comes to

log = structlog.get_logger(__name__)

_IN_HAND: set[Piece] = set()  # of all threads of this process


@contextmanager
def in_hand(resources: Resources, piece: Piece) -> Iterator[bool]:
    """Hold a piece for as long as the block runs; False when somebody else works on it."""
    with working_on(resources.database, piece.kind, piece.id) as ours, _noted(piece) if ours else nullcontext():
        yield ours


@contextmanager
def window_in_hand(resources: Resources, execution_id: int) -> Iterator[Execution | None]:
    """Hold a scheduled run for as long as the block runs, its attempt counted; None when there is none to do.

    It is the newest one that waits of the same scheduler, else the one that is asked for: workers that have fallen
    behind look at the present first, and every message still stands for one window.
    """
    with lock_connection(resources.database) as connection, ExitStack() as stack:
        newest = execution_runs.newest_of_its_scheduler(connection, execution_id)
        for id in dict.fromkeys((newest or execution_id, execution_id)):
            ours = stack.enter_context(holding(connection, "execution", id))
            if execution := execution_runs.begin(connection, id, resources.clock()) if ours else None:
                stack.enter_context(_noted(Piece("execution", str(id))))
                yield execution
                return
        yield None


@contextmanager
def _noted(piece: Piece) -> Iterator[None]:
    _IN_HAND.add(piece)
    try:
        yield
    finally:
        _IN_HAND.discard(piece)


def give_back(resources: Resources, piece: Piece) -> None:
    """Do not count the attempt that is under way."""
    with resources.database.begin() as connection:
        unfinished.give_back_attempt(connection, piece)


def give_back_all(resources: Resources) -> None:
    """Do not count what this process has in hand: it was told to end, and that is no fault of the pieces."""
    for piece in list(_IN_HAND):
        log.info("attempt_given_back", piece=f"{piece.kind}:{piece.id}")
        give_back(resources, piece)


def attempt(
    resources: Resources,
    piece: Piece,
    attempts: int,
    doing: str,
    act: Callable[[], Made],
    fail: Callable[[str], None],
) -> Made | None:
    """Do a piece that is in hand, and see to whatever goes wrong.

    With S3 or the database away nothing is decided: the attempt is given back, and the sweep sends the piece again.

    Args:
        attempts, doing: as `check_attempts` takes them.
        act: does the piece, all but writing down how it ended.
        fail: writes down that it failed, with the FailedReason.

    Returns:
        What `act` has made; None when it came to no end, or to a bad one.
    """
    try:
        check_attempts(attempts, doing)
        return act()
    except (InputProblem, ObjectsRefused) as error:
        fail(as_reason(error))
    except NeighbourAway as error:
        log.warning(f"{piece.kind}_interrupted", id=piece.id, error=str(error))
        give_back(resources, piece)
    except Exception as error:
        log.exception(f"{piece.kind}_broke", id=piece.id)
        fail(engine_failed(error))
    return None


def check_attempts(attempts: int, doing: str) -> None:
    """Refuse a piece that has killed its worker too often.

    Args:
        attempts: the count of the piece, with the attempt that begins now.
        doing: what the worker was about, to go on the words "while it".

    Raises:
        InputProblem: saying how often, and what to try.
    """
    killed = attempts - 1
    if killed >= KILLED_AT_MOST:
        raise InputProblem(
            f"Its worker was killed {killed} times while it {doing}; the data may be too large for this machine's "
            "memory. Take less data at a time, or give the worker more memory."
        )
