"""How many requests a key may send, and an address without one."""

from dataclasses import dataclass, replace

import pytest
from flask.testing import FlaskClient
from keyed import bearer
from problem_checks import problem_of

from service.facade.app import create_app
from service.facade.cache import connect_cache
from service.facade.domain.keys import mint
from service.facade.rate_limits import RateLimits
from service.rates import Rate, parse_rates

HERE = "/v1/schedulers"


@dataclass
class Clock:
    moment: float = 0.0

    def __call__(self) -> float:
        return self.moment


@pytest.fixture
def limited(app, resources):
    """`limited("3/minute")` limits the application from now on."""

    def limit(text: str) -> None:
        app.extensions["lookout"] = replace(resources, rate_limits=RateLimits(resources.cache, parse_rates(text)))

    return limit


@pytest.fixture
def counting(resources, monkeypatch) -> list[tuple]:
    """The questions to Redis."""
    asked, count = [], resources.cache.count
    monkeypatch.setattr(resources.cache, "count", lambda *given: asked.append(given) or count(*given))
    return asked


def test_every_answer_says_how_much_is_left(client, limited):
    limited("3/minute")
    left = []
    for _ in range(3):
        answer = client.get(HERE)
        left.append(answer.headers["RateLimit-Remaining"])
        assert answer.headers["RateLimit-Limit"] == "3"
        assert 0 < int(answer.headers["RateLimit-Reset"]) <= 60
    assert left == ["2", "1", "0"]


def test_who_sends_too_many_is_told_when_to_go_on(client, limited, upstream):
    limited("2/minute")
    client.get(HERE), client.get(HERE)
    upstream.calls.clear()

    refused = client.get(HERE)

    problem_of(refused, 429, "rate-limited")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"]
    assert upstream.calls == []


def test_each_key_has_a_limit_of_its_own(client_of, limited):
    limited("1/minute")
    one, other = client_of(), client_of()
    assert [client.get(HERE).status_code for client in (one, one, other)] == [200, 429, 200]


def test_of_several_limits_the_tightest_decides(client, limited):
    limited("100/minute; 2/hour")
    assert [client.get(HERE).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get(HERE).headers["RateLimit-Limit"] == "2"


def test_an_empty_setting_limits_nobody(client, limited):
    limited("")
    answer = client.get(HERE)
    assert (answer.status_code, "RateLimit-Limit" in answer.headers) == (200, False)


def test_who_guesses_keys_is_limited_by_address_and_asks_the_database_no_more(app, limited, resources, monkeypatch):
    limited("3/minute")
    nobody = FlaskClient(app, app.response_class)
    somewhere = {"REMOTE_ADDR": "192.0.2.7"}
    looked_up, find = [], resources.known_keys.find
    monkeypatch.setattr(resources.known_keys, "find", lambda *given: looked_up.append(given) or find(*given))

    answers = [nobody.get(HERE, headers=bearer(mint()), environ_base=somewhere).status_code for _ in range(5)]

    assert answers == [401, 401, 401, 429, 429]
    assert len(looked_up) == 3
    assert nobody.get(HERE, environ_base=somewhere).status_code == 429
    assert nobody.get(HERE, environ_base={"REMOTE_ADDR": "192.0.2.8"}).status_code == 401


def test_a_known_key_goes_on_working_from_an_address_where_somebody_guesses(app, client, limited, resources):
    limited("3/minute")
    nobody = FlaskClient(app, app.response_class)
    for _ in range(5):
        nobody.get(HERE)
    assert nobody.get(HERE).status_code == 429
    assert client.get(HERE).status_code == 200


@pytest.mark.parametrize(("proxies", "answers"), [(0, [401, 429]), (1, [401, 401])])
def test_behind_proxies_that_are_trusted_an_address_is_the_callers(resources, unique, proxies, answers):
    rates = RateLimits(resources.cache, (Rate(1, 60 + int(unique[1:])),))  # nobody else counts in these windows
    app = create_app(replace(resources.settings, trusted_proxies=proxies), replace(resources, rate_limits=rates))
    said = [
        app.test_client().get(HERE, headers={"X-Forwarded-For": f"203.0.113.{number}, 192.0.2.{number}"}).status_code
        for number in (1, 2)
    ]
    assert said == answers


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/docs"])
def test_health_and_documents_are_not_limited(app, limited, address):
    limited("1/minute")
    nobody = FlaskClient(app, app.response_class)
    assert [nobody.get(address).status_code for _ in range(3)] == [200] * 3


def test_a_generous_limit_asks_redis_once_in_a_hundred_requests(client, limited, counting):
    limited("10000/minute")
    left = [int(client.get(HERE).headers["RateLimit-Remaining"]) for _ in range(100)]
    assert len(counting) == 1
    assert left == list(range(9_999, 9_899, -1))


def test_several_processes_share_one_limit(resources, unique):
    rates = (Rate(1_000, 60),)
    processes = [RateLimits(resources.cache, rates) for _ in range(3)]
    granted = sum(processes[turn % 3].take(unique).granted for turn in range(1_200))
    assert granted == 1_000


def test_what_a_process_left_unused_is_no_more_than_a_hundredth(resources, unique):
    rates = (Rate(1_000, 60),)
    idle, busy = (RateLimits(resources.cache, rates) for _ in range(2))
    idle.take(unique)
    assert sum(busy.take(unique).granted for _ in range(1_200)) == 990


def test_a_new_window_begins_with_the_whole_limit(resources, unique):
    clock = Clock()
    limits = RateLimits(resources.cache, (Rate(2, 1),), clock)
    assert [limits.take(unique).granted for _ in range(3)] == [True, True, False]

    clock.moment += 1.01
    resources.cache.client.delete(f"facade:rate:{unique}:2/1")  # as Redis does when the second is over

    assert [limits.take(unique).granted for _ in range(3)] == [True, True, False]


def test_a_counter_in_redis_ends_with_its_window(resources, unique):
    RateLimits(resources.cache, (Rate(5, 60),)).take(unique)
    assert 0 < resources.cache.client.pttl(f"facade:rate:{unique}:5/60") <= 60_000


def test_without_redis_nobody_is_limited_and_nobody_waits(app, client, resources):
    away = connect_cache("unix:///nowhere/valkey.sock", 1)
    app.extensions["lookout"] = replace(resources, rate_limits=RateLimits(away, (Rate(1, 60),)))
    answers = [client.get(HERE) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert not any("RateLimit-Limit" in answer.headers for answer in answers)


def test_the_callers_remembered_are_bounded(resources, monkeypatch, unique):
    monkeypatch.setattr("service.facade.rate_limits._MOST", 3)
    limits = RateLimits(resources.cache, (Rate(2, 60),))
    for number in range(5):
        limits.take(f"{unique}-{number}")
    assert len(limits.leases) == 3
    assert [limits.take(f"{unique}-0").granted for _ in range(2)] == [True, False]
