"""The `lookoutequipment` package from PyPI, unchanged, through all that the notebooks do with it.

Endpoints, credentials and a region are all it is told. The data have the shape of theirs: 24 subsystems, 122 signals,
labels, time ranges; a fortnight in rows of five minutes.
"""

import json
import os
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from engine_machine import ROLE
from engine_processes import wait_until
from expander_plant import Fault, component_csv, readings, subsystems, write_sample
from test_engine_workers import WORKERS, ended, last_boundary

NOTEBOOK = Path(__file__).with_name("expander_notebook.py")
DAY, WINDOW, MINUTE = timedelta(days=1), timedelta(minutes=5), timedelta(minutes=1)
START = datetime(2015, 1, 1)  # noqa: DTZ001 - the package counts in naive UTC
EVALUATED_FROM, END = START + 10 * DAY, START + 14 * DAY
LABELLED = (
    Fault("subsystem-05", START + 1.5 * DAY, START + 1.9 * DAY),
    Fault("subsystem-03", EVALUATED_FROM + 0.5 * DAY, EVALUATED_FROM + 0.8 * DAY),
)
MEMORY = timedelta(hours=3)  # a model that looks at the last 34 rows sees a fault for a while after its end
WINDOWS, BROKEN = 6, 2  # of the last ones scored, the last are broken


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A fortnight of the plant in the folder that the notebooks load: ten days to learn from, four to evaluate on."""
    write_sample(tmp_path, readings(START, END, WINDOW, LABELLED), LABELLED)
    ranges = (START, EVALUATED_FROM - MINUTE, EVALUATED_FROM, END - MINUTE)
    (tmp_path / "timeranges.txt").write_text("".join(f"{at:%Y-%m-%d %H:%M:%S}\n" for at in ranges))
    return tmp_path


def test_the_notebooks_run_unchanged_on_24_subsystems_with_122_signals(
    engine, equipment, s3, bucket, sdk_python, sample
):
    end = last_boundary()
    put_windows(s3, bucket, end)
    engine.start("engine", *WORKERS, "tick")
    engine.wait_until_healthy()

    with notebook(sdk_python, engine.settings, sample, bucket) as program:
        read_until(program, "CREATED")
        replay = equipment.start_inference_replay(
            InferenceSchedulerName="expander", StartTime=end - WINDOWS * WINDOW, EndTime=end - WINDOW
        )
        ended(equipment, replay["ReplayId"])
        executions = equipment.list_inference_executions(InferenceSchedulerName="expander")
        unsuccessful = [one for one in executions["InferenceExecutionSummaries"] if one["Status"] != "SUCCESS"]
        assert unsuccessful == []
        said, complaint = program.communicate("replayed\n", timeout=100)
        assert program.returncode == 0, complaint

    told = json.loads(said.splitlines()[-1])
    assert_dataset(told)
    assert_model(told)
    assert_predictions(told, end)
    assert (told["running"], told["stopped"], told["started"]) == ("RUNNING", "STOPPED", "RUNNING")
    assert told["files named by the inspector"] == 24
    assert told["left"] == [[], []]


def assert_dataset(told: dict[str, Any]) -> None:
    assert (told["ingestion"], told["files"], told["signals"]) == ("SUCCESS", 24, 122)
    assert sorted(told["components"]) == sorted(subsystems())
    assert told["datasets"] == ["expander"]


def assert_model(told: dict[str, Any]) -> None:
    """The label in the evaluation range is told and found, and the subsystem behind it named; little else is found."""
    assert told["training"] == ["SUCCESS", ""]
    assert (told["trained twice"], told["models"]) == (False, ["expander"])
    fault = LABELLED[1]
    assert told["labelled"] == [[str(fault.start), str(fault.end)]]
    spans = [[datetime.fromisoformat(at) for at in span] for span in told["found"]]
    inside = sum(
        (min(b, fault.end) - max(a, fault.start) for a, b in spans if a < fault.end and b > fault.start), 0 * DAY
    )
    assert inside > 0.9 * (fault.end - fault.start)
    assert sum((b - a for a, b in spans), 0 * DAY) - inside < MEMORY
    assert all(name.startswith("subsystem-03\\") for name in told["to blame"])
    assert len(told["ranked"]) == 9
    assert told["panels"] == 3


def assert_predictions(told: dict[str, Any], end: datetime) -> None:
    rows = {datetime.fromisoformat(at): value for at, value in told["predictions"].items()}
    broken_from = end.replace(tzinfo=None) - (BROKEN + 1) * WINDOW
    assert len(told["executions"]) == WINDOWS - 1
    assert len(rows) == WINDOWS - 1
    assert told["executions"] == sorted(told["executions"], reverse=True)
    assert not any(value for at, value in rows.items() if at <= broken_from)
    assert all(value for at, value in rows.items() if at > broken_from)
    assert all(name.startswith("subsystem-01\\") for name in told["blamed"])


def put_windows(s3: Any, bucket: str, end: datetime) -> None:
    """Input files of the windows up to `end`, a row a minute; the last ones with a fault."""
    naive = end.replace(tzinfo=None)
    fault = Fault("subsystem-01", naive - (BROKEN + 1) * WINDOW + MINUTE, naive + MINUTE)
    for number in range(WINDOWS, 0, -1):
        start = naive - number * WINDOW
        frame = readings(start + MINUTE, start + WINDOW + MINUTE, MINUTE, [fault])
        for subsystem, names in subsystems().items():
            key = f"expander/inference-data/input/{subsystem}_{start:%Y%m%d%H%M%S}.csv"
            s3.put_object(Bucket=bucket, Key=key, Body=component_csv(frame, names).encode())


def notebook(python: Path, settings: Any, folder: Path, bucket: str) -> subprocess.Popen:
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "MPLCONFIGDIR": str(folder),
        "TZ": "UTC",
        "AWS_ENDPOINT_URL_LOOKOUTEQUIPMENT": settings.lookoutequipment_endpoint_url,
        "AWS_ENDPOINT_URL_S3": settings.s3_endpoint_url,
        "AWS_ACCESS_KEY_ID": settings.aws_access_key_id,
        "AWS_SECRET_ACCESS_KEY": settings.aws_secret_access_key,
        "AWS_DEFAULT_REGION": settings.aws_region,
    }
    return subprocess.Popen(
        [python, "-W", "ignore", NOTEBOOK, folder, bucket, ROLE],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_until(program: subprocess.Popen, word: str) -> None:
    def line_with_the_word() -> bool:
        line = program.stdout.readline()
        assert line, program.stderr.read()
        return line.startswith(word)

    wait_until(line_with_the_word, f"the notebook never said {word}", seconds=150)
