"""What stands in the parts of a scheduler's page. Each part is loaded by itself: one whose neighbour is away says so,
and a script fetches one anew without the others."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Any

from service.facade.domain.events import EventFilter
from service.facade.domain.executions import ExecutionFilter, InferenceExecution
from service.facade.domain.pages import Page
from service.facade.domain.predictions import PredictionFilter, PredictionQuery, ShownContributions
from service.facade.domain.replays import UNFINISHED, Replay
from service.facade.domain.runs import coming_windows, data_delay, data_frequency
from service.facade.domain.schedulers import InferenceScheduler
from service.facade.domain.window_files import Window
from service.facade.portal.scheduler_picture import draw_scores
from service.facade.portal.scheduler_words import is_stale
from service.facade.problems import EventNotFound, SchedulerNotFound
from service.facade.resources import Resources
from service.facade.usecases import events, executions, next_runs, replays, uploads
from service.facade.usecases.healing import healed_of
from service.facade.usecases.predictions import find_predictions
from service.facade.usecases.replay_plans import plan_replay

RANGES = {"24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30), "all": None}
_POINTS = 700
_EVENTS_IN_LIST, _EVENTS_IN_PICTURE = 25, 200
_EXECUTIONS, _UPLOADS, _REPLAYS, _RUNS = 12, 6, 6, 3
_CONTRIBUTORS = 12
_UNTIL_SCORED = timedelta(seconds=4)  # after a wake-up
_SETTLING, _WORKING = 1000, 700  # milliseconds until it is worth asking again


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address of the page says."""

    event: str = ""
    range: str = "24h"
    failed_only: bool = False
    plan_start: datetime | None = None
    plan_end: datetime | None = None
    existing_results: str = "keep"


@dataclass(frozen=True)
class View:
    """One look at a scheduler; what several parts need is asked for once."""

    resources: Resources
    team: str
    name: str
    asked: Asked
    now: datetime

    @cached_property
    def scheduler(self) -> InferenceScheduler | None:
        """None where it was deleted: its history is still shown."""
        try:
            return self.resources.schedulers.describe(self.name)
        except SchedulerNotFound:
            return None

    @cached_property
    def coming(self) -> next_runs.NextRuns | None:
        return next_runs.next_runs(self.resources, self.name, _RUNS) if self.scheduler else None

    @cached_property
    def executions(self) -> Page[InferenceExecution]:
        if self.scheduler is None:
            return Page([])
        wanted = ExecutionFilter(status="FAILED") if self.asked.failed_only else ExecutionFilter()
        return executions.list_executions(self.resources, self.name, wanted, _EXECUTIONS, None)

    @cached_property
    def events(self) -> events.EventPage:
        return events.list_events(self.resources, self.team, self.name, EventFilter(), _EVENTS_IN_LIST, None, most=1)

    @cached_property
    def range(self) -> tuple[datetime | None, datetime]:
        span = RANGES[self.asked.range]
        return (self.now - span if span else None), self.now


def load_state(view: View) -> dict[str, Any]:
    scheduler = view.scheduler
    if scheduler is None:
        return {"scheduler": None, "refresh": None}
    ended = [one.data_end_time for one in view.executions.items if one.status == "SUCCESS"]
    newest = view.events.items[0] if view.events.items else None
    settling = scheduler.status in ("PENDING", "STOPPING")
    coming = coming_windows(scheduler, view.now, 1) if scheduler.status == "RUNNING" else ()
    return {
        "scheduler": scheduler,
        "frequency": data_frequency(scheduler),
        "last_run": view.executions.items[0] if view.executions.items else None,
        "next_run": coming[0].data_end_time + data_delay(scheduler) if coming else None,
        "incident": newest if newest and newest.status == "open" else None,
        "stale": not view.asked.failed_only and is_stale(
            scheduler, max(ended, default=None), data_frequency(scheduler), view.now
        ),
        "refresh": _SETTLING if settling else _until_next_run(view),
    }  # fmt: skip


