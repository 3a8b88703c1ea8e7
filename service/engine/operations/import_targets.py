"""The model that an imported version goes to: one that there is, or a new one."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from service.engine.operations.datasets import require_dataset
from service.engine.operations.models import check_model_quota
from service.engine.operations.tags import set_tags
from service.engine.operations.training_inputs import check_labels, check_role
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import MODEL, version_arn
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ConflictException, ValidationException
from service.engine.protocol.schemas import Schema, disagreement, lacking
from service.engine.store import model_versions, models
from service.engine.store.datasets import Dataset
from service.engine.store.models import Model

UNDER_WAY = "IMPORT_IN_PROGRESS"


@dataclass(frozen=True)
class Target:
    """The version that an import makes."""

    model_id: str
    model_name: str
    version: int

    def row(self, unit: Unit) -> dict[str, Any]:
        """Columns of a version that is under way, however it comes."""
        return {
            "status": UNDER_WAY,
            "source_type": "IMPORT",
            "import_started_at": unit.now,
            "created_at": unit.now,
            "updated_at": unit.now,
        }

    def answer(self, unit: Unit) -> dict[str, Any]:
        """What the request is answered."""
        arn = unit.arn(MODEL, self.model_name, self.model_id)
        return {
            "ModelName": self.model_name,
            "ModelArn": arn,
            "ModelVersionArn": version_arn(arn, self.version),
            "ModelVersion": self.version,
            "Status": UNDER_WAY,
        }


def require_content(call: Call, unit: Unit) -> Dataset:
    """The dataset of the request, which has to be there before a model of it.

    Raises:
        ResourceNotFoundException: it is not.
        ConflictException: it has no content yet.
    """
    dataset = require_dataset(unit, call.params["DatasetName"], lock=True)
    if dataset.status != "ACTIVE" or dataset.schema is None:
        raise ConflictException(
            f"The dataset {dataset.name!r} is {dataset.status}; a model needs one that is ACTIVE. Import it first."
        )
    return dataset


def check_fits(schema: Schema, dataset: Dataset) -> None:
    """Refuse a version with sensors that the dataset does not have: it could never be trained again.

    Raises:
        ValidationException: naming them.
    """
    missing = lacking(schema, dataset.schema)
    if missing:
        raise ValidationException(
            f"The dataset {dataset.name!r} does not have what the model version needs: {missing}."
        )


def target_model(
    call: Call, unit: Unit, dataset: Dataset, name: str, made_from: dict[str, Any], *, is_known: bool = True
) -> Target:
    """The model of that name, which a version of this kind may join, or a new one, with the request's tags.

    Args:
        is_known: whether `made_from` tells sensors and sampling already, which have to be the model's.

    Raises:
        ConflictException, ValidationException: there is one that it may not join.
        ServiceQuotaExceededException: a new one would be too many.
    """
    check_role(call.params)
    check_labels(call.params, unit)
    check_model_quota(unit, name)
    found = models.find(unit.connection, unit.scope, name, lock=True)
    if found:
        _check_joinable(found, dataset)
        if is_known:
            _check_same_kind(found, made_from)
        _take_what_is_brought(unit, found, made_from)
    model_id = found.id if found else _add(unit, dataset, name, made_from)
    set_tags(unit.arn(MODEL, name, model_id), call.params.get("Tags", []), unit)
    return Target(model_id, name, model_versions.next_number(unit.connection, model_id))


def _check_joinable(found: Model, dataset: Dataset) -> None:
    if found.status in ("IN_PROGRESS", UNDER_WAY):
        raise ConflictException(f"The model {found.name!r} is {found.status}; wait until its first version has ended.")
    if found.dataset_id != dataset.id:
        raise ValidationException(
            f"The model {found.name!r} is one of the dataset {found.dataset_name!r}, not of {dataset.name!r}."
        )


def _check_same_kind(found: Model, made_from: dict[str, Any]) -> None:
    rate = (made_from["data_pre_processing_configuration"] or {}).get("TargetSamplingRate")
    told = disagreement(made_from["schema"], rate, with_schema=found.schema, with_rate=found.target_sampling_rate)
    if told:
        raise ValidationException(f"The model {found.name!r} {told}. Import it under another ModelName.")


def _take_what_is_brought(unit: Unit, found: Model, made_from: dict[str, Any]) -> None:
    """Labels of the request are for the versions to come, too, and so is the role that reads them."""
    brought = {name: made_from[name] for name in ("labels_input_configuration", "role_arn") if made_from[name]}
    is_labelled = "labels_input_configuration" in brought
    models.change(unit.connection, found.id, updated_at=unit.now, **(brought if is_labelled else {}))


def _add(unit: Unit, dataset: Dataset, name: str, made_from: dict[str, Any]) -> str:
    model_id = str(uuid4())
    models.add(
        unit.connection,
        unit.scope,
        id=model_id,
        name=name,
        dataset_id=dataset.id,
        status=UNDER_WAY,
        created_at=unit.now,
        updated_at=unit.now,
        **made_from,
    )
    return model_id
