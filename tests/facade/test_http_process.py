"""The facade as the server that `lookout up` starts: what only shows with real sockets and threads."""

import http.client
import json
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from test_facade_cache import until

from service.commands import commands, health_url
from service.embedded.program import Program, running
from service.embedded.s3 import DEFAULT_KEY_ID, DEFAULT_SECRET
from service.facade.domain.pages import encode_cursor
from service.facade.domain.schedulers import SchedulerFilter
from service.facade.usecases.operations import watch_operation
from service.facade.usecases.scheduler_lists import scheduler_query
from service.facade.usecases.schedulers import stop_scheduler
from service.settings import Settings


def answers(url: str) -> bool:
    try:
        return urlopen(url, timeout=1).status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def address(valkey_url, facade_database_url, s3_endpoint_url, session_folder, free_port) -> Iterator[str]:
    """The address of a facade with five threads, of which one is meant for a stream; its engine is away."""
    settings = Settings(
        redis_url=valkey_url,
        facade_database_url=facade_database_url,
        s3_endpoint_url=s3_endpoint_url,
        lookoutequipment_endpoint_url=f"http://127.0.0.1:{free_port()}",
        aws_access_key_id=DEFAULT_KEY_ID,
        aws_secret_access_key=DEFAULT_SECRET,
        data_dir=str(session_folder / "http-process"),
        facade_port=free_port(),
        http_threads=4,
        max_streams=1,
        auth="off",
    )
    program = Program(
        name="facade",
        command=commands(settings)["facade"],
        environment={**os.environ, **settings.environment()},
        ready=lambda: answers(health_url(settings, "facade")),
    )
    with running(program, session_folder / "http-process.log"):
        yield health_url(settings, "facade").removesuffix("/healthz")


@pytest.mark.parametrize(
    "begun",
    [b"GET /healthz HTTP/1.1\r\nHost: x",
     b"POST /portal/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
     b"Content-Length: 1000\r\n\r\nkey="],
    ids=["head", "body"],
)  # fmt: skip
def test_requests_that_nobody_ends_do_not_keep_the_threads(address, begun):
    place = urlsplit(address)
    with ExitStack() as sockets:
        for _ in range(6):
            one = sockets.enter_context(socket.create_connection((place.hostname, place.port)))
            one.sendall(begun)
        assert urlopen(f"{address}/healthz", timeout=20).status == 200


def test_callers_who_wait_leave_threads_to_the_others(address, resources, upstream, name):
    upstream.add_scheduler(name)
    operation = stop_scheduler(resources, "default", name)

    def wait() -> None:
        urlopen(f"{address}/v1/operations/{operation.id}?wait=10", timeout=30).read()

    with ThreadPoolExecutor(16) as pool:
        waiting = [pool.submit(wait) for _ in range(16)]
        until(lambda: sum(one.done() for one in waiting) == 14, seconds=5)  # half of the four threads may wait
        assert answers(f"{address}/healthz")
        assert sum(one.done() for one in waiting) == 14
        upstream.schedulers[name]["Status"] = "STOPPED"
        watch_operation(resources, operation.id)
        until(lambda: all(one.done() for one in waiting), seconds=5)


def test_an_upstream_that_is_away_is_told_over_the_socket_too(address):
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{address}/v1/schedulers", timeout=30)

    assert caught.value.status == 503
    assert caught.value.headers["Retry-After"]
    assert json.load(caught.value)["type"] == "/problems/upstream-unavailable"


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(address):
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/v1/schedulers")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(2 * 1024**3))
    connection.endheaders()

    response = connection.getresponse()

    assert (response.status, json.load(response)["type"]) == (413, "/problems/request-too-large")
    connection.close()


def test_the_connection_of_a_body_over_the_limit_is_closed_instead_of_read(address):
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port), 10) as connection:
        lines = ["POST /v1/schedulers/any/uploads HTTP/1.1", "Host: 127.0.0.1", "Content-Type: text/csv"]
        connection.sendall("\r\n".join([*lines, f"Content-Length: {2 * 1024**3}", "", ""]).encode())
        sent, answer = 0, b""
        with suppress(ConnectionError):
            while sent < 512 * 1024**2 and b"\r\n\r\n" not in answer:
                sent += connection.send(b"x" * 65536)
                connection.setblocking(False)
                with suppress(BlockingIOError):
                    answer += connection.recv(65536)
                connection.settimeout(10)
        with suppress(OSError):  # what came before a reset can still be read after it
            answer = answer or connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert sent < 64 * 1024**2
        with suppress(ConnectionError):  # a reset is as good as an end
            while connection.recv(65536):
                pass
            connection.sendall(b"x" * 64 * 1024**2)
            pytest.fail("the server went on reading")


def test_a_chunked_body_is_cut_off_at_the_limit(address):
    chunks = (b"x" * 65_536 for _ in range(1_000))
    request = Request(
        f"{address}/v1/schedulers", data=chunks, headers={"Content-Type": "application/json"}, method="POST"
    )
    with pytest.raises(OSError) as caught:  # a 413, or a connection that was closed in the midst of sending
        urlopen(request, timeout=30)

    assert next(chunks, None) is not None, "the server read all of it"
    assert getattr(caught.value, "status", 413) == 413


def test_a_cursor_with_a_very_long_token_of_the_upstream_fits_into_the_address(address):
    cursor = encode_cursor(scheduler_query(SchedulerFilter()), "x" * 5_500)

    with pytest.raises(HTTPError) as caught:
        urlopen(f"{address}/v1/schedulers?limit=500&cursor={cursor}", timeout=30)

    assert json.load(caught.value)["type"] == "/problems/upstream-unavailable"  # the cursor was read


def test_an_address_that_is_too_long_is_a_problem_like_any_other(address):
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{address}/v1/schedulers?cursor={'x' * 9_000}", timeout=30)

    assert caught.value.status == 414
    assert caught.value.headers["Content-Type"] == "application/problem+json"
    assert json.load(caught.value)["status"] == 414
