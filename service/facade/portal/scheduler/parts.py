"""What stands in the parts of a scheduler's page. Each part is loaded by itself: one whose neighbour is away says so,
and a script fetches one anew without the others. `refresh` says in how many milliseconds that is worth it."""

from collections.abc import Callable
from typing import Any

from service.facade.domain.pages import Page
from service.facade.domain.replays import UNFINISHED, Replay
from service.facade.domain.runs import data_frequency
from service.facade.domain.uploads import UNFINISHED as UNFINISHED_UPLOADS
from service.facade.domain.window_files import Window
from service.facade.portal.scheduler.scores import load_chart, load_event, load_events
from service.facade.portal.scheduler.view import SETTLING, View
from service.facade.problems import SchedulerNotFound
from service.facade.usecases import next_runs, replays, uploads
from service.facade.usecases.healing import healed_of
from service.facade.usecases.replay_plans import plan_replay
from service.facade.usecases.staleness import was_found_stale

_UPLOADS, _REPLAYS, _RUNS = 6, 6, 3
_WORKING = 700  # milliseconds between two looks at an upload


def load_state(view: View) -> dict[str, Any]:
    scheduler = view.scheduler
    if scheduler is None:
        return {"scheduler": None}
    runs, found = view.executions, view.events.items
    return {
        "scheduler": scheduler,
        "frequency": data_frequency(scheduler),
        "last_run": runs[0] if runs else None,
        "next_run": view.next_wake,
        "incident": found[0] if found and found[0].status == "open" else None,
        "stale": scheduler.status == "RUNNING" and was_found_stale(view.resources, view.team, view.name),
        "refresh": view.until_changed,
    }


def load_executions(view: View) -> dict[str, Any]:
    runs = view.failed_executions if view.asked.failed_only else view.executions
    healed = healed_of(view.resources, view.team, view.name, runs)
    is_at_work = any(run.status == "IN_PROGRESS" for run in runs)
    return {
        "executions": [(run, healed.get(Window(run.data_start_time, run.data_end_time))) for run in runs],
        "refresh": SETTLING if is_at_work else view.until_scored,
    }


def load_next_runs(view: View) -> dict[str, Any]:
    if view.scheduler is None:
        return {"coming": None}
    return {"coming": next_runs.next_runs(view.resources, view.name, _RUNS), "refresh": view.until_changed}


def load_uploads(view: View) -> dict[str, Any]:
    items = _listed(view, uploads.list_uploads, _UPLOADS)
    is_at_work = any(upload.status in UNFINISHED_UPLOADS for upload in items)
    return {"uploads": items, "refresh": _WORKING if is_at_work else None}


def load_plan(view: View) -> dict[str, Any]:
    """What a replay of the range in the address would do."""
    asked = view.asked
    if not (asked.plan_start and asked.plan_end):
        return {"plan": None}
    span = {"start_time": asked.plan_start, "end_time": asked.plan_end}
    return {"plan": plan_replay(view.resources, view.name, **span, existing_results=asked.existing_results)}


def load_replays(view: View) -> dict[str, Any]:
    """Those that have not ended as they are now."""
    items = _listed(view, replays.list_replays, _REPLAYS)
    items = [replays.show_replay(view.resources, view.team, one.id) if _is_at_work(one) else one for one in items]
    return {"replays": items, "refresh": SETTLING if any(map(_is_at_work, items)) else None}


def load_configuration(view: View) -> dict[str, Any]:
    if view.scheduler is None:
        return {"scheduler": None, "components": ()}
    components = view.resources.models.describe(view.scheduler.model_name).components
    return {"scheduler": view.scheduler, "components": components}


def _listed(view: View, find: Callable[..., Page[Any]], most: int) -> list[Any]:
    """The newest ones. A scheduler that was deleted may have a history, but nothing in this list."""
    try:
        return find(view.resources, view.team, view.name, most, None).items
    except SchedulerNotFound:
        if view.scheduler is None:
            return []
        raise


def _is_at_work(replay: Replay) -> bool:
    return replay.state.status in UNFINISHED


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
