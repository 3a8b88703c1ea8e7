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
from service.engine.work.model_fitting import train
from service.engine.work.problems import InputProblem
from service.engine.work.training_outcomes import record_failure, record_success

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
            record_failure(resources, version, error)
        except ObjectsUnavailable as error:
            log.warning("training_interrupted", model=model.name, version=version.version, error=str(error))
            give_back(resources, piece)
        except Exception as error:
            log.exception("training_broke", model=model.name, version=version.version)
            record_failure(resources, version, error, ours=True)
        else:
            record_success(resources, version, training)


def _begin(resources: Resources, piece: Piece) -> tuple[Model | None, ModelVersion | None]:
    """The version and its model as it was when the version was asked for."""
    model_id, number = version_of(piece.id)
    with resources.database.begin() as connection:
        if not unfinished.begin_attempt(connection, piece):
            return None, None
        began = resources.clock()
        model_versions.change(connection, model_id, number, training_started_at=began, updated_at=began)
        version = model_versions.get(connection, model_id, number)
        return model_versions.as_made(models.get(connection, model_id), version), version
