"""What a scheduler will look for, and when."""

from dataclasses import dataclass

from service.facade.domain.models import Component
from service.facade.domain.runs import ComingRun, coming_run, coming_windows
from service.facade.domain.schedulers import InferenceScheduler
from service.facade.problems import ModelNotFound
from service.facade.resources import Resources

_HOLDS = {
    "RUNNING": "",
    "PENDING": "The scheduler is about to start.",
    "STOPPING": "The scheduler is about to stop: these would be its runs if it were started again now.",
    "STOPPED": "The scheduler is stopped: these would be its runs if it were started now.",
}
_NO_SCHEMA = "The model {} has no schema, so it is not known which files are looked for."


@dataclass(frozen=True, kw_only=True)
class NextRuns:
    """`note` says what has to be known of the runs, if anything."""

    scheduler: InferenceScheduler
    runs: tuple[ComingRun, ...]
    note: str | None


def next_runs(resources: Resources, name: str, count: int) -> NextRuns:
    """The next `count` runs of a scheduler.

    Raises:
        SchedulerNotFound: there is none.
    """
    scheduler = resources.schedulers.describe(name)
    components = _components(resources, scheduler.model_name)
    windows = coming_windows(scheduler, resources.clock(), count)
    notes = [_HOLDS.get(scheduler.status, ""), "" if components else _NO_SCHEMA.format(scheduler.model_name)]
    return NextRuns(
        scheduler=scheduler,
        runs=tuple(coming_run(scheduler, components, window) for window in windows),
        note=" ".join(filter(None, notes)) or None,
    )


def _components(resources: Resources, model_name: str) -> tuple[Component, ...]:
    try:
        return resources.models.describe(model_name).components
    except ModelNotFound:
        return ()
