"""One window of five minutes with 122 sensors in 24 files: ours beside the plainest pandas and scikit-learn script.

    python benchmarks/window.py [--windows 40]

Milliseconds of a worker's time from the message to the recorded execution, in this process: the row is claimed, the
files and those just before them are listed and read, the rows checked, scored with context, the lines written to S3,
the outcome recorded with events and figures. The script lists, reads and scores the window's own rows, and writes the
lines. Files, S3 and sizes are the same; both are warm, and use one thread for numbers.
"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is imported

from support.large_plant import put_training_files, put_windows, schema
from support.machine import BUCKET, START, WINDOW, lookout_client
from support.plain_scripts import said_by
from support.servers import http_process, servers

from service.engine.resources import RememberingQueue, Resources, join_resources
from service.engine.work.inference.executions import run_execution
from service.engine.work.ingestion.ingestions import run_ingestion
from service.engine.work.tick import tick
from service.engine.work.training.trainings import run_training
from service.settings import Settings

NAME, PREFIX = "plant", "plant/in/"
TRAINING_ROWS = 3 * 24 * 60
WARM_UP = 5  # windows that are not counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=40)
    count = parser.parse_args().windows
    with servers() as settings, http_process(settings, "engine"), engine_of(settings) as engine:
        put_training_files(settings, START, TRAINING_ROWS)
        first = make_scheduler(settings, engine)
        put_windows(settings, PREFIX, first - WINDOW, count)
        ours = [_run(engine, first + number * WINDOW) for number in range(count)]
        stamps = [f"{first + (number - 1) * WINDOW:%Y%m%d%H%M%S}" for number in range(count)]
        model = str(settings.data_path / "plain.joblib")
        said_by(settings, "training", BUCKET, model)
        plain = said_by(settings, "window", BUCKET, PREFIX, model, *stamps)
    print(f"One window, 122 sensors in 24 files: milliseconds, median of {count - WARM_UP}")
    print(f"  {'':20}{'wall':>8}{'CPU':>8}{'worst':>8}")
    _print("ours", ours[WARM_UP:])
    _print("the plain script", plain[WARM_UP:])


def _print(name: str, taken: list[list[float]]) -> None:
    walls, cpus = zip(*taken, strict=True)
    print(f"  {name:20}{median(walls):8.0f}{median(cpus):8.0f}{max(walls):8.0f}")


@contextmanager
def engine_of(settings: Settings) -> Iterator[Resources]:
    """The engine's resources in this process."""
    engine = join_resources(settings, RememberingQueue(), threads=2)
    try:
        yield engine
    finally:
        engine.database.dispose()


def make_scheduler(settings: Settings, engine: Resources) -> datetime:
    """A dataset, a model and a scheduler, each worked on here; the boundary at which the scheduler first wakes."""
    lookout, role = lookout_client(settings), settings.default_role_arn
    lookout.create_dataset(DatasetName=NAME, DatasetSchema={"InlineDataSchema": schema()})
    source = {"S3InputConfiguration": {"Bucket": BUCKET, "Prefix": "training/"}}
    run_ingestion(
        engine,
        lookout.start_data_ingestion_job(DatasetName=NAME, IngestionInputConfiguration=source, RoleArn=role)["JobId"],
    )
    lookout.create_model(
        ModelName=NAME, DatasetName=NAME, DataPreProcessingConfiguration={"TargetSamplingRate": "PT1M"}
    )
    run_training(engine, lookout.describe_model(ModelName=NAME)["ModelArn"].rpartition("/")[2] + "/1")
    lookout.create_inference_scheduler(
        InferenceSchedulerName=NAME,
        ModelName=NAME,
        DataUploadFrequency="PT5M",
        DataInputConfiguration={"S3InputConfiguration": {"Bucket": BUCKET, "Prefix": PREFIX}},
        DataOutputConfiguration={"S3OutputConfiguration": {"Bucket": BUCKET, "Prefix": f"{NAME}/out/"}},
        RoleArn=role,
    )
    tick(engine, created := engine.clock())
    return created.replace(second=0, microsecond=0) + WINDOW - timedelta(minutes=created.minute % 5)


def _run(engine: Resources, boundary: datetime) -> list[float]:
    """The window that ends at the boundary, run there: milliseconds of wall and of CPU."""
    moment = boundary + timedelta(seconds=1)
    at_boundary = replace(engine, clock=lambda: moment, queue=RememberingQueue())
    tick(at_boundary, moment)
    (piece,) = [nudge.row_id for nudge in at_boundary.queue.sent if nudge.task == "run_execution"]
    begun, cpu = time.perf_counter(), time.process_time()
    run_execution(at_boundary, int(piece))
    taken = [1000 * (time.perf_counter() - begun), 1000 * (time.process_time() - cpu)]
    _check(at_boundary, boundary)
    return taken


def _check(engine: Resources, boundary: datetime) -> None:
    found = lookout_client(engine.settings).list_inference_executions(InferenceSchedulerName=NAME)
    newest = found["InferenceExecutionSummaries"][0]
    if (newest["DataEndTime"], newest["Status"]) != (boundary, "SUCCESS"):
        raise RuntimeError(f"The window that ends at {boundary} is {newest['Status']}: {newest.get('FailedReason')}")


if __name__ == "__main__":
    main()
