"""The version that a retraining is compared with, loaded."""

import structlog

from service.engine.objects import ObjectsRefused
from service.engine.resources import Resources
from service.engine.store import model_versions, models
from service.engine.work.bucket.trained_models import TrainedModel, TrainedModels

log = structlog.get_logger(__name__)


def prior_of(resources: Resources, model_id: str, number: int | None = None) -> TrainedModel | None:
    """The version that is active now; None when there is none or its artefacts cannot be read any more.

    Args:
        number: of the version that was active when somebody asked before.
    """
    with resources.database.begin() as connection:
        model = models.get(connection, model_id)
        chosen = number or (model and model.active_version)
        version = chosen and model_versions.get(connection, model_id, chosen)
    if not version:
        return None
    try:
        return TrainedModels().get(resources.objects, resources.settings.engine_bucket, model, version)
    except (ObjectsRefused, ValueError) as error:
        log.warning("prior_version_unreadable", model=model.name, version=version.version, error=str(error))
        return None
