"""Events of a scheduler, out of our own store, with what people said of them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from service.facade.domain.durations import format_duration
from service.facade.domain.events import Event, EventFilter, Remark, default_gap, largest, parse_event_id
from service.facade.domain.pages import decode_cursor, leads_nowhere
from service.facade.problems import EventNotFound
from service.facade.resources import Resources
from service.facade.store import event_remarks, events
from service.facade.usecases.collected import find_collected
from service.facade.usecases.time_ranges import check_asked_range

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class EventPage:
    """Events, the newest first. `max_gap` is the one that they were merged with; `next_position` is None on the last
    page; `warning` says why the newest may be missing."""

    items: list[Event]
    max_gap: timedelta
    next_position: Any = None
    warning: str | None = None


def list_events(
    resources: Resources, team: str, name: str, wanted: EventFilter, limit: int, cursor: str | None, most: int
) -> EventPage:
    """A page of events with their `most` largest mean contributions. A cursor carries the gap along, so that a default
    that changes meanwhile does not cut the following pages otherwise.

    Raises:
        SchedulerNotFound, InvalidRequest, BadCursor
    """
    check_asked_range(wanted.start_time, wanted.end_time)
    before, gap = _position(cursor, name, wanted)
    followed, warning = find_collected(resources, team, name, wanted.end_time)
    with resources.database.begin() as db:
        gap = gap or wanted.max_gap or default_gap(events.usual_pause(db, followed.id))
        found = events.newest_first(db, followed.id, wanted, gap, limit + 1, before)
        items = _whole(db, followed.id, found[:limit], most)
    position = [items[-1].start_time.isoformat(), gap.total_seconds()] if len(found) > limit else None
    return EventPage(items, gap, position, warning)


def show_event(
    resources: Resources, team: str, name: str, event_id: str, max_gap: timedelta | None, most: int
) -> Event:
    """The event that covers the moment that `event_id` names, or that begins within a gap after it: events keep their
    ids' meaning when they grow backward, or begin a little later after they were scored again.

    Raises:
        SchedulerNotFound, EventNotFound
    """
    moment = event_moment(event_id)
    followed, _ = find_collected(resources, team, name, moment)
    with resources.database.begin() as db:
        return find_event(db, followed.id, moment, event_id, max_gap, most)


def event_query(name: str, wanted: EventFilter) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    plain = {
        key: value if isinstance(value, bool | float | None) else str(value) for key, value in vars(wanted).items()
    }
    return {"list": "events", "name": name, **plain}


def find_event(
    db: Any, scheduler_id: int, moment: datetime, event_id: str, max_gap: timedelta | None, most: int
) -> Event:
    """The same within a transaction, by the moment of its id.

    Raises:
        EventNotFound
    """
    gap = max_gap or default_gap(events.usual_pause(db, scheduler_id))
    around = EventFilter(start_time=moment - _TICK, end_time=moment + gap)
    found = events.newest_first(db, scheduler_id, around, gap, 1)
    if not found:
        raise EventNotFound(f"No event covers {event_id} or begins within {format_duration(gap)} after it.")
    return _whole(db, scheduler_id, found, most)[0]


def _whole(db: Any, scheduler_id: int, found: list[Event], most: int) -> list[Event]:
    """With contributions and remarks: one query for each, however many events there are."""
    if not found:
        return []
    shares = events.mean_shares(db, scheduler_id, found) if most else {}
    last = max(event.end_time for event in found)
    remarks = event_remarks.overlapping(db, scheduler_id, found[-1].start_time, last)
    return [_with(event, shares.get(event.start_time, {}), remarks, most) for event in found]


def _with(event: Event, shares: dict[str, float], remarks: list[Remark], most: int) -> Event:
    mine = [one for one in remarks if one.start_time <= event.end_time and one.end_time >= event.start_time]
    newest = {remark.kind: remark for remark in mine}  # they come in the order they were made in
    return replace(event, contributions=largest(shares, most), **newest)


def event_moment(event_id: str) -> datetime:
    """
    Raises:
        EventNotFound: it cannot be an id of an event.
    """
    try:
        return parse_event_id(event_id)
    except ValueError as error:
        raise EventNotFound(f"{event_id!r} is no id of an event; one looks like 20260301T120500Z.") from error


def _position(cursor: str | None, name: str, wanted: EventFilter) -> tuple[datetime | None, timedelta | None]:
    if not cursor:
        return None, None
    position = decode_cursor(cursor, event_query(name, wanted))
    try:
        before, gap = position
        return datetime.fromisoformat(before), timedelta(seconds=gap)
    except (TypeError, ValueError, OverflowError) as error:
        raise leads_nowhere() from error
