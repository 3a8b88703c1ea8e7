"""Writing input files: our upload worker beside the tools that copy files which are ready on a disk.

    python benchmarks/uploads.py

A day of a plant of 24 components with 122 sensors in windows of five minutes: 6,912 files. The worker reads the staged
CSV twice (to check every row, then to cut it), renders each window's file and puts it; the tools only put. Every side
writes under a prefix of its own each time, for the embedded S3 server is slower the more files a folder has.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from support.machine import BUCKET, s3_client
from support.plant import COMPONENTS, START, plant_scheduler, wide_csv
from support.rounds import Measure, in_turn, per_second, print_rates
from support.servers import http_process, servers

from service.facade.resources import Resources, join
from service.facade.tasks.queue import connect_queue
from service.facade.usecases.upload_work import work_on_uploads
from service.facade.usecases.uploads import accept_upload, show_upload
from service.settings import Settings

ROUNDS, WINDOWS, THREADS = 3, 288, 16
FILES = WINDOWS * len(COMPONENTS)
OURS, AWS, S5CMD = "our upload worker", "aws s3 cp --recursive", "s5cmd cp"
TOOLS = Path(__file__).parents[1] / ".venv-bench" / "bin"


def main() -> None:
    if not TOOLS.exists():
        sys.exit("The aws and s5cmd of .venv-bench are not there; `make bench` installs them.")
    with servers() as settings, http_process(settings, "engine"), TemporaryDirectory() as folder:
        facade = join(settings, connect_queue(settings))
        places = (f"place-{number}" for number in count())
        ours = _upload_worker(settings, facade, places)
        ours()
        _fetch_files(settings, "place-0", Path(folder))
        measured = in_turn(_tools(settings, Path(folder), places) | {OURS: ours}, ROUNDS)
        facade.close()
    print_rates(f"{FILES:,} input files", "files", measured, peer=AWS)
    print_rates("The same", "files", {name: measured[name] for name in (S5CMD, OURS)}, peer=S5CMD)


def _upload_worker(settings: Settings, facade: Resources, places: Any) -> Measure:
    """Accept the day as a wide CSV and measure the work on it, for a new scheduler each time."""
    table, team = wide_csv(START, WINDOWS), settings.default_team

    def measure() -> float:
        name = plant_scheduler(settings, next(places))
        upload = accept_upload(facade, team, name, [("", [table])])
        rate = per_second(lambda: work_on_uploads(facade, name), FILES)
        written = show_upload(facade, team, upload.id).progress.files_written
        assert written == FILES, f"only {written} files were written"
        return rate

    return measure


def _fetch_files(settings: Settings, place: str, folder: Path) -> None:
    """The input files as files on the disk."""
    s3 = s3_client(settings)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{place}/in/")
    keys = [entry["Key"] for page in pages for entry in page["Contents"]]
    assert len(keys) == FILES

    def fetch(key: str) -> None:
        (folder / Path(key).name).write_bytes(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(fetch, keys))


def _tools(settings: Settings, folder: Path, places: Any) -> dict[str, Measure]:
    """The tools as one calls them in a shell, with what they take to start."""
    environment = os.environ | settings.environment() | {"S3_ENDPOINT_URL": settings.s3_endpoint_url}

    def tool(program: str, *arguments: str) -> Callable[[], float]:
        def run() -> None:
            command = (str(TOOLS / program), *arguments, f"{folder}/", f"s3://{BUCKET}/{next(places)}/")
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)

        return lambda: per_second(run, FILES)

    return {AWS: tool("aws", "s3", "cp", "--recursive", "--quiet"), S5CMD: tool("s5cmd", "cp")}


if __name__ == "__main__":
    main()
