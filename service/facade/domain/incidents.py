"""Incidents: anomalies of which others are told once that they began, and once that they ended. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.facade.domain.events import Event
from service.facade.domain.quietness import HISTORY, loudest

_SHAPE = ("start_time", "end_time", "points", "peak_score", "peak_time", "mean_score")


@dataclass(frozen=True, kw_only=True)
class Incident:
    """An event as it was seen last. `muted_by` says why it was not told aloud; `closed_at` is None while it is open."""

    id: str
    start_time: datetime
    end_time: datetime
    points: int
    peak_score: float | None
    peak_time: datetime | None
    mean_score: float | None
    muted_by: str | None
    closed_at: datetime | None = None

    def touches(self, event: Event) -> bool:
        return self.start_time <= event.end_time and event.start_time <= self.end_time

    def key(self, what: str) -> str:
        """What a notification is known by: what was muted may be told aloud later, once."""
        return f"anomaly:{self.id}:{what}" + (":muted" if self.muted_by else "")


@dataclass(frozen=True)
class Change:
    """An incident and its event as they are now, and whether others are to be told that it opened, or closed."""

    incident: Incident
    event: Event
    opens: bool = False
    closes: bool = False


def change_of(
    event: Event,
    news: Mapping[datetime, str | None],
    known: Sequence[Incident],
    now: datetime,
    new_id: Callable[[], str],
) -> list[Change]:
    """What new rows mean for the incidents of an event.

    One that goes on, or is scored again, tells nothing; but one that was muted, and has rows that are not, is told of
    then. One that was closed stays so, unless its event goes on after all: that is an incident of its own.

    Args:
        news: by the time of each anomalous row that is new how loud it is, as `Quietness.of` has it.
        known: incidents of the scheduler, the oldest first.
    """
    own = {time: reason for time, reason in news.items() if event.start_time <= time <= event.end_time}
    loud, mine = loudest([*own.values()]), [incident for incident in known if incident.touches(event)]
    if unended := [incident for incident in mine if incident.closed_at is None]:
        return [_continued(incident, event, loud, now) for incident in unended]
    if mine and not _goes_on(event, own, mine[-1]):
        last = mine[-1]
        told_only_now = last.muted_by is not None and loud is None
        return [_continued(last, event, loud, now) if told_only_now else Change(_grown(last, event), event)]
    return [] if loud == HISTORY else [_begun(event, loud, now, new_id())]


def vanished(incident: Incident, now: datetime) -> Change:
    """No row is anomalous any more in an incident that is open: its windows were scored again."""
    event = Event(status="closed", **_shape(incident))
    return Change(replace(incident, closed_at=now), event, closes=True)


def _continued(incident: Incident, event: Event, loud: str | None, now: datetime) -> Change:
    opens, closes = incident.muted_by is not None and loud is None, event.status == "closed"
    muted_by = None if opens else incident.muted_by
    after = replace(_grown(incident, event), muted_by=muted_by, closed_at=now if closes else None)
    return Change(after, event, opens, closes)


def _begun(event: Event, muted_by: str | None, now: datetime, incident_id: str) -> Change:
    closes = event.status == "closed"
    incident = Incident(id=incident_id, muted_by=muted_by, closed_at=now if closes else None, **_shape(event))
    return Change(incident, event, opens=True, closes=closes)


def _goes_on(event: Event, news: Mapping[datetime, str | None], closed: Incident) -> bool:
    later = any(time > closed.end_time and reason != HISTORY for time, reason in news.items())
    return event.status == "open" and later


def _grown(incident: Incident, event: Event) -> Incident:
    return replace(incident, **_shape(event))


def _shape(one: Event | Incident) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _SHAPE}
