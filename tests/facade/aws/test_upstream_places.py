"""A slow upstream is waited for by some threads, not by all."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from service.facade.aws import clients
from service.facade.aws.clients import Endurance, connect_upstream
from service.facade.aws.places import places_for
from service.facade.aws.schedulers import SchedulerGateway
from service.facade.problems import UpstreamTimeout, UpstreamUnavailable


def fault_of(gateway: SchedulerGateway) -> type[Exception]:
    with pytest.raises(Exception) as caught:
        gateway.describe("pump")
    return caught.type


def test_calls_beyond_the_places_are_refused_and_places_come_free_again(settings, monkeypatch):
    monkeypatch.setattr(clients, "FOR_READS", Endurance(read_timeout=1.5, attempts=1))
    few = replace(settings, http_threads=8, worker_threads=1)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent, ThreadPoolExecutor(20) as pool:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        gateway = SchedulerGateway(connect_upstream(replace(few, lookoutequipment_endpoint_url=url)))
        began = time.monotonic()
        faults = list(pool.map(lambda _: fault_of(gateway), range(20)))
        assert time.monotonic() - began < 3
        assert (faults.count(UpstreamTimeout), faults.count(UpstreamUnavailable)) == (3, 17)
        assert fault_of(gateway) is UpstreamUnavailable  # it did not answer a moment ago
        time.sleep(1.1)
        assert fault_of(gateway) is UpstreamTimeout


@pytest.mark.parametrize(("threads", "places"), [(1, 1), (4, 1), (8, 3), (16, 6), (64, 24)])
def test_callers_who_wait_and_a_slow_upstream_together_leave_threads_to_others(threads, places):
    assert places_for(threads).most == places
    assert threads < 4 or places + threads // 2 < threads