def load_chart(view: View) -> dict[str, Any]:
    """The first picture of the score; scripts draw over it."""
    start, end = view.range
    wanted = PredictionFilter(start_time=start, end_time=end)
    query = PredictionQuery(wanted=wanted, shown=ShownContributions(most=0), max_points=_POINTS)
    page = find_predictions(view.resources, view.team, view.name, query)
    batches = list(chain.from_iterable(page.batches))
    rows = chain.from_iterable(zip(batch.timestamps, batch.scores, strict=True) for batch in batches)
    points = [(moment, score) for moment, score in rows if score is not None]
    start = start or (points[0][0] if points else end - timedelta(days=1))
    found = events.list_events(
        view.resources, view.team, view.name, EventFilter(start_time=start, end_time=end), _EVENTS_IN_PICTURE, None, 0
    ).items
    gap = 3 * max(page.bucket_width or timedelta(0), timedelta(minutes=10))
    peaks = [one for one in found if one.peak_score is not None]
    return {
        "picture": draw_scores(points, found, start, end, gap, view.asked.event),
        "points": len(points),
        "latest": points[-1] if points else None,
        "found": found,
        "highest": max(peaks, key=lambda one: one.peak_score, default=None),
        "warning": page.warning,
        "ranges": tuple(RANGES),
    }


def load_events(view: View) -> dict[str, Any]:
    return {"events": view.events.items, "more": view.events.next_position is not None, "refresh": None}


def load_event(view: View) -> dict[str, Any]:
    """The event of the address, None where there is none: the list may be older than what was scored again."""
    if not view.asked.event:
        return {"event": None, "missing": ""}
    try:
        at = (view.resources, view.team, view.name, view.asked.event)
        return {"event": events.show_event(*at, None, _CONTRIBUTORS), "missing": ""}
    except EventNotFound as problem:
        return {"event": None, "missing": problem.detail}


def load_executions(view: View) -> dict[str, Any]:
    items = view.executions.items
    healed = healed_of(view.resources, view.team, view.name, items)
    at_work = any(one.status == "IN_PROGRESS" for one in items)
    return {
        "executions": [(one, healed.get(Window(one.data_start_time, one.data_end_time))) for one in items],
        "refresh": _SETTLING if at_work else _until_next_run(view),
    }


def load_next_runs(view: View) -> dict[str, Any]:
    return {"coming": view.coming, "refresh": _until_next_run(view)}


def load_uploads(view: View) -> dict[str, Any]:
    items = uploads.list_uploads(view.resources, view.team, view.name, _UPLOADS, None).items
    at_work = any(one.status in ("queued", "running") for one in items)
    return {"uploads": items, "refresh": _WORKING if at_work else None}


def load_replays(view: View) -> dict[str, Any]:
    items = replays.list_replays(view.resources, view.team, view.name, _REPLAYS, None).items
    items = [_as_it_is_now(view, one) if one.state.status in UNFINISHED else one for one in items]
    at_work = any(one.state.status in UNFINISHED for one in items)
    return {"replays": items, "refresh": _SETTLING if at_work else None}


def load_plan(view: View) -> dict[str, Any]:
    """What a replay of the range in the address would do."""
    asked = view.asked
    if not (asked.plan_start and asked.plan_end):
        return {"plan": None}
    span = {"start_time": asked.plan_start, "end_time": asked.plan_end}
    return {"plan": plan_replay(view.resources, view.name, **span, existing_results=asked.existing_results)}


def load_configuration(view: View) -> dict[str, Any]:
    if view.scheduler is None:
        return {"scheduler": None, "components": ()}
    components = view.resources.models.describe(view.scheduler.model_name).components
    return {"scheduler": view.scheduler, "components": components}


def _as_it_is_now(view: View, replay: Replay) -> Replay:
    return replays.show_replay(view.resources, view.team, replay.id)


def _until_next_run(view: View) -> int | None:
    """Milliseconds until the next window should be scored; None while no run is to come."""
    scheduler = view.scheduler
    if scheduler is None or scheduler.status != "RUNNING":
        return None
    ends = coming_windows(scheduler, view.now, 1)[0].data_end_time
    due = ends + data_delay(scheduler) + _UNTIL_SCORED - view.now
    return max(_SETTLING, int(due / timedelta(milliseconds=1)))


PARTS: dict[str, Callable[[View], dict[str, Any]]] = {
    "state": load_state,
    "chart": load_chart,
    "events": load_events,
    "event": load_event,
    "executions": load_executions,
    "next_runs": load_next_runs,
    "uploads": load_uploads,
    "plan": load_plan,
    "replays": load_replays,
    "configuration": load_configuration,
}
