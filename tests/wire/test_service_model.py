"""The service model: botocore's 49 operations and ours."""

import json
import subprocess
import sys

import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from service.wire import API_VERSION, OWN_OPERATIONS, SERVICE, TARGET_PREFIX, client_session, service_model
from service.wire.model import MODELS


def test_our_copy_says_what_botocores_own_says():
    """As long as it has one. Where a newer botocore says something new, copy its file again and tell the NOTICE."""
    try:
        theirs = Loader().load_service_model(SERVICE, "service-2", API_VERSION)
    except UnknownServiceError:
        pytest.skip("AWS has taken the service out of botocore")
    assert json.loads((MODELS / SERVICE / API_VERSION / "service-2.json").read_text()) == theirs


def test_the_model_has_the_49_operations_of_aws_and_some_of_our_own():
    names = set(service_model().operation_names)
    assert names >= OWN_OPERATIONS
    assert len(names - OWN_OPERATIONS) == 49


def test_the_constants_say_what_the_model_says():
    metadata = service_model().metadata
    assert (metadata["targetPrefix"], metadata["apiVersion"]) == (TARGET_PREFIX, API_VERSION)


def test_our_operations_declare_their_errors_as_those_of_aws_do():
    for name in sorted(OWN_OPERATIONS):
        declared = {shape.name for shape in service_model().operation_model(name).error_shapes}
        assert declared >= {
            "ResourceNotFoundException",
            "ValidationException",
            "ThrottlingException",
            "AccessDeniedException",
            "InternalServerException",
        }


def test_a_client_of_our_session_has_the_replay_operations():
    client = client_session(region_name="local-1", aws_access_key_id="key", aws_secret_access_key="secret").client(
        SERVICE
    )
    assert client.start_inference_replay
    assert client.describe_inference_replay
    assert client.stop_inference_replay


def test_two_sessions_do_not_share_their_loader():
    first, second = (client_session()._session.get_component("data_loader") for _ in range(2))
    assert first is not second


@pytest.mark.parametrize("plain", [True, False], ids=["without AWS_DATA_PATH", "with AWS_DATA_PATH"])
def test_plain_boto3_finds_the_overlay_through_aws_data_path(plain: bool):
    code = (
        "import boto3; c = boto3.client('lookoutequipment', region_name='local-1', aws_access_key_id='k',"
        " aws_secret_access_key='s'); print(hasattr(c, 'start_inference_replay'))"
    )
    environment = {} if plain else {"AWS_DATA_PATH": str(MODELS)}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(not plain)
