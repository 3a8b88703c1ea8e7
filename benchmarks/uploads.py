"""Writing input files: our upload worker beside plain puts of the same files; and the memory that a large POST takes.

    python benchmarks/uploads.py

The worker reads the staged CSV twice (to check every row, then to cut it), renders each window's file and puts it. The
peers put files that are ready in memory: what they do faster is what checking and cutting cost.
"""

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from support.machine import BUCKET, MINUTE, START, WINDOW, Machine, machine
from support.rounds import Measure, in_turn, per_second, print_rates
from support.servers import HttpProcess, http_process, servers

from service.demo.pump import SCHEMA, SENSORS, readings
from service.facade.resources import Resources, join
from service.facade.tasks.queue import connect_queue
from service.facade.usecases.upload_work import work_on_uploads
from service.facade.usecases.uploads import accept_upload, show_upload

ROUNDS, WINDOWS, THREADS = 3, 223, 16
FILES = WINDOWS * len(SCHEMA)  # 669 in a round, 2,007 in all
SERIAL = "boto3, one put after another"
BODY_MEGABYTES = (8, 32, 96)
_MEGABYTE = 1024**2


def main() -> None:
    with servers() as settings, machine(settings) as pump:
        name = pump.scheduler("pump")
        facade = join(settings, connect_queue(settings))
        measured = in_turn(_sides(pump, facade, name), ROUNDS)
        facade.close()
        print_rates(f"{FILES} input files", "files", measured, peer=SERIAL)
        with (
            http_process(settings, "facade") as ours,
            http_process(settings, "facade", "support.peers:whole_body()") as whole,
        ):
            _print_memory({"ours": (ours, f"/v1/schedulers/{name}/uploads"), "request.get_data()": (whole, "/upload")})


def _sides(pump: Machine, facade: Resources, name: str) -> dict[str, Measure]:
    """Each writes files that are not there yet, every time it is called."""
    spans, places = count(), count()
    _upload(facade, name, next(spans))
    bodies = _input_files(pump)

    def put(place: int, key: str) -> None:
        pump.s3.put_object(Bucket=BUCKET, Key=f"peer/{place}/{key}", Body=bodies[key])

    def serial() -> float:
        place = next(places)
        return per_second(lambda: [put(place, key) for key in bodies], FILES)

    def pooled() -> float:
        place = next(places)
        with ThreadPoolExecutor(THREADS) as pool:
            return per_second(lambda: list(pool.map(lambda key: put(place, key), bodies)), FILES)

    return {
        SERIAL: serial,
        f"boto3, {THREADS} threads": pooled,
        "our upload worker": lambda: _upload(facade, name, next(spans)),
    }


def _upload(facade: Resources, name: str, span: int) -> float:
    """Accept a wide CSV of so many windows, each time those that follow, and measure the work on it."""
    start = START + span * WINDOWS * WINDOW
    table = readings(start + MINUTE, start + WINDOWS * WINDOW + MINUTE).to_csv().encode()
    upload = accept_upload(facade, "default", name, [("", [table])])
    rate = per_second(lambda: work_on_uploads(facade, name), FILES)
    written = show_upload(facade, "default", upload.id).progress.files_written
    assert written == FILES, f"only {written} files were written"
    return rate


def _input_files(pump: Machine) -> dict[str, bytes]:
    keys = [entry.key for entry in pump.engine.objects.list(BUCKET, "in/")]
    return dict(zip(keys, pump.engine.objects.get_many(BUCKET, keys), strict=True))


def _print_memory(sides: dict[str, tuple[HttpProcess, str]]) -> None:
    if not Path("/proc/self/clear_refs").exists():
        print("\nThe memory that a POST takes: left out, only Linux tells it")
        return
    print(f"\nA POST of a wide CSV: the most memory that its process took beside what it had\n  {'':24}", end="")
    print("".join(f"{megabytes:>8} MB" for megabytes in BODY_MEGABYTES))
    for side, (process, path) in sides.items():
        _post(process.port, path, 1)  # what the first request loads is not the body's
        taken = [_memory_taken(process, path, megabytes) for megabytes in BODY_MEGABYTES]
        print(f"  {side:24}" + "".join(f"{megabytes:8.0f} MB" for megabytes in taken), flush=True)


def _memory_taken(process: HttpProcess, path: str, megabytes: int) -> float:
    (process.worker_folder / "clear_refs").write_text("5")  # the peak begins anew at what is taken now
    before = _peak(process)
    _post(process.port, path, megabytes)
    return _peak(process) - before


def _peak(process: HttpProcess) -> float:
    """Largest resident size of the process, in megabytes."""
    lines = (process.worker_folder / "status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def _post(port: int, path: str, megabytes: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "text/csv", "Content-Length": str(megabytes * _MEGABYTE)}
    connection.request("POST", path, body=_wide_csv(megabytes * _MEGABYTE), headers=headers)
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status == 202, said
    connection.close()


def _wide_csv(size: int) -> Iterator[bytes]:
    """A table of exactly so many bytes, in blocks; only its beginning is checked when it comes in."""
    header = ",".join(["Timestamp", *SENSORS]).encode() + b"\n"
    row = b"2026-09-07T00:01:00Z" + b",1.25" * len(SENSORS) + b"\n"
    yield header
    left, block = size - len(header), row * 1000
    while left > 0:
        yield block[:left]
        left -= len(block)


if __name__ == "__main__":
    main()
