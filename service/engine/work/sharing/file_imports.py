"""A model file on its way in: read within bounds, checked, and its artefacts put where a version has them."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from service.engine.detection import FittedModel
from service.engine.protocol.schemas import disagreement, lacking
from service.engine.resources import Resources
from service.engine.store import datasets, models
from service.engine.store.imports import Import
from service.engine.work.bucket.trained_models import ARTEFACTS, read_artefacts
from service.engine.work.problems import InputProblem
from service.engine.work.sharing.model_descriptions import check_detector, columns
from service.engine.work.sharing.model_files import LARGEST_BYTES, ModelFile, unpack


def take_in(resources: Resources, task: Import, prefix: str) -> tuple[int, dict[str, Any]]:
    """Read a file and write its artefacts below a prefix of the engine's bucket.

    Returns:
        Its size in bytes, and the columns of the version that it describes.

    Raises:
        InputProblem: it cannot be a version of that model; the message is for whoever asked for the import.
        ObjectsRefused, ObjectsUnavailable: as the object store says.
    """
    place = f"s3://{task.source_object['Bucket']}/{task.source_object['Key']}"
    body = resources.objects.beginning(task.source_object["Bucket"], task.source_object["Key"], LARGEST_BYTES + 1)
    if len(body) > LARGEST_BYTES:
        raise InputProblem(f"{place} is larger than {LARGEST_BYTES} bytes, which no model file is.")
    file = unpack(body, place)
    described = columns(file.description, place)
    check_detector(_detector(file, place), described["schema"], place)
    _check_fits(resources, task, described, place)
    for name in ARTEFACTS:
        resources.objects.put(resources.settings.engine_bucket, prefix + name, file.members[name])
    return len(body), described


def _detector(file: ModelFile, place: str) -> FittedModel:
    """The detector, which reading proves to be one; JSON and arrays are data, so nothing in them is run."""
    if set(file.members) != set(ARTEFACTS):
        raise InputProblem(f"{place} does not hold what a model consists of: {', '.join(ARTEFACTS)}.")
    try:
        _check_unpacked_size(file.members)
        return read_artefacts(file.members)[0]
    except Exception as error:  # whatever is wrong with arrays that a stranger wrote
        said = str(error).rstrip(".") or type(error).__name__
        raise InputProblem(f"{place} has a detector that this engine cannot read: {said}.") from error


def _check_unpacked_size(members: Mapping[str, bytes]) -> None:
    for name, body in members.items():
        if name.endswith(".npz"):
            with ZipFile(BytesIO(body)) as arrays:
                if sum(entry.file_size for entry in arrays.infolist()) > LARGEST_BYTES:
                    raise BadZipFile(f"the arrays of {name} are larger than {LARGEST_BYTES} bytes")


def _check_fits(resources: Resources, task: Import, described: Mapping[str, Any], place: str) -> None:
    """The same rules that an import between accounts is refused by at once."""
    with resources.database.begin() as connection:
        model = models.get(connection, task.model_id)
        dataset = datasets.get(connection, model.dataset_id)
    missing = lacking(described["schema"], dataset.schema)
    if missing:
        raise InputProblem(f"The dataset {dataset.name} does not have what the model in {place} needs: {missing}.")
    if model.status == "IMPORT_IN_PROGRESS":
        return  # it has no other version yet
    rate = (described["data_pre_processing_configuration"] or {}).get("TargetSamplingRate")
    told = disagreement(described["schema"], rate, with_schema=model.schema, with_rate=model.target_sampling_rate)
    if told:
        raise InputProblem(f"The model {model.name} {told}. Import {place} under another ModelName.")
