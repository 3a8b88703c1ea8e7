"""What describing a scheduler costs beside an empty Flask route, both under the same gunicorn, over a socket.

    python benchmarks/describe.py

The answer comes from Redis (200, or 304 to a caller that has it already), or with `Cache-Control: no-cache` from the
engine. Client and servers share the machine: read the ratios.
"""

import socket
from functools import partial

from support.load import ask, request_bytes, requests_per_second
from support.machine import machine
from support.rounds import in_turn, print_rates
from support.servers import http_process, servers

ROUNDS = 7


def main() -> None:
    with (
        servers() as settings,
        machine(settings) as pump,
        http_process(settings, "facade") as facade,
        http_process(settings, "facade", "support.peers:empty_route()") as empty,
    ):
        path = f"/v1/schedulers/{pump.scheduler('pump')}"
        load = partial(requests_per_second, facade.port, path)
        sides = {
            "an empty Flask route": partial(requests_per_second, empty.port, "/empty"),
            "describe, out of Redis": load,
            "describe, If-None-Match": partial(load, status=304, headers={"If-None-Match": _etag(facade.port, path)}),
            "describe, from the engine (no-cache)": partial(load, headers={"Cache-Control": "no-cache"}),
        }
        measured = in_turn(sides, ROUNDS)
    print_rates("GET /v1/schedulers/{name}", "requests", measured, peer="an empty Flask route")


def _etag(port: int, path: str) -> str:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        _, head = ask(connection, request_bytes(path))
    return next(line[6:] for line in head.decode().split("\r\n") if line.lower().startswith("etag: "))


if __name__ == "__main__":
    main()
