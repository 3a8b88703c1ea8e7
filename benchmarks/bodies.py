"""The memory that a large POST takes: an upload that is passed on as it comes, beside one that is read whole.

python benchmarks/bodies.py
"""

import http.client
from collections.abc import Iterator
from pathlib import Path

from support.machine import machine
from support.servers import HttpProcess, http_process, servers

from service.demo.pump import SENSORS

BODY_MEGABYTES = (8, 32, 96)
_MEGABYTE = 1024**2


def main() -> None:
    if not Path("/proc/self/clear_refs").exists():
        print("\nThe memory that a POST takes: left out, only Linux tells it")
        return
    with (
        servers() as settings,
        machine(settings) as pump,
        http_process(settings, "facade") as ours,
        http_process(settings, "facade", "support.peers:whole_body()") as whole,
    ):
        name = pump.scheduler("pump")
        _print_memory({"ours": (ours, f"/v1/schedulers/{name}/uploads"), "request.get_data()": (whole, "/upload")})


def _print_memory(sides: dict[str, tuple[HttpProcess, str]]) -> None:
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
