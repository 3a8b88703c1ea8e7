"""A client that openapi-python-client makes from the document drives the main job: nobody writes HTTP by hand."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

DOCUMENT = Path(__file__).parents[2] / "openapi" / "openapi.json"
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The parts of the generated package, by name; `folder` is where it is."""
    folder = tmp_path_factory.mktemp("generated")
    config = folder / "generator.yaml"
    config.write_text("post_hooks: []\n")
    command = [Path(sys.executable).with_name("openapi-python-client"), "generate", "--path", DOCUMENT]
    package = ["--output-path", folder / "lookout_client", "--meta", "none", "--config", config]
    said = subprocess.run([*command, *package], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
    sys.path.insert(0, str(folder))
    yield SimpleNamespace(
        folder=folder,
        package=import_module("lookout_client"),
        models=import_module("lookout_client.models"),
        types=import_module("lookout_client.types"),
    )
    sys.path.remove(str(folder))


@pytest.fixture
def ask(live, generated):
    """`ask("schedulers.create_scheduler", …)`: the answer of an operation, which has to be a success."""
    client = generated.package.AuthenticatedClient(base_url=live.address, token=live.key, timeout=30)

    def call(operation: str, *arguments: Any, **options: Any) -> Any:
        module = import_module(f"lookout_client.api.{operation}")
        answer = module.sync_detailed(*arguments, client=client, **options)
        assert answer.status_code < 300, answer.content
        return answer.parsed

    return call


def test_every_operation_of_the_document_is_in_the_client(generated):
    made = {path.stem for path in generated.folder.glob("lookout_client/api/*/*.py")} - {"__init__"}
    paths = json.loads(DOCUMENT.read_text())["paths"].values()
    assert made == {one["operationId"] for path in paths for one in path.values() if "operationId" in one}


def test_the_main_job_goes_through_the_generated_client(live, generated, ask, unique):
    name, models = f"pump-{unique}", generated.models
    live.train("generated")
    wanted = {
        "inference_scheduler_name": name,
        "model_name": "generated",
        "data_upload_frequency": "PT5M",
        "data_input_configuration": {"s3_input_configuration": {"bucket": live.bucket, "prefix": "client/in/"}},
        "data_output_configuration": {"s3_output_configuration": {"bucket": live.bucket, "prefix": "client/out/"}},
    }

    created = ask("schedulers.create_scheduler", body=models.NewScheduler.from_dict(wanted), prefer="wait=10")
    ended(ask, "operations.describe_operation", created.id)
    for component in ("pump", "motor"):
        file = generated.types.File(payload=BytesIO(live.table(component).encode()), file_name=f"{component}.csv")
        upload = ask("uploads.upload_sensor_data", name, body=file, component=component, idempotency_key=component)
        assert ended(ask, "uploads.describe_upload", upload.id).progress.files_written == 6
    replayed = {"start_time": f"{live.day:%FT%TZ}", "end_time": f"{live.day:%F}T00:30:00Z"}
    replay = ask("replays.start_replay", name, body=models.NewReplay.from_dict(replayed))
    ended(ask, "replays.describe_replay", replay.id)

    runs = ask("executions.list_executions", name).executions
    predictions = ask("predictions.list_predictions", name, contributors=1).predictions
    assert {run.status for run in runs} == {"SUCCESS"}
    assert len(runs) == 6
    assert predictions
    assert {len(row.diagnostics) for row in predictions} == {1}

    stopped = ask("schedulers.stop_scheduler", name, prefer="wait=10")
    ended(ask, "operations.describe_operation", stopped.id)
    ask("schedulers.delete_scheduler", name)
    assert name not in [one.inference_scheduler_name for one in ask("schedulers.list_schedulers").schedulers]


def ended(ask: Any, operation: str, thing: str) -> Any:
    """The thing once it has ended, which has to be in success."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (seen := ask(operation, thing, wait=5.0)).status not in ("succeeded", "success"):
        assert seen.status not in ("failed", "cancelled"), seen
        assert time.monotonic() < deadline, seen
    return seen
