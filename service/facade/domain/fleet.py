"""All schedulers of a team at a glance: what is known of each, and in which order they are shown. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from service.facade.domain.runs import data_delay, data_frequency, last_due_window
from service.facade.domain.schedulers import SchedulerSummary

PERIODS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
SORTS = ("name", "status", "result", "day", "week", "month", "next", "incident")
_URGENCY = {"RUNNING": 0, "PENDING": 1, "STOPPING": 2, "STOPPED": 3}


@dataclass(frozen=True)
class Peak:
    """The highest score of a piece of time that ends at `time`; `score` is None where the model gives none."""

    time: datetime
    score: float | None
    is_anomalous: bool


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What our own store knows of a scheduler. Shares are of the time that was scored, 0 to 1; None where none was. It
    is failing when its last run failed, and stale when it has had no result for several windows."""

    scored_at: datetime | None = None
    score: float | None = None
    is_anomalous: bool = False
    is_failing: bool = False
    is_stale: bool = False
    day: float | None = None
    week: float | None = None
    month: float | None = None
    incident_since: datetime | None = None
    peaks: tuple[Peak, ...] = ()


@dataclass(frozen=True)
class Member:
    """A scheduler of the fleet; `next_run` is None where none is to come."""

    summary: SchedulerSummary
    figures: Figures
    next_run: datetime | None

    @property
    def name(self) -> str:
        return self.summary.inference_scheduler_name


@dataclass(frozen=True, kw_only=True)
class FleetView:
    """Which schedulers are shown, and in which order; empty text means any."""

    text: str = ""
    status: str = ""
    model: str = ""
    sort: str = "incident"
    descending: bool = False


def next_run(summary: SchedulerSummary, now: datetime) -> datetime | None:
    """When a running scheduler wakes next."""
    if summary.status != "RUNNING":
        return None
    return last_due_window(summary, now).data_end_time + data_frequency(summary) + data_delay(summary)


def arranged(members: Iterable[Member], view: FleetView) -> list[Member]:
    """The members that a view shows, in its order. Whoever has nothing to be sorted by comes last both ways; equal ones
    are in the order of their names."""
    shown = sorted((member for member in members if _is_shown(member, view)), key=lambda member: member.name)
    keys = {id(member): _key(member, view.sort) for member in shown}
    known = [member for member in shown if keys[id(member)] is not None]
    known.sort(key=lambda member: keys[id(member)], reverse=view.descending)
    return known + [member for member in shown if keys[id(member)] is None]


def _is_shown(member: Member, view: FleetView) -> bool:
    summary, wanted = member.summary, view.text.casefold()
    return (
        (wanted in member.name.casefold() or wanted in summary.model_name.casefold())
        and view.status in ("", summary.status)
        and view.model in ("", summary.model_name)
    )


def _key(member: Member, sort: str) -> Any:
    figures = member.figures
    values = {
        "name": member.name.casefold(),
        "status": _URGENCY.get(member.summary.status),
        "result": figures.scored_at,
        "day": figures.day,
        "week": figures.week,
        "month": figures.month,
        "next": member.next_run,
        "incident": figures.incident_since,
    }
    return values[sort]
