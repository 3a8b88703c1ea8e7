"""What describing a scheduler costs beside an empty Flask route and beside a Flask route that asks the engine itself.

    python benchmarks/describe.py

All stand under the same gunicorn settings, and ours with all it does for a request: a key is checked, the request
counted, logged, and its answer finished. The answer comes out of the cache (200, or 304 to a caller that has it), or
with `Cache-Control: no-cache` from the engine. Client and servers share the machine: read the ratios.
"""

import socket
from dataclasses import replace
from functools import partial

from support.callers import bearer
from support.load import ask, request_bytes, requests_per_second
from support.machine import machine
from support.rounds import in_turn, print_rates
from support.servers import http_process, servers

ROUNDS = 7
EMPTY, DIRECT, CACHED = "an empty Flask route", "a Flask route with boto3", "describe, out of the cache"


def main() -> None:
    with (
        servers() as settings,
        machine(settings) as pump,
        http_process(replace(settings, log_level="info"), "facade") as facade,
        http_process(settings, "facade", "support.peers:empty_route()") as empty,
        http_process(settings, "facade", "support.peers:direct_describe()") as direct,
    ):
        path, key = f"/v1/schedulers/{pump.scheduler('pump')}", bearer(settings)
        load = partial(requests_per_second, facade.port, path)
        known = {"If-None-Match": _etag(facade.port, path, key)}
        sides = {
            EMPTY: partial(requests_per_second, empty.port, "/empty"),
            CACHED: partial(load, headers=key),
            "describe, If-None-Match": partial(load, status=304, headers=key | known),
            "describe, from the engine (no-cache)": partial(load, headers=key | {"Cache-Control": "no-cache"}),
            DIRECT: partial(requests_per_second, direct.port, path),
        }
        measured = in_turn(sides, ROUNDS)
    print_rates("GET /v1/schedulers/{name}", "requests", measured, peer=EMPTY)
    print_rates("The same", "requests", {name: measured[name] for name in (DIRECT, CACHED)}, peer=DIRECT)


def _etag(port: int, path: str, headers: dict[str, str]) -> str:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        _, head = ask(connection, request_bytes(path, headers))
    return next(line[6:] for line in head.decode().split("\r\n") if line.lower().startswith("etag: "))


if __name__ == "__main__":
    main()
