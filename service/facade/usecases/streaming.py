"""The feed as it comes: what was recorded after a place, and then what is recorded while somebody listens.

Nothing is held while waiting but a thread. While the database is away the listener waits; nothing is lost, since the
place stays where it was.
"""

import time
from collections.abc import Iterator

import structlog

from service.facade.problems import DatabaseUnavailable, TooManyStreams
from service.facade.resources import Resources
from service.facade.store import notifications
from service.facade.usecases.feed import FeedFilter, FeedPage, place_of, read_on, refuse_forgotten, sequence_of
from service.stopping import stopping

_LONGEST_SECONDS = 600.0  # then listeners come again, and show again who they are
_AT_ONCE = 100
_LOOK_AGAIN_SECONDS = 1.0  # while the database is away
log = structlog.get_logger(__name__)


def take_stream(resources: Resources, team: str) -> None:
    """Take one of the places for streams; give it back with `resources.streams.give_back(team)`.

    Raises:
        TooManyStreams
    """
    if not resources.streams.take(team):
        most = resources.settings.max_streams
        raise TooManyStreams(f"{most} streams may be listened to at this process, some of them by other teams only.")


def first_place(resources: Resources, team: str, last_seen: str | None) -> str:
    """Where a stream begins: where the listener was, or now.

    Raises:
        BadCursor: that is no place of this team's feed.
        PlaceForgotten: what came after it is not kept any more.
    """
    with resources.database.begin() as db:
        if last_seen is None:
            return place_of(team, notifications.last_sequence(db))
        refuse_forgotten(db, team, sequence_of(team, last_seen))
    return last_seen


def listen(resources: Resources, team: str, wanted: FeedFilter, place: str) -> Iterator[FeedPage]:
    """Pages of notifications as they come, each with the place behind it, until the process is told to end or it is
    time to come again. A page without any is a sign of life, every `stream_heartbeat_seconds`."""
    heartbeat = resources.settings.stream_heartbeat_seconds
    began = said = time.monotonic()
    with resources.announcements.heard():
        while not stopping.is_set() and time.monotonic() - began < _LONGEST_SECONDS:
            number = resources.announcements.number
            page = _look(resources, team, wanted, place)
            place = page.place
            if page.items or time.monotonic() - said >= heartbeat:
                yield page
                said = time.monotonic()
            if not page.more:
                resources.announcements.wait(number, max(0.0, said + heartbeat - time.monotonic()))


def _look(resources: Resources, team: str, wanted: FeedFilter, place: str) -> FeedPage:
    """What there is after a place. While the database is away that is not known, and there may be more."""
    try:
        return read_on(resources, team, wanted, _AT_ONCE, place)
    except DatabaseUnavailable as problem:
        log.warning("stream_waits", detail=problem.detail)
        stopping.wait(_LOOK_AGAIN_SECONDS)
        return FeedPage([], place, more=True)
