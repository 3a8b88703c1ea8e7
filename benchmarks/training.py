"""Eight months of minutes of 122 sensors: our ingestion and training beside a plain pandas and scikit-learn script.

    python benchmarks/training.py [--rows 350000]

350,000 rows in 24 CSV files in S3. Ours runs in the processes that `lookout up` starts: it is ingested (checked,
counted, copied), then trained; in one go in one worker, and in pieces by two. The script reads the same files and fits
a PCA on single rows, with a threshold; it checks, keeps and evaluates nothing.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from support.large_plant import put_training_files, schema
from support.machine import BUCKET, MINUTE, START, lookout_client
from support.plain_scripts import said_by
from support.rehearsal import CpuTimes, crew
from support.servers import http_process, servers

from service.settings import Settings

ROWS = 350_000
IN_ONE_GO, IN_PIECES = 2**60, 1  # cells that a training may have at once
_LONGEST = timedelta(minutes=30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    with servers() as settings, http_process(settings, "engine"):
        lookout = lookout_client(settings)
        size = put_training_files(settings, START - rows * MINUTE, rows)
        print(f"{rows:,} rows x 122 sensors, {size / 2**20:.0f} MiB in 24 files")
        print(f"  {'':38}{'seconds':>9}{'of CPU':>9}{'peak MiB':>16}", flush=True)
        with workers(settings, 1) as taken:
            _print("ours: ingestion", ingest(lookout, settings), *taken())
        for name, cells, count in (("in one go, one worker", IN_ONE_GO, 1), ("in pieces, two workers", IN_PIECES, 2)):
            with workers(replace(settings, training_cells_at_once=cells), count) as taken:
                _print(f"ours: training {name}", train(lookout, f"model-{count}"), *taken())
        model = str(settings.data_path / "plain.joblib")
        for part, (seconds, cpu, peak) in zip(
            ("reading", "fitting"), said_by(settings, "training", BUCKET, model), strict=True
        ):
            _print(f"the plain script: {part}", seconds, cpu, [peak])


def ingest(lookout: Any, settings: Settings) -> float:
    """Seconds until a dataset `plant` has the training files."""
    lookout.create_dataset(DatasetName="plant", DatasetSchema={"InlineDataSchema": schema()})
    begun = time.perf_counter()
    job = lookout.start_data_ingestion_job(
        DatasetName="plant",
        IngestionInputConfiguration={"S3InputConfiguration": {"Bucket": BUCKET, "Prefix": "training/"}},
        RoleArn=settings.default_role_arn,
    )["JobId"]
    _wait(lambda: lookout.describe_data_ingestion_job(JobId=job))
    return time.perf_counter() - begun


def train(lookout: Any, name: str) -> float:
    """Seconds until a model of that name is trained on all of the dataset."""
    begun = time.perf_counter()
    lookout.create_model(
        ModelName=name, DatasetName="plant", DataPreProcessingConfiguration={"TargetSamplingRate": "PT1M"}
    )
    _wait(lambda: lookout.describe_model(ModelName=name))
    return time.perf_counter() - begun


def _wait(describe: Callable[[], dict[str, Any]]) -> None:
    deadline = time.monotonic() + _LONGEST.total_seconds()
    while (found := describe())["Status"] == "IN_PROGRESS":
        if time.monotonic() > deadline:
            raise TimeoutError(f"this takes more than {_LONGEST}")
        time.sleep(0.2)
    if found["Status"] != "SUCCESS":
        raise RuntimeError(found["FailedReason"])


@contextmanager
def workers(settings: Settings, count: int) -> Iterator[Callable[[], tuple[float, list[float]]]]:
    """So many workers while the block runs; what tells their seconds of CPU, and the MiB each has had at most."""
    with crew(settings, settings.data_path, *(f"trainer {number}" for number in range(1, count + 1))) as processes:
        cpu = CpuTimes(processes.pids())
        yield lambda: (sum(cpu.taken().values()), [_peak_memory(pid) for pid in processes.pids().values()])


def _peak_memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def _print(name: str, seconds: float, cpu: float, peaks: list[float]) -> None:
    memory = " + ".join(f"{peak:,.0f}" for peak in peaks)
    print(f"  {name:38}{seconds:9.1f}{cpu:9.1f}{memory:>16}", flush=True)


if __name__ == "__main__":
    main()
