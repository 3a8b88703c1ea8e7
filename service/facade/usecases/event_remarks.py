"""Acknowledging an event and giving feedback on it, and taking that back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from service.facade.domain.events import Event, Kind, Remark
from service.facade.problems import EventNotFound
from service.facade.resources import Resources
from service.facade.store import event_remarks
from service.facade.usecases.collected import find_known
from service.facade.usecases.events import event_moment, find_event

Check = Callable[[Event], None]


def put_remark(
    resources: Resources,
    team: str,
    name: str,
    event_id: str,
    max_gap: timedelta | None,
    most: int,
    said: dict[str, Any],
    check: Check,
) -> Event:
    """Say something of an event, instead of what was said before, after `check` has seen the event as it is now.

    Args:
        said: members of a `Remark` without times.

    Raises:
        SchedulerNotFound, EventNotFound
    """
    moment, scheduler_id = event_moment(event_id), _known(resources, team, name, event_id)
    with resources.database.begin() as db:
        event_remarks.lock(db, scheduler_id)
        event = find_event(db, scheduler_id, moment, event_id, max_gap, most)
        check(event)
        remark = Remark(start_time=event.start_time, end_time=event.end_time, at=resources.clock(), **said)
        event_remarks.put(db, scheduler_id, remark)
        return find_event(db, scheduler_id, moment, event_id, max_gap, most)


def remove_remark(
    resources: Resources,
    team: str,
    name: str,
    event_id: str,
    max_gap: timedelta | None,
    most: int,
    kind: Kind,
    check: Check,
) -> None:
    """Take back what was said of an event, after `check` has seen it; nothing happens when nothing was said.

    Raises:
        SchedulerNotFound, EventNotFound
    """
    moment, scheduler_id = event_moment(event_id), _known(resources, team, name, event_id)
    with resources.database.begin() as db:
        event_remarks.lock(db, scheduler_id)
        event = find_event(db, scheduler_id, moment, event_id, max_gap, most)
        check(event)
        event_remarks.remove(db, scheduler_id, kind, event.start_time, event.end_time)


def _known(resources: Resources, team: str, name: str, event_id: str) -> int:
    if followed := find_known(resources, team, name):
        return followed.id
    raise EventNotFound(f"There is no event {event_id}: no predictions of {name} were collected yet.")
