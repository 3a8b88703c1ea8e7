"""How a training ended, written down: in its version, in the model, and for a retraining whether it was promoted."""

from typing import Any

import structlog

from service.engine.resources import Resources
from service.engine.store import model_versions, models, training_pieces
from service.engine.store.database import Connection
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model
from service.engine.work.bucket.trained_models import artefact_prefix
from service.engine.work.problems import as_reason, engine_failed
from service.engine.work.retraining.available_days import TooLittleData
from service.engine.work.retraining.promotion import CUSTOMER_ERROR, INTERNAL_ERROR, Verdict, verdict
from service.engine.work.training.data import RETRAINING
from service.engine.work.training.results import Training

log = structlog.get_logger(__name__)


def record_success(resources: Resources, version: ModelVersion, training: Training) -> None:
    """A first version becomes active; a retrained one if it deserves it, in the same transaction."""
    made = {
        "artefact_prefix": artefact_prefix(version.model_id, version.version),
        "model_metrics": training.metrics,
        "model_quality": training.quality,
        "diagnostics_result": training.diagnostics_result,
    }
    with resources.database.begin() as connection:
        model = models.get(connection, version.model_id, lock=True)
        judged = _judged(connection, model, version, training)
        if judged:
            made |= judged.columns() | _of_retraining(training)
        if not _end(resources, connection, version, "SUCCESS", made):
            return
        if judged is None:
            models.change(connection, version.model_id, status="SUCCESS", updated_at=resources.clock())
        if judged is None or judged.promoted:
            models.activate(connection, version.model_id, version.version, resources.clock())


def record_failure(resources: Resources, version: ModelVersion, error: Exception, *, ours: bool = False) -> None:
    """A failed retraining leaves the model as it is.

    Args:
        ours: the fault is the engine's and nobody else's.
    """
    reason = engine_failed(error) if ours else as_reason(error)
    made: dict[str, Any] = {"failed_reason": reason}
    if isinstance(error, TooLittleData):
        made["retraining_available_data_in_days"] = error.days
    is_first = version.source_type != RETRAINING
    if not is_first:
        made |= Verdict(INTERNAL_ERROR if ours else CUSTOMER_ERROR, reason).columns()
    with resources.database.begin() as connection:
        if _end(resources, connection, version, "FAILED", made) and is_first:
            models.change(connection, version.model_id, status="FAILED", updated_at=resources.clock())


def _judged(connection: Connection, model: Model | None, version: ModelVersion, training: Training) -> Verdict | None:
    """The verdict on a retrained version; None for a first one."""
    if version.source_type != RETRAINING or model is None:
        return None
    active = model.active_version and model_versions.get(connection, model.id, model.active_version)
    return verdict(
        version.promote_mode,
        active or None,
        compared=training.prior_version,
        metrics=training.metrics,
        quality=training.quality,
        prior_metrics=training.prior_metrics,
    )


def _of_retraining(training: Training) -> dict[str, Any]:
    return {
        "prior_model_metrics": training.prior_metrics,
        "retraining_available_data_in_days": training.available_days,
    }


def _end(
    resources: Resources, connection: Connection, version: ModelVersion, status: str, made: dict[str, Any]
) -> bool:
    """Write how the training ended, which leaves no piece to do; False when another worker has ended it meanwhile."""
    now, key = resources.clock(), (version.model_id, version.version)
    ended = model_versions.end(connection, *key, status=status, training_ended_at=now, updated_at=now, **made)
    if ended:
        training_pieces.remove(connection, *key)
    reason = made.get("failed_reason")
    log.info("training_recorded", model_id=key[0], version=key[1], status=status, failed_reason=reason, ended=ended)
    return ended
