"""One training: the dataset's copy becomes a version of a model, with the metrics of its evaluation."""

from typing import Any

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
    made = {
        "artefact_prefix": artefact_prefix(version.model_id, version.version),
        "model_metrics": training.metrics,
        "model_quality": training.quality,
    }
    activated = {"active_version": version.version, "active_version_activated_at": resources.clock()}
    _end(resources, version, "SUCCESS", made, activated)


def _fail(resources: Resources, version: ModelVersion, reason: str) -> None:
    _end(resources, version, "FAILED", {"failed_reason": reason}, {})


def _end(
    resources: Resources, version: ModelVersion, status: str, of_version: dict[str, Any], of_model: dict[str, Any]
) -> None:
    """Write how the training ended; nothing when it has ended meanwhile, in the hands of another worker."""
    key = (version.model_id, version.version)
    with resources.database.begin() as connection:
        now = resources.clock()
        if model_versions.end(connection, *key, status=status, training_ended_at=now, **of_version):
            models.change(connection, version.model_id, status=status, **of_model)
    reason = of_version.get("failed_reason")
    log.info("training_recorded", model_id=key[0], version=key[1], status=status, failed_reason=reason)
