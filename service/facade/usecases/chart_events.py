"""The events that a chart shows, with what contributed to them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.facade.domain.events import Event, EventFilter, default_gap
from service.facade.resources import Resources
from service.facade.store import events

_MOST_EVENTS = 500


@dataclass(frozen=True)
class ChartEvents:
    """Events of a range, the oldest first, with the mean shares in them, and the usual pause between rows."""

    events: tuple[Event, ...]
    left_out: bool
    in_events: dict[str, float]
    pause: timedelta | None


def find_chart_events(
    resources: Resources, scheduler_id: int, start: datetime, end: datetime, *, with_shares: bool
) -> ChartEvents:
    """What happened in a range; the events are whole. Where there are very many, those close to each other are one."""
    wanted = EventFilter(start_time=start, end_time=end)
    with resources.database.begin() as db:
        pause = events.usual_pause(db, scheduler_id)
        found = events.newest_first(db, scheduler_id, wanted, default_gap(pause), _MOST_EVENTS + 1)
        left_out = len(found) > _MOST_EVENTS
        if left_out:  # bands closer to each other than this cannot be told apart anyway
            found = events.newest_first(db, scheduler_id, wanted, (end - start) / _MOST_EVENTS, _MOST_EVENTS)
        shares = events.mean_shares(db, scheduler_id, found) if with_shares else {}
    return ChartEvents(tuple(reversed(found)), left_out, _over_all(found, shares), pause)


def _over_all(found: Sequence[Event], shares: dict[datetime, dict[str, float]]) -> dict[str, float]:
    """The mean share of each sensor over the points of all events that have shares."""
    known = [event for event in found if event.start_time in shares]
    totals: Counter[str] = Counter()
    for event in known:
        totals.update({sensor: share * event.points for sensor, share in shares[event.start_time].items()})
    points = sum(event.points for event in known)
    return {sensor: total / points for sensor, total in totals.items()}
