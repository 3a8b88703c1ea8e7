"""The description of the service that the engine hands out, and clients that know the service from it alone."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import botocore
import pytest
from botocore.loaders import Loader
from werkzeug.test import Client
from wsgi_seam import served

from service.engine.app import create_app
from service.engine.resources import Resources
from service.wire import API_VERSION, OWN_OPERATIONS, SERVICE, client_session, service_description, service_model

PATH = f"/service-model/{SERVICE}/{API_VERSION}/service-2.json"
AWS_CLI = Path(__file__).parents[3] / ".venv-bench/bin/aws"


@pytest.fixture
def bare_data(tmp_path: Path) -> Path:
    """What botocore ships, without this service: so it will be one day."""
    bare, shipped = tmp_path / "data", Path(botocore.__file__).parent / "data"
    bare.mkdir()
    for entry in shipped.iterdir():
        if entry.name != SERVICE:
            (bare / entry.name).symlink_to(entry)
    return bare


@pytest.fixture
def url(engine_resources: Resources) -> Iterator[str]:
    with served(create_app(engine_resources.settings, engine_resources)) as url:
        yield url


@pytest.fixture
def downloaded(app: Callable, tmp_path: Path) -> Path:
    """A folder for AWS_DATA_PATH with nothing but the downloaded file."""
    place = tmp_path / "models" / SERVICE / API_VERSION / "service-2.json"
    place.parent.mkdir(parents=True)
    place.write_bytes(Client(app).get(PATH).data)
    return tmp_path / "models"


def test_anybody_may_have_the_description(app: Callable):
    answered = Client(app).get(PATH)
    assert (answered.status_code, answered.content_type) == (200, "application/json")
    assert json.loads(answered.data) == service_description()


def test_who_has_it_already_is_told_so(app: Callable):
    etag = Client(app).get(PATH).headers["ETag"]
    again = Client(app).get(PATH, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_it_cannot_be_changed(app: Callable):
    assert Client(app).post(PATH).status_code == 405


def test_a_loader_reads_all_operations_from_the_file_alone(downloaded: Path):
    loader = Loader(extra_search_paths=[str(downloaded)], include_default_search_paths=False)
    assert loader.list_available_services("service-2") == [SERVICE]
    names = set(loader.load_service_model(SERVICE, "service-2")["operations"])
    assert names == set(service_model().operation_names)
    assert len(names - OWN_OPERATIONS) == 49


CALLS = """
import sys, botocore.loaders
botocore.loaders.Loader.BUILTIN_DATA_PATH = sys.argv[1]
import boto3, botocore.exceptions
try:
    client = boto3.client("lookoutequipment", endpoint_url=sys.argv[2], region_name=sys.argv[3])
except botocore.exceptions.UnknownServiceError:
    sys.exit("unknown")
client.create_dataset(DatasetName="plant")
print([found["DatasetName"] for found in client.list_datasets()["DatasetSummaries"]])
try:
    client.start_inference_replay(InferenceSchedulerName="none", StartTime=0, EndTime=300)
except client.exceptions.ResourceNotFoundException as error:
    print("asked")
"""


def told(bare_data: Path, url: str, region: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a plain boto3 says that has lost the service; it reads neither this user's settings nor models."""
    keys = {"AWS_ACCESS_KEY_ID": "lookout", "AWS_SECRET_ACCESS_KEY": "lookout-embedded", "HOME": str(bare_data)}
    arguments = [sys.executable, "-c", CALLS, str(bare_data), url, region]
    return subprocess.run(arguments, env=keys | environment, capture_output=True, text=True)


def test_plain_boto3_that_has_lost_the_service_works_with_the_file(
    bare_data: Path, url: str, downloaded: Path, unique: str
):
    assert told(bare_data, url, unique).stderr.strip() == "unknown"
    answered = told(bare_data, url, unique, AWS_DATA_PATH=str(downloaded))
    assert answered.stdout.split("\n") == ["['plant']", "asked", ""], answered.stderr


def test_engine_and_clients_of_ours_do_without_botocores_own_copy(
    bare_data: Path, monkeypatch: pytest.MonkeyPatch, engine_resources: Resources, unique: str
):
    monkeypatch.setattr(Loader, "BUILTIN_DATA_PATH", str(bare_data))
    for cached in (service_description, service_model):
        cached.cache_clear()
    assert len(service_model().operation_names) == 49 + len(OWN_OPERATIONS)
    credentials = {"aws_access_key_id": "lookout", "aws_secret_access_key": "lookout-embedded"}
    with served(create_app(engine_resources.settings, engine_resources)) as url:
        client = client_session(region_name=unique, **credentials).client(SERVICE, endpoint_url=url)
        assert client.list_models()["ModelSummaries"] == []


@pytest.mark.skipif(not AWS_CLI.exists(), reason="the AWS CLI is installed by `make bench` only")
def test_the_aws_cli_takes_the_file(downloaded: Path, url: str, unique: str, tmp_path: Path):
    environment = os.environ | {
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": "lookout",
        "AWS_SECRET_ACCESS_KEY": "lookout-embedded",
        "AWS_DEFAULT_REGION": unique,
        "AWS_ENDPOINT_URL_LOOKOUTEQUIPMENT": url,
    }

    def aws(*arguments: str) -> str:
        return subprocess.run([AWS_CLI, *arguments], env=environment, capture_output=True, text=True, check=True).stdout

    place = downloaded / SERVICE / API_VERSION / "service-2.json"
    aws("configure", "add-model", "--service-name", SERVICE, "--service-model", f"file://{place}")
    assert (tmp_path / ".aws/models" / SERVICE / API_VERSION / "service-2.json").exists()
    made = json.loads(aws(SERVICE, "create-dataset", "--dataset-name", "plant"))
    assert made["Status"] == "CREATED"
    assert "start-inference-replay" in aws(SERVICE, "help")
