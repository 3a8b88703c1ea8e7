"""One training: the dataset's copy becomes a version of a model, with the metrics of its evaluation."""

import structlog

from service.engine.detection import TrainingError
from service.engine.objects import ObjectsRefused, ObjectsUnavailable
from service.engine.resources import Resources
from service.engine.store import model_versions, models, unfinished
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model
from service.engine.store.unfinished import Piece, version_of
from service.engine.work.attempts import check_attempts, give_back, in_hand
from service.engine.work.frames.off_condition import UnreadableOffCondition
from service.engine.work.model_fitting import Training, train
from service.engine.work.problems import InputProblem, as_reason, engine_failed
from service.engine.work.trained_models import artefact_prefix

log = structlog.get_logger(__name__)


def run_training(resources: Resources, piece_id: str) -> None:
    """Train one version, `<model id>/<version>`, to its end. Safe to call again.

    While S3 is away the version stays IN_PROGRESS and the sweep sends it again.
    """
    piece = Piece("training", piece_id)
    with in_hand(resources, piece) as ours:
        model, version = _begin(resources, piece) if ours else (None, None)
        if version is None:
            return
        try:
            check_attempts(version.attempts, f"trained version {version.version} of the model {model.name}")
            training = train(resources, model, version)
        except (InputProblem, ObjectsRefused, TrainingError, UnreadableOffCondition) as error:
            _fail(resources, version, as_reason(error))
        except ObjectsUnavailable as error:
            log.warning("training_interrupted", model=model.name, version=version.version, error=str(error))
            give_back(resources, piece)
        except Exception as error:
            log.exception("training_broke", model=model.name, version=version.version)
            _fail(resources, version, engine_failed(error))
        else:
            _succeed(resources, version, training)


def _begin(resources: Resources, piece: Piece) -> tuple[Model | None, ModelVersion | None]:
    model_id, number = version_of(piece.id)
    with resources.database.begin() as connection:
        if not unfinished.begin_attempt(connection, piece):
            return None, None
        model_versions.change(connection, model_id, number, training_started_at=resources.clock())
        return models.get(connection, model_id), model_versions.get(connection, model_id, number)


def _succeed(resources: Resources, version: ModelVersion, training: Training) -> None:
    now = resources.clock()
    with resources.database.begin() as connection:
        model_versions.change(
            connection,
            version.model_id,
            version.version,
            status="SUCCESS",
            artefact_prefix=artefact_prefix(version.model_id, version.version),
            model_metrics=training.metrics,
            model_quality=training.quality,
            training_ended_at=now,
        )
        models.change(
            connection,
            version.model_id,
            status="SUCCESS",
            active_version=version.version,
            active_version_activated_at=now,
        )
    log.info("training_recorded", model_id=version.model_id, version=version.version, status="SUCCESS")


def _fail(resources: Resources, version: ModelVersion, reason: str) -> None:
    now = resources.clock()
    with resources.database.begin() as connection:
        model_versions.change(
            connection,
            version.model_id,
            version.version,
            status="FAILED",
            failed_reason=reason,
            training_ended_at=now,
        )
        models.change(connection, version.model_id, status="FAILED")
    log.info("training_recorded", model_id=version.model_id, version=version.version, status="FAILED", reason=reason)
