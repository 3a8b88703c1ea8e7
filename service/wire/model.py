"""The service model: a copy of botocore's in ``models/``, and an overlay with operations and members of our own.

The copy is there because AWS takes dead services out of botocore. The overlay is botocore's own mechanism, an
``sdk-extras`` file: whoever sets ``AWS_DATA_PATH`` to the ``models`` folder has all of it in plain boto3 and in the AWS
CLI as well; everybody else never meets it.
"""

from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
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


def client_loader() -> Loader:
    """A loader of botocore data that looks here first. Make one per session: boto3 adds search paths to it."""
    return Loader(extra_search_paths=[str(MODELS)])


@cache
def service_description() -> dict[str, Any]:
    """The whole model as one JSON value, as a ``service-2.json`` has it: operations and shapes, ours included."""
    return client_loader().load_service_model(SERVICE, "service-2", API_VERSION)


@cache
def service_model() -> ServiceModel:
    """The same for looking things up."""
    return ServiceModel(service_description(), SERVICE)


def client_session(**arguments: str) -> boto3.Session:
    """A boto3 session whose ``lookoutequipment`` clients have our operations, too.

    Args:
        arguments: as for `boto3.Session`, ``region_name`` for instance.
    """
    core = botocore.session.get_session()
    core.register_component("data_loader", client_loader())
    return boto3.Session(botocore_session=core, **arguments)
