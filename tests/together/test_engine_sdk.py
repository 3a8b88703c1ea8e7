"""The `lookoutequipment` package from PyPI, unchanged: endpoints, credentials and a region are all it is told."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path

from engine_machine import MINUTE, ROLE, make_dataset, put_training_files, put_window_files, start_ingestion
from engine_processes import wait_until
from test_engine_workers import WORKERS, ended, ingested, last_boundary, trained

PROGRAM = """
import sys
import time
sleep, time.sleep = time.sleep, lambda seconds: sleep(seconds / 50)  # it looks at a status every 5 seconds
from lookoutequipment.scheduler import LookoutEquipmentScheduler

bucket, role = sys.argv[1:]
scheduler = LookoutEquipmentScheduler(scheduler_name="sdk-scheduler", model_name="sdk-model")
scheduler.set_parameters(
    input_bucket=bucket, input_prefix="in/", output_bucket=bucket, output_prefix="out/", role_arn=role,
    upload_frequency="PT5M", delay_offset=1, timezone_offset="+00:00", component_delimiter="_",
    timestamp_format="yyyyMMddHHmmss",
)
scheduler.create()
assert scheduler.get_status() == "RUNNING"
scheduler.create(wait=False)
print("CREATED", flush=True)
assert sys.stdin.readline() == "replayed\\n"

executions = scheduler.list_inference_executions(execution_status="SUCCESS", max_results=5)
print("EXECUTIONS", len(executions), executions[0]["DataEndTime"] > executions[-1]["DataEndTime"], flush=True)
predictions = scheduler.get_predictions()
normal, broken = predictions.prediction[:40].sum(), predictions.prediction[40:].sum()
print("PREDICTIONS", len(predictions), normal, broken, flush=True)
shares = predictions.drop(columns=["prediction", "anomaly_score"])
print("BLAMED", shares[40:].mean().idxmax(), flush=True)

scheduler.stop()
assert scheduler.get_status() == "STOPPED"
scheduler.start()
assert scheduler.get_status() == "RUNNING"
scheduler.stop()
scheduler.delete()
try:
    scheduler.get_status()
except scheduler.client.exceptions.ResourceNotFoundException:
    print("GONE", flush=True)
"""


def test_the_scheduler_class_of_the_sdk_works_unchanged(engine, equipment, s3, bucket, sdk_python, tmp_path):
    end = last_boundary()
    put_training_files(s3, bucket, end - timedelta(days=2), end - 60 * MINUTE)
    put_window_files(s3, bucket, end - 60 * MINUTE, end - 20 * MINUTE)
    put_window_files(s3, bucket, end - 20 * MINUTE, end, is_broken=True)
    engine.start("engine", *WORKERS, "tick")
    engine.wait_until_healthy()
    make_dataset(equipment)
    ingested(equipment, start_ingestion(equipment, bucket))
    equipment.create_model(ModelName="sdk-model", DatasetName="plant")
    trained(equipment, "sdk-model")

    with _program(sdk_python, engine.settings, bucket, tmp_path) as program:
        _read_until(program, "CREATED")
        replay = equipment.start_inference_replay(
            InferenceSchedulerName="sdk-scheduler", StartTime=end - 60 * MINUTE, EndTime=end - 5 * MINUTE
        )
        ended(equipment, replay["ReplayId"])
        said, complaint = program.communicate("replayed\n", timeout=100)
        assert program.returncode == 0, complaint

    told = {word: rest for word, *rest in (line.split() for line in said.splitlines() if line)}
    assert told["EXECUTIONS"] == ["11", "True"]
    rows, normal, broken = map(int, told["PREDICTIONS"])
    assert (rows, broken) == (55, 15)
    assert normal <= 4
    assert told["BLAMED"] == ["motor\\Current"]
    assert "GONE" in told
    assert equipment.list_inference_schedulers()["InferenceSchedulerSummaries"] == []


def _program(python: Path, settings, bucket: str, home: Path) -> subprocess.Popen:
    environment = {
        "PATH": os.defpath,
        "HOME": str(home),
        "MPLCONFIGDIR": str(home),
        "AWS_ENDPOINT_URL_LOOKOUTEQUIPMENT": settings.lookoutequipment_endpoint_url,
        "AWS_ENDPOINT_URL_S3": settings.s3_endpoint_url,
        "AWS_ACCESS_KEY_ID": settings.aws_access_key_id,
        "AWS_SECRET_ACCESS_KEY": settings.aws_secret_access_key,
        "AWS_DEFAULT_REGION": settings.aws_region,
    }
    return subprocess.Popen(
        [python, "-c", PROGRAM, bucket, ROLE],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _read_until(program: subprocess.Popen, word: str) -> None:
    def line_with_the_word() -> bool:
        line = program.stdout.readline()
        assert line, program.stderr.read()
        return line.startswith(word)

    wait_until(line_with_the_word, f"the SDK never said {word}")
