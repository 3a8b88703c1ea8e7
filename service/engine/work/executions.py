"""One scheduled execution: the window is claimed, read, scored, written, and its outcome recorded."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from service.engine.counts import count_execution
from service.engine.objects import ObjectsRefused, ObjectsUnavailable
from service.engine.resources import Resources
from service.engine.scheduling.files import result_key
from service.engine.scheduling.windows import Window
from service.engine.store import execution_runs, model_versions, models, schedulers
from service.engine.store.database import SQLAlchemyError
from service.engine.store.execution_runs import Outcome
from service.engine.store.executions import Execution
from service.engine.store.unfinished import Piece
from service.engine.work.attempts import check_attempts, give_back, in_hand
from service.engine.work.file_rows import ParsedFiles
from service.engine.work.inputs import InputPlace, Listing, input_place, live_listing, read_window
from service.engine.work.problems import InputProblem, as_reason, engine_failed
from service.engine.work.scoring import ScoredWindow, score_window
from service.engine.work.trained_models import TrainedModel, TrainedModels

FAULTS_TRIED_FOR = timedelta(minutes=1)  # then a fault of the engine's own is taken to be final

# What threads of one process share; keyed by what never changes, so nothing has to be thrown away on time.
PARSED_FILES = ParsedFiles()
TRAINED_MODELS = TrainedModels()

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Prepared:
    """What windows of one replay share: the version they are scored with, and the listing to find their files in."""

    trained: TrainedModel
    listing: Listing


def run_execution(resources: Resources, execution_id: int) -> None:
    """Run one scheduled window to its end. Safe to call again, and at the same time from several workers.

    When S3 is away the execution stays IN_PROGRESS and the sweep sends it again, until the next window is due; then it
    is FAILED with a sentence. A failure of the database leaves everything as it was, for the sweep.
    """
    piece = Piece("execution", str(execution_id))
    with in_hand(resources, piece) as ours:
        if not ours:
            return
        with resources.database.begin() as connection:
            execution = execution_runs.begin(connection, execution_id)
        if execution is None:
            return
        try:
            outcome = run_window(resources, execution)
        except Exception as error:
            outcome = _last_outcome(execution, error, resources.clock())
            log.warning("execution_interrupted", execution_id=execution_id, final=bool(outcome), exc_info=error)
        if outcome:
            record(resources, execution, outcome)
        else:
            give_back(resources, piece)


def run_window(resources: Resources, execution: Execution, prepared: Prepared | None = None) -> Outcome:
    """Read, score and write one window; a scheduled run and a replay alike.

    Without anything prepared, the version is the one that is active now, and S3 is asked for the files.

    Raises:
        ObjectsUnavailable: S3 is away; nothing is decided.
    """
    window = Window(execution.data_start_time, execution.data_end_time)
    version = None
    try:
        check_attempts(execution.attempts, "scored this window")
        trained = prepared.trained if prepared else active_version(resources, execution.scheduler_id)
        version = trained.version
        place = input_place(execution.data_input_configuration)
        listing = prepared.listing if prepared else live_listing(resources.objects, place)
        scored = _score(resources, trained, place, listing, window)
        key = _write(resources, execution, window, scored.lines)
        return Outcome(status="SUCCESS", model_version=version, result_key=key, parts=scored.parts)
    except (InputProblem, ObjectsRefused) as error:
        return Outcome(status="FAILED", model_version=version, failed_reason=as_reason(error))


def record(resources: Resources, execution: Execution, outcome: Outcome) -> None:
    """Write down how the window ended."""
    now = resources.clock()
    with resources.database.begin() as connection:
        recorded = execution_runs.record(connection, execution, outcome, now)
    if recorded:
        count_execution("scheduled", outcome.status, (now - execution.scheduled_start_time).total_seconds())
    log.info(
        "execution_recorded", execution_id=execution.id, status=outcome.status, failed_reason=outcome.failed_reason
    )


def active_version(resources: Resources, scheduler_id: str) -> TrainedModel:
    """The version that the scheduler's model has active at this moment, loaded.

    Raises:
        InputProblem: there is none, or its artefacts are gone.
    """
    with resources.database.begin() as connection:
        scheduler = schedulers.get(connection, scheduler_id)
        model = models.get(connection, scheduler.model_id)
        version = model.active_version and model_versions.get(connection, model.id, model.active_version)
    if not version:
        raise InputProblem(f"The model {model.name} has no active version. Train it, or activate a version.")
    try:
        return TRAINED_MODELS.get(resources.objects, resources.settings.engine_bucket, model, version)
    except ObjectsRefused as error:
        raise InputProblem(f"Version {version.version} of the model {model.name} cannot be loaded. {error}") from error


def _score(
    resources: Resources, trained: TrainedModel, place: InputPlace, listing: Listing, window: Window
) -> ScoredWindow:
    readings = read_window(
        resources.objects,
        PARSED_FILES,
        place,
        listing,
        trained.components,
        window,
        trained.context,
        taken=lambda: _prefixes_in_use(resources, place.bucket),
    )
    return score_window(trained, readings, window)


def _prefixes_in_use(resources: Resources, bucket: str) -> set[str]:
    with resources.database.begin() as connection:
        return schedulers.input_prefixes(connection, bucket)


def _write(resources: Resources, execution: Execution, window: Window, lines: bytes) -> str:
    target = execution.data_output_configuration
    place = target["S3OutputConfiguration"]
    key = result_key(place.get("Prefix", ""), window)
    resources.objects.put(place["Bucket"], key, lines, kms_key_id=target.get("KmsKeyId"))
    return key


def _last_outcome(execution: Execution, error: Exception, now: datetime) -> Outcome | None:
    """FAILED when another attempt makes no sense, else None: the sweep sends it again."""
    began = max(execution.scheduled_start_time, execution.created_at)
    waited = now - began
    too_late = waited >= execution.data_end_time - execution.data_start_time
    if isinstance(error, ObjectsUnavailable):
        minutes = round(waited / timedelta(minutes=1))
        reason = f"S3 could not be used for {minutes} minutes, until the next window was due. {error}"
        return Outcome(status="FAILED", failed_reason=reason) if too_late else None
    is_ours = not isinstance(error, SQLAlchemyError) and waited >= FAULTS_TRIED_FOR
    return Outcome(status="FAILED", failed_reason=engine_failed(error)) if too_late or is_ours else None
