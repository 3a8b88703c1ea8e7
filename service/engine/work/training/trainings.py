"""One training: the dataset's content becomes a version of a model, with the metrics of its evaluation."""

from collections.abc import Callable

import structlog

from service.engine.detection import TrainingError
from service.engine.objects import ObjectsRefused, ObjectsUnavailable
from service.engine.resources import Resources
from service.engine.store import model_versions, models, training_pieces, unfinished
from service.engine.store.database import Connection
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model
from service.engine.store.training_pieces import TrainingPiece
from service.engine.store.unfinished import Piece, training_id, version_of
from service.engine.work.attempts import check_attempts, give_back, in_hand
from service.engine.work.frames.off_condition import UnreadableOffCondition
from service.engine.work.problems import InputProblem, NeighbourAway
from service.engine.work.training.data import find_training_data
from service.engine.work.training.fitting import train
from service.engine.work.training.outcomes import record_failure, record_success
from service.engine.work.training.parts import parts_of
from service.engine.work.training.pieces import do_piece
from service.engine.work.training.results import Training

log = structlog.get_logger(__name__)


def run_training(resources: Resources, piece_id: str) -> None:
    """Train one version, `<model id>/<version>`, to its end, or go on with one that is done in pieces.

    Safe to call again, and at the same time from several workers. While S3 or the database is away the version stays
    IN_PROGRESS and the sweep sends it again.
    """
    piece = Piece("training", piece_id)
    while _train(resources, piece) and _is_ready(resources, *version_of(piece_id)):
        pass  # the last piece ended while we held the training, and whoever did it could not go on


def run_training_piece(resources: Resources, piece_id: str) -> None:
    """Do one piece of a training, `<model id>/<version>/<step>/<number>`; with the last of its step, go on."""
    piece = Piece("training_piece", piece_id)
    with in_hand(resources, piece) as ours:
        part, model, version = _begin_piece(resources, piece) if ours else (None, None, None)
        if part is None:
            return
        doing = f"did portion {part.number + 1} of the step {part.step} of version {part.version} of {model.name}"
        done = _ended_well(
            resources, piece, version, part.attempts, doing, lambda: _do(resources, part, model, version)
        )
    if done and _is_ready(resources, part.model_id, part.version):
        run_training(resources, training_id(part.model_id, part.version))


def _train(resources: Resources, piece: Piece) -> bool:
    """Whether the training was ours for a while, and nothing stood in its way."""
    with in_hand(resources, piece) as ours:
        model, version = _begin(resources, piece) if ours else (None, None)
        if version is None:
            return False
        doing = f"trained version {version.version} of the model {model.name}"
        return _ended_well(resources, piece, version, version.attempts, doing, lambda: train(resources, model, version))


def _ended_well(
    resources: Resources,
    piece: Piece,
    version: ModelVersion,
    attempts: int,
    doing: str,
    act: Callable[[], Training | None],
) -> bool:
    """Do a piece, and record what it means for the version: its end, good or bad, or that there is more to do."""
    try:
        check_attempts(attempts, doing)
        training = act()
    except (InputProblem, ObjectsRefused, TrainingError, UnreadableOffCondition) as error:
        record_failure(resources, version, error)
    except NeighbourAway as error:
        log.warning("training_interrupted", piece=f"{piece.kind}:{piece.id}", error=str(error))
        give_back(resources, piece)
        return False
    except Exception as error:
        log.exception("training_broke", piece=f"{piece.kind}:{piece.id}")
        record_failure(resources, version, error, ours=True)
    else:
        if training is None:
            give_back(resources, piece)
            return True
        record_success(resources, version, training)
    _tidy(resources, version)
    return False


def _begin(resources: Resources, piece: Piece) -> tuple[Model | None, ModelVersion | None]:
    """The version and its model as it was when the version was asked for."""
    model_id, number = version_of(piece.id)
    with resources.database.begin() as connection:
        if not unfinished.begin_attempt(connection, piece):
            return None, None
        model, version = _as_made(connection, model_id, number)
        if version.training_started_at is None:
            began = resources.clock()
            model_versions.change(connection, model_id, number, training_started_at=began, updated_at=began)
        return model, version


def _begin_piece(resources: Resources, piece: Piece) -> tuple[TrainingPiece | None, Model | None, ModelVersion | None]:
    """The piece; none of a training that has ended: a worker that was overtaken may have added it since."""
    with resources.database.begin() as connection:
        if not unfinished.begin_attempt(connection, piece):
            return None, None, None
        part = training_pieces.get(connection, piece.id)
        model, version = _as_made(connection, part.model_id, part.version)
        if version.status == "IN_PROGRESS":
            return part, model, version
        training_pieces.remove(connection, part.model_id, part.version)
        return None, None, None


def _as_made(connection: Connection, model_id: str, number: int) -> tuple[Model, ModelVersion]:
    version = model_versions.get(connection, model_id, number)
    return model_versions.as_made(models.get(connection, model_id), version), version


def _do(resources: Resources, part: TrainingPiece, model: Model, version: ModelVersion) -> None:
    do_piece(resources, find_training_data(resources, model, version), part)
    with resources.database.begin() as connection:
        training_pieces.end(connection, part.id)


def _is_ready(resources: Resources, model_id: str, version: int) -> bool:
    with resources.database.begin() as connection:
        return training_pieces.is_ready(connection, model_id, version)


def _tidy(resources: Resources, version: ModelVersion) -> None:
    """Remove what the pieces of a training that has ended have left; what stays is seen to by the leftovers."""
    try:
        parts_of(resources, version.model_id, version.version).remove()
    except (ObjectsRefused, ObjectsUnavailable) as error:
        log.warning("parts_kept", model_id=version.model_id, version=version.version, error=str(error))
