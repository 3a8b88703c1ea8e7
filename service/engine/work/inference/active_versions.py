"""The versions that a scheduler's windows are scored with, loaded."""

from service.engine.objects import ObjectsRefused
from service.engine.resources import Resources
from service.engine.store import model_versions, models, schedulers
from service.engine.work.bucket.trained_models import TrainedModel, TrainedModels
from service.engine.work.problems import InputProblem

TRAINED_MODELS = TrainedModels()  # what threads of one process share; a version never changes


def active_version(resources: Resources, scheduler_id: str) -> TrainedModel:
    """The version that the scheduler's model has active at this moment.

    Raises:
        InputProblem: there is none, or its artefacts are gone or of another format.
    """
    return version_of(resources, scheduler_id, None)


def version_of(resources: Resources, scheduler_id: str, number: int | None) -> TrainedModel:
    """A version of the scheduler's model; None is the active one.

    Raises:
        InputProblem: there is none, or its artefacts are gone or of another format.
    """
    with resources.database.begin() as connection:
        scheduler = schedulers.get(connection, scheduler_id)
        model = models.get(connection, scheduler.model_id)
        wanted = number or model.active_version
        version = wanted and model_versions.get(connection, model.id, wanted)
    if not version:
        which = f"no version {number}" if number else "no active version"
        raise InputProblem(f"The model {model.name} has {which}. Train it, or activate a version.")
    try:
        return TRAINED_MODELS.get(resources.objects, resources.settings.engine_bucket, model, version)
    except (ObjectsRefused, ValueError) as error:  # gone, or of a format that another engine wrote
        raise InputProblem(f"Version {version.version} of the model {model.name} cannot be loaded. {error}") from error
