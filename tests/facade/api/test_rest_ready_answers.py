"""The describe that is answered before Flask: the same answer, to the same callers, for as long as it is right."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from keyed import bearer, new_key
from problem_checks import problem_of
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client

from service.facade.api.base import EXTENSION
from service.facade.cache import connect_cache
from service.facade.rate_limits import RateLimits
from service.facade.store import known_keys
from service.facade.usecases.keys import revoke_key
from service.rates import Rate


@pytest.fixture
def long_ways(app: Flask, monkeypatch) -> Iterator[list[str]]:
    """The paths of the requests that Flask has seen."""
    seen: list[str] = []
    inner = app.wsgi_app.inner

    def counted(environ, start_response):
        seen.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    monkeypatch.setattr(app.wsgi_app, "inner", counted)
    return seen


@pytest.fixture
def address(upstream, name: str) -> str:
    upstream.add_scheduler(name)
    return f"/v1/schedulers/{name}"


def own_headers(answer) -> list[tuple[str, str]]:
    """All headers, each as often as it is there, without the values that differ from request to request."""
    own = ("X-Request-Id", "RateLimit-Remaining", "RateLimit-Reset")
    return sorted((name, "" if name in own else value) for name, value in answer.headers)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br, deflate"}, {"Accept": "text/csv"}],
)
def test_both_ways_give_the_same_answer(client, address, long_ways, headers, monkeypatch):
    monkeypatch.setattr("service.facade.api.finishing._LEAST_BYTES", 100)
    answers = [client.get(address, headers=headers) for _ in range(4)]
    assert long_ways == [address] * 2  # it is made, and found in Redis; from then on it is ready
    long, *ready = answers
    for answer in ready:
        assert (answer.status, own_headers(answer), answer.data) == (long.status, own_headers(long), long.data)
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 4


def test_who_has_the_answer_already_is_told_so_both_ways(client, address, long_ways):
    known = {"If-None-Match": client.get(address).headers["ETag"]}
    long, ready = (client.get(address, headers=known) for _ in range(2))
    assert len(long_ways) == 2
    assert (ready.status_code, ready.data, own_headers(ready)) == (304, b"", own_headers(long))
    assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_ready_answer_has_the_callers_request_id_and_a_line_in_the_log(client, address, long_ways, capfd):
    for _ in range(2):
        client.get(address)
    capfd.readouterr()
    assert client.get(address, headers={"X-Request-Id": "mine-1"}).headers["X-Request-Id"] == "mine-1"
    written = "".join(capfd.readouterr())
    assert len(long_ways) == 2
    assert all(text in written for text in ("request_handled", "mine-1", address, "200"))


def test_each_ready_answer_counts_against_the_limit(app, resources, address, long_ways):
    limited = replace(resources, rate_limits=RateLimits(resources.cache, (Rate(amount=3, seconds=60),)))
    app.extensions[EXTENSION] = limited
    client = app.test_client()
    left = [client.get(address).headers["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    assert len(long_ways) == 2
    problem_of(client.get(address), 429, "rate-limited")


def test_a_change_is_in_the_very_next_answer(client, address, long_ways):
    for minutes in (3, 4, 5):
        for _ in range(3):
            client.get(address)
        client.patch(address, json={"data_delay_offset_in_minutes": minutes})
        assert client.get(address).json["data_delay_offset_in_minutes"] == minutes


def test_a_change_that_another_process_made_is_in_the_very_next_answer(client, address, resources, upstream, name):
    elsewhere = connect_cache(resources.settings.redis_url, connections=2)
    for _ in range(3):
        client.get(address)
    upstream.schedulers[name]["Status"] = "STOPPED"
    elsewhere.drop(f"facade:scheduler:{name}")
    assert client.get(address).json["status"] == "STOPPED"
    elsewhere.close()


def test_another_team_gets_nothing_of_it(client, client_of, address, long_ways):
    for _ in range(3):
        client.get(address)
    problem_of(client_of("others").get(address), 404, "scheduler-not-found")


def test_without_a_key_or_with_a_wrong_one_there_is_no_answer(app, client, address):
    for _ in range(3):
        client.get(address)
    bare = app.test_client()
    bare.environ_base.pop("HTTP_AUTHORIZATION")
    problem_of(bare.get(address), 401, "not-authenticated")
    problem_of(bare.get(address, headers=bearer("lk_wrong")), 401, "not-authenticated")
    problem_of(bare.get(address, headers={"Authorization": "Basic bGs6"}), 401, "not-authenticated")


def test_a_revoked_key_gets_no_ready_answer(app, resources, address, monkeypatch):
    key = new_key(resources)
    client = app.test_client()
    for _ in range(3):
        assert client.get(address, headers=bearer(key)).status_code == 200
    revoke_key(resources.database, key[3:13], "cli:tests", resources.clock())
    monkeypatch.setattr(known_keys, "FRESH_SECONDS", 0.0)
    problem_of(client.get(address, headers=bearer(key)), 401, "not-authenticated")


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", {"Cache-Control": "no-cache"}, 200),
        ("", {"Origin": "https://pages.example"}, 200),
        ("?fresh=1", {}, 422),
    ],
)
def test_what_is_not_plain_takes_the_long_way(client, address, long_ways, query, headers, status):
    for _ in range(2):
        client.get(address)
    assert client.get(address + query, headers=headers).status_code == status
    assert len(long_ways) == 3


def test_head_takes_the_long_way(client, address, long_ways):
    for _ in range(2):
        client.get(address)
    assert client.head(address).data == b""
    assert len(long_ways) == 3


def test_with_authentication_off_it_is_the_same(app, resources, address, long_ways):
    app.extensions[EXTENSION] = replace(resources, settings=replace(resources.settings, auth="off"))
    client = app.test_client()
    assert [client.get(address).status_code for _ in range(3)] == [200] * 3
    assert len(long_ways) == 2


def test_behind_a_trusted_proxy_the_callers_own_address_is_counted(app, resources, address, long_ways):
    """Only where authentication is off does an address count for somebody who may have an answer."""
    counted: list[str] = []

    class Noting(RateLimits):
        def take(self, who):
            counted.append(who)

    settings = replace(resources.settings, auth="off")
    app.extensions[EXTENSION] = replace(resources, settings=settings, rate_limits=Noting(resources.cache, ()))
    client = Client(ProxyFix(app.wsgi_app, x_for=1))  # as create_app puts it around everything
    for _ in range(4):
        assert client.get(address, headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 200
    assert len(long_ways) == 2
    assert counted == ["address:203.0.113.7"] * 4
