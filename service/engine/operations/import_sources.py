"""What an import names as its source: a dataset or a model version of any account and region of this engine.

The source is locked until the import is a row: from then on what it reads is kept, whatever becomes of the source.
"""

from service.engine.operations.named_resources import scope_of
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import parse_arn
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import AccessDeniedException, ConflictException, ResourceNotFoundException
from service.engine.protocol.policies import Statement, allows, read_policy
from service.engine.store import datasets, ingestion_jobs, model_versions, models, resource_policies
from service.engine.store.datasets import Dataset
from service.engine.store.ingestion_jobs import IngestionJob
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model
from service.wire import SERVICE


def source_dataset(call: Call, unit: Unit) -> tuple[Dataset, IngestionJob]:
    """The dataset of SourceDatasetArn, and the job that made the content it has now.

    Raises:
        AccessDeniedException: it is another account's, which lets nobody or somebody else import it, or has none such.
        ResourceNotFoundException: it would be the caller's own, and is not there.
        ConflictException: it has no content yet.
    """
    arn = call.params["SourceDatasetArn"]
    _check_allowed(call, unit, arn)
    name = parse_arn(arn)
    dataset = datasets.find(unit.connection, scope_of(name), name.name, lock=True)
    if not dataset or dataset.id != name.id:
        raise ResourceNotFoundException("dataset", arn)
    job = dataset.current_job_id and ingestion_jobs.get(unit.connection, dataset.current_job_id)
    if not job or not job.copy_prefix:
        raise ConflictException(f"The dataset {arn} is {dataset.status} and has no content to import yet.")
    return dataset, job


def source_version(call: Call, unit: Unit) -> tuple[Model, ModelVersion]:
    """The model and the version of SourceModelVersionArn.

    Raises:
        AccessDeniedException, ResourceNotFoundException: as for a dataset.
        ConflictException: the version is not one that was trained with success.
    """
    arn = call.params["SourceModelVersionArn"]
    _check_allowed(call, unit, arn)
    name = parse_arn(arn)
    model = models.find(unit.connection, scope_of(name), name.name, lock=True)
    is_meant = model and model.id == name.id
    version = model_versions.get(unit.connection, model.id, name.version) if is_meant else None
    if not version:
        raise ResourceNotFoundException("model version", arn)
    if version.status != "SUCCESS":
        raise ConflictException(f"The model version {arn} is {version.status}; only one that is SUCCESS is imported.")
    return model, version


def _check_allowed(call: Call, unit: Unit, arn: str) -> None:
    """Whoever asks for what is not theirs learns whether they may have it, and not whether it is there."""
    name = parse_arn(arn)
    allowed = allows(
        _attached(unit, arn),
        owner_id=name.account_id,
        account_id=call.account_id,
        action=f"{SERVICE}:{call.operation}",
        arn=arn,
    )
    if not allowed:
        raise AccessDeniedException(
            f"No resource policy lets the account {call.account_id} do {SERVICE}:{call.operation} on {arn}: its owner "
            "has to attach one with PutResourcePolicy."
        )


def _attached(unit: Unit, arn: str) -> list[tuple[Statement, ...]]:
    """The policies of the resource, and of the model that a version belongs to."""
    places = dict.fromkeys((arn, arn.partition("/model-version/")[0]))
    found = (resource_policies.find(unit.connection, place) for place in places)
    return [read_policy(policy.policy) for policy in found if policy]
