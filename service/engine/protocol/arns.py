"""Names of resources beyond one account: ``arn:aws:lookoutequipment:<region>:<account>:<kind>/<name>/<uuid>``."""

import re
from dataclasses import dataclass

from service.engine.protocol.faults import ValidationException
from service.wire import SERVICE

DATASET = "dataset"
MODEL = "model"
INFERENCE_SCHEDULER = "inference-scheduler"
LABEL_GROUP = "label-group"

_ARN = re.compile(
    rf"arn:aws[^:]*:{SERVICE}:(?P<region>[^:]*):(?P<account_id>\d{{12}}):"
    r"(?P<kind>[a-z-]+)/(?P<name>[^/]+)/(?P<id>[^/]+)(/model-version/(?P<version>\d+))?"
)


@dataclass(frozen=True)
class ResourceName:
    """An ARN taken apart; `version` is there for model versions only."""

    region: str
    account_id: str
    kind: str
    name: str
    id: str
    version: int | None


def make_arn(kind: str, *, region: str, account_id: str, name: str, id: str) -> str:
    """The ARN of a dataset, model, inference scheduler or label group; `id` is its UUID."""
    return f"arn:{_partition(region)}:{SERVICE}:{region}:{account_id}:{kind}/{name}/{id}"


def version_arn(model_arn: str, version: int) -> str:
    """The ARN of a version of a model."""
    return f"{model_arn}/model-version/{version}"


def key_arn(key_id: str, *, region: str, account_id: str) -> str:
    """The ARN of a KMS key: requests may name one by its id or alias, answers have its ARN."""
    if key_id.startswith("arn:"):
        return key_id
    name = key_id if key_id.startswith("alias/") else f"key/{key_id}"
    return f"arn:{_partition(region)}:kms:{region}:{account_id}:{name}"


def parse_arn(arn: str) -> ResourceName:
    """Take an ARN apart.

    Raises:
        ValidationException: not one of a resource that this service names.
    """
    found = _ARN.fullmatch(arn)
    if not found:
        raise ValidationException(
            f"{arn!r} is not the ARN of a dataset, model, model version, inference scheduler or label group."
        )
    parts = found.groupdict()
    version = parts.pop("version")
    return ResourceName(**parts, version=int(version) if version else None)


def _partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
