"""The service model as botocore ships it, and the overlay in ``models/`` with operations and members of our own.

The overlay is botocore's own mechanism, an ``sdk-extras`` file: whoever sets ``AWS_DATA_PATH`` to the ``models`` folder
has all of them in plain boto3 and in the AWS CLI as well; everybody else never meets them.
"""

from functools import cache
from pathlib import Path

import boto3
import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import ServiceModel

SERVICE = "lookoutequipment"
API_VERSION = "2020-12-15"
TARGET_PREFIX = "AWSLookoutEquipmentFrontendService"
OWN_OPERATIONS = frozenset(
    {
        "CompareInferenceEvents",
        "CreateMaintenanceWindow",
        "DeleteMaintenanceWindow",
        "DescribeInferenceReplay",
        "DescribeModelVersionExport",
        "ExportModelVersion",
        "ImportModelFile",
        "ListMaintenanceWindows",
        "StartInferenceReplay",
        "StopInferenceReplay",
    }
)
MODELS = Path(__file__).parent / "models"


class ServiceModelGone(Exception):
    """The installed botocore no longer knows the service."""

    def __init__(self) -> None:
        super().__init__(
            f"The installed botocore has no {SERVICE} any more. Install one that has it (setup.cfg pins boto3 to "
            f"such a range), or put the last service-2.json that had it into {MODELS / SERVICE / API_VERSION}."
        )


def client_loader() -> Loader:
    """A loader of botocore data that finds the overlay. Make one per session: boto3 adds search paths to it."""
    return Loader(extra_search_paths=[str(MODELS)])


@cache
def service_model() -> ServiceModel:
    """Every operation and shape, ours included.

    Raises:
        ServiceModelGone: with what to do about it.
    """
    try:
        return ServiceModel(client_loader().load_service_model(SERVICE, "service-2", API_VERSION), SERVICE)
    except UnknownServiceError as error:
        raise ServiceModelGone from error


def client_session(**arguments: str) -> boto3.Session:
    """A boto3 session whose ``lookoutequipment`` clients have the replay operations.

    Args:
        arguments: as for `boto3.Session`, ``region_name`` for instance.
    """
    core = botocore.session.get_session()
    core.register_component("data_loader", client_loader())
    return boto3.Session(botocore_session=core, **arguments)
