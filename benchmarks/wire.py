"""What the engine's protocol costs: its describe beside a bare WSGI application with a ready answer.

    python benchmarks/wire.py

Both run under the same gunicorn and are called by the same boto3 client, which takes most of the time of a call; the
second table leaves boto3 out and sends the bytes of one signed request again and again.
"""

from functools import partial
from typing import Any

from support.load import requests_per_second
from support.machine import lookout_client, machine
from support.rounds import Measure, in_turn, per_second, print_rates
from support.servers import http_process, servers

ROUNDS, CALLS = 7, 150
READY = "a ready answer"


def main() -> None:
    with (
        servers() as settings,
        machine(settings) as pump,
        http_process(settings, "facade", "support.peers:ready_answer()") as ready,
    ):
        name = pump.scheduler("pump")
        clients = {READY: lookout_client(settings, ready.address), "the engine": pump.lookout}
        called = in_turn({side: _calls(client, name) for side, client in clients.items()}, ROUNDS)
        body, headers = _signed(pump.lookout, name)
        sent = {
            side: partial(requests_per_second, port, "/", body=body, headers=headers)
            for side, port in {READY: ready.port, "the engine": settings.engine_port}.items()
        }
        measured = in_turn(sent, ROUNDS)
    print_rates("DescribeInferenceScheduler through one boto3 client", "calls", called, peer=READY)
    print_rates("The same as bytes, over a few connections", "requests", measured, peer=READY)


def _calls(client: Any, name: str) -> Measure:
    def call() -> None:
        for _ in range(CALLS):
            client.describe_inference_scheduler(InferenceSchedulerName=name)

    return partial(per_second, call, CALLS)


def _signed(client: Any, name: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a call as boto3 sends them."""
    seen: list[Any] = []
    client.meta.events.register("before-send.lookoutequipment", lambda request, **_: seen.append(request))
    client.describe_inference_scheduler(InferenceSchedulerName=name)
    texts = {key: value.decode() if isinstance(value, bytes) else value for key, value in seen[0].headers.items()}
    return seen[0].body, texts


if __name__ == "__main__":
    main()
