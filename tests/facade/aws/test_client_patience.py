"""How long the clients of the upstream, and of S3, wait."""

import socket
import time
from dataclasses import replace

import pytest

from service.facade.aws import clients
from service.facade.aws.buckets import connect_buckets
from service.facade.aws.clients import Endurance, connect_upstream
from service.facade.aws.schedulers import SchedulerGateway
from service.facade.problems import UpstreamTimeout

_LONGEST_PAUSE = 1.0  # of botocore's standard retries, before the second attempt


def test_a_read_gives_up_within_ten_seconds_and_a_change_is_given_longer(settings):
    upstream = connect_upstream(settings)
    reads, changes = upstream.reads.meta.config, upstream.changes.meta.config

    attempts = reads.retries["total_max_attempts"]
    assert attempts == 2
    assert attempts * reads.read_timeout + (attempts - 1) * _LONGEST_PAUSE <= 10
    assert (reads.connect_timeout, changes.connect_timeout) == (2, 2)
    assert changes.read_timeout > 5  # an engine that waits for a busy row says so after five seconds
    attempts = changes.retries["total_max_attempts"]
    assert attempts == 2
    assert attempts * changes.read_timeout + (attempts - 1) * _LONGEST_PAUSE <= 15


def test_an_s3_that_hangs_keeps_readers_no_longer_than_the_upstream_would(settings):
    buckets = connect_buckets(settings)
    quick, client = buckets.quick.meta.config, buckets.client.meta.config

    assert quick.retries["total_max_attempts"] * quick.read_timeout + _LONGEST_PAUSE <= 10
    assert client.read_timeout >= 30


def test_a_read_from_an_upstream_that_says_nothing_is_a_timeout(settings, monkeypatch):
    monkeypatch.setattr(clients, "FOR_READS", Endurance(read_timeout=0.2, attempts=2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        gateway = SchedulerGateway(connect_upstream(replace(settings, lookoutequipment_endpoint_url=url)))
        began = time.monotonic()
        with pytest.raises(UpstreamTimeout):
            gateway.describe("pump")
    assert time.monotonic() - began < 5
