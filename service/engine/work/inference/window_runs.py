"""One window, scheduled or replayed: its files are read, scored by the active version, and the result written."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from service.engine.objects import ObjectsRefused
from service.engine.resources import Resources
from service.engine.scheduling.files import result_key
from service.engine.scheduling.windows import Window
from service.engine.store import maintenance_windows, schedulers
from service.engine.store.execution_runs import Outcome
from service.engine.store.executions import Execution
from service.engine.work.attempts import check_attempts
from service.engine.work.bucket.trained_models import TrainedModel
from service.engine.work.inference.active_versions import active_version
from service.engine.work.inference.file_rows import ParsedFiles
from service.engine.work.inference.inputs import Listing, WindowInput, input_place, live_listing, read_window
from service.engine.work.inference.scoring import score_window
from service.engine.work.inference.shadow_scoring import has_shadow, score_shadow
from service.engine.work.inference.time_limits import TIME_LIMITS
from service.engine.work.inference.verdicts import Rules
from service.engine.work.problems import InputProblem, as_reason

PARSED_FILES = ParsedFiles()  # what threads of one process share; keyed by what never changes


@dataclass(frozen=True)
class Prepared:
    """What windows of one replay share: the version they are scored with, and the listing to find their files in."""

    trained: TrainedModel
    listing: Listing


def run_window(
    resources: Resources,
    execution: Execution,
    prepared: Prepared | None = None,
    *,
    written: Callable[[Outcome], None] = lambda _: None,
) -> Outcome:
    """Read, score and write one window; a scheduled run and a replay alike.

    Without anything prepared, the version is the one that is active now, and S3 is asked for the files.

    Args:
        written: is told the outcome when the result is written and a shadow version is about to have its turn.

    Raises:
        ObjectsUnavailable: S3 is away; nothing is decided.
        TimeIsUp: the window was given up meanwhile, and nothing is written; or the shadow version was, and whoever
            was told the outcome has recorded it.
    """
    version = None
    try:
        check_attempts(execution.attempts, "scored this window")
        trained = prepared.trained if prepared else active_version(resources, execution.scheduler_id)
        version = trained.version
        return _score(resources, execution, trained, prepared and prepared.listing, written)
    except (InputProblem, ObjectsRefused) as error:
        return Outcome(status="FAILED", model_version=version, failed_reason=as_reason(error))


def _score(
    resources: Resources,
    execution: Execution,
    trained: TrainedModel,
    listing: Listing | None,
    written: Callable[[Outcome], None],
) -> Outcome:
    window = Window(execution.data_start_time, execution.data_end_time)
    rules = _rules(resources, execution)
    read = partial(_read, resources, execution, window, listing)
    found = read(trained)
    scored = score_window(trained, found.components, window, rules)
    key = _write(resources, execution, window, scored.lines)
    outcome = Outcome(
        status="SUCCESS",
        model_version=trained.version,
        result_key=key,
        parts=scored.parts,
        data_quality=scored.quality | ({} if execution.replay_id else {"LateRows": found.late_rows}),
        drift=scored.drift,
    )
    if not has_shadow(execution, trained):
        return outcome
    written(outcome)
    return replace(outcome, shadow=score_shadow(resources, execution, trained, found, read, rules))


def _rules(resources: Resources, execution: Execution) -> Rules:
    """The threshold that the window fell due with; the maintenance windows and the quotas of now."""
    span = (execution.data_start_time, execution.data_end_time)
    with resources.database.begin() as connection:
        muting = maintenance_windows.of_scheduler(connection, execution.scheduler_id, *span)
    maintenance = tuple((window.start_time, window.end_time) for window in muting)
    return Rules(execution.anomaly_threshold, maintenance, resources.quotas)


def _read(
    resources: Resources, execution: Execution, window: Window, listing: Listing | None, trained: TrainedModel
) -> WindowInput:
    place = input_place(execution.data_input_configuration)
    return read_window(
        resources.objects,
        PARSED_FILES,
        place,
        listing or live_listing(resources.objects, place),
        trained.components,
        window,
        trained.context,
        quotas=resources.quotas,
        scored_before=execution.scheduled_start_time - window.frequency,
        taken=lambda: _prefixes_in_use(resources, place.bucket),
    )


def _prefixes_in_use(resources: Resources, bucket: str) -> set[str]:
    with resources.database.begin() as connection:
        return schedulers.input_prefixes(connection, bucket)


def _write(resources: Resources, execution: Execution, window: Window, lines: bytes) -> str:
    target = execution.data_output_configuration
    place = target["S3OutputConfiguration"]
    key = result_key(place.get("Prefix", ""), window)
    TIME_LIMITS.check_writing()
    resources.objects.put(place["Bucket"], key, lines, kms_key_id=target.get("KmsKeyId"))
    return key
