"""A second version of the model scores the same window; what it finds is kept by the engine and told to nobody.

It never costs the run anything: whatever goes wrong with it is a reason in the execution's row, and it has no more time
than its execution has left.
"""

from collections.abc import Callable

import structlog

from service.engine.counts import count_shadow
from service.engine.objects import ObjectsRefused, ObjectsUnavailable
from service.engine.resources import Resources
from service.engine.scheduling.files import result_key
from service.engine.scheduling.windows import Window
from service.engine.store.execution_runs import Shadow
from service.engine.store.executions import Execution
from service.engine.work.bucket.trained_models import TrainedModel
from service.engine.work.inference.active_versions import version_of
from service.engine.work.inference.inputs import WindowInput
from service.engine.work.inference.scoring import score_window
from service.engine.work.inference.slots import SLOT_SECONDS
from service.engine.work.inference.time_limits import TIME_LIMITS, TimeIsUp
from service.engine.work.inference.verdicts import Rules
from service.engine.work.problems import InputProblem, as_reason, engine_failed

FOLDER = "shadows/"  # of the engine's bucket; below it the scheduler's id and the version

log = structlog.get_logger(__name__)


def has_shadow(execution: Execution, active: TrainedModel) -> bool:
    """Whether a second version is to score the window; not one that has become the active one meanwhile."""
    return bool(execution.shadow_version) and execution.shadow_version != active.version


def score_shadow(
    resources: Resources,
    execution: Execution,
    active: TrainedModel,
    found: WindowInput,
    read: Callable[[TrainedModel], WindowInput],
    rules: Rules,
) -> Shadow:
    """What the shadow version, which there is, says of a window.

    Args:
        found: what was read for the active version.
        read: reads the window for another version.

    Raises:
        TimeIsUp: the execution's time was over before this came to an end; nothing is written, and it is recorded.
    """
    number = execution.shadow_version
    try:
        shadow = _shadow_of(resources, execution, number)
        alike = shadow.components == active.components and shadow.context == active.context
        window = Window(execution.data_start_time, execution.data_end_time)
        scored = score_window(shadow, (found if alike else read(shadow)).components, window, rules)
        key = result_key(f"{FOLDER}{execution.scheduler_id}/{number}/", window)
        TIME_LIMITS.check_writing()
        resources.objects.put(resources.settings.engine_bucket, key, scored.lines)
        count_shadow("succeeded")
        return Shadow(version=number, result_key=key, parts=scored.parts)
    except TimeIsUp:
        raise
    except (InputProblem, ObjectsRefused, ObjectsUnavailable) as error:
        reason = as_reason(error)
    except Exception as error:
        log.exception("shadow_broke", execution_id=execution.id, version=number)
        reason = engine_failed(error)
    TIME_LIMITS.check_writing()
    count_shadow("failed")
    return Shadow(version=number, failed_reason=reason)


def _shadow_of(resources: Resources, execution: Execution, number: int) -> TrainedModel:
    """The shadow version; left out when an earlier attempt at the window has not come back, as it may be the cause, and
    while it hangs on another window of the scheduler."""
    if execution.attempts > 1:
        raise InputProblem("An earlier attempt at this execution broke off; this one left the shadow version out.")
    if TIME_LIMITS.is_slow(execution.scheduler_id, SLOT_SECONDS, has_result=True):
        raise InputProblem("The shadow version has not come back from an earlier execution; this one left it out.")
    return version_of(resources, execution.scheduler_id, number)
