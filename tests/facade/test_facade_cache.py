"""The cache over a real Valkey: one making for a herd, no stale answers, and no harm when Redis is away."""

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from service.embedded.program import running
from service.embedded.valkey import valkey_program
from service.embedded.valkey import valkey_url as url_of_valkey
from service.facade.cache import Cache, Flights, connect_cache


@pytest.fixture
def cache(valkey_url: str) -> Iterator[Cache]:
    cache = connect_cache(valkey_url, connections=64)
    yield cache
    cache.close()


@pytest.fixture
def cache_of_another_process(valkey_url: str) -> Iterator[Cache]:
    """The same Redis, nothing else shared."""
    cache = connect_cache(valkey_url, connections=64)
    yield cache
    cache.close()


@pytest.fixture
def key(unique: str) -> str:
    return f"test:{unique}"


class Maker:
    """Makes answers, counts them, and can be held."""

    def __init__(self, answer: bytes = b"answer") -> None:
        self.answer, self.made = answer, 0
        self.begun, self.go = Event(), Event()
        self.go.set()

    def __call__(self) -> bytes:
        self.made += 1
        answer = self.answer
        self.begun.set()
        assert self.go.wait(10)
        return answer


class CountedFlights(Flights):
    """Knows how many callers have come."""

    joined = 0

    def join(self, key, make):
        with self.guard:
            self.joined += 1
        return super().join(key, make)


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.01)


def test_an_answer_is_made_once_and_then_found(cache, key):
    make = Maker()

    assert [cache.fetch(key, 60, make) for _ in range(3)] == [b"answer"] * 3
    assert make.made == 1


def test_an_answer_is_forgotten_after_its_seconds(cache, key):
    make = Maker()
    cache.fetch(key, 0.05, make)

    until(lambda: cache.fetch(key, 60, make) and make.made == 2)


def test_zero_seconds_turn_caching_off(cache, key):
    make = Maker()

    cache.fetch(key, 0, make)
    cache.fetch(key, 0, make)

    assert make.made == 2


def test_fresh_makes_the_answer_anew_and_keeps_it(cache, key):
    make = Maker(b"old")
    cache.fetch(key, 60, make)
    make.answer = b"new"

    assert cache.fetch(key, 60, make, fresh=True) == b"new"
    assert cache.fetch(key, 60, make) == b"new"
    assert make.made == 2


def test_a_herd_in_two_processes_makes_one_answer(cache, cache_of_another_process, key):
    make = Maker()
    make.go.clear()
    both = [cache, cache_of_another_process] * 20

    with ThreadPoolExecutor(len(both)) as pool:
        answers = [pool.submit(one.fetch, key, 60, make) for one in both]
        assert make.begun.wait(10)
        make.go.set()
        assert {answer.result() for answer in answers} == {b"answer"}

    assert make.made == 1


def test_a_herd_still_makes_one_answer_per_process_while_redis_is_away(key, tmp_path):
    cache = connect_cache(f"unix://{tmp_path}/nothing.sock?db=0", connections=64)
    cache.flights = CountedFlights()
    make = Maker()
    make.go.clear()

    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(cache.fetch, key, 60, make) for _ in range(20)]
        until(lambda: cache.flights.joined == 20)
        make.go.set()
        assert {answer.result() for answer in answers} == {b"answer"}

    assert make.made == 1


def test_an_answer_that_was_begun_before_a_change_is_not_kept(cache, cache_of_another_process, key):
    slow = Maker(b"before the change")
    slow.go.clear()

    with ThreadPoolExecutor(1) as pool:
        before = pool.submit(cache.fetch, key, 60, slow)
        assert slow.begun.wait(10)
        cache_of_another_process.drop(key)  # somebody changed the thing
        assert cache.fetch(key, 60, Maker(b"after the change")) == b"after the change"
        slow.go.set()
        assert before.result() == b"before the change"

    assert cache.fetch(key, 60, Maker(b"made again")) == b"after the change"


def test_a_failure_reaches_the_caller_and_is_not_kept(cache, key):
    def fail() -> bytes:
        raise LookupError("no such thing")

    with pytest.raises(LookupError):
        cache.fetch(key, 60, fail)
    assert cache.fetch(key, 60, Maker()) == b"answer"


def test_followers_of_a_leader_that_fails_make_the_answer_themselves(cache, cache_of_another_process, key):
    begun, go = Event(), Event()

    def fail() -> bytes:
        begun.set()
        assert go.wait(10)
        raise LookupError("no such thing")

    with ThreadPoolExecutor(2) as pool:
        leader = pool.submit(cache.fetch, key, 60, fail)
        assert begun.wait(10)
        follower = pool.submit(cache_of_another_process.fetch, key, 60, Maker())
        go.set()
        assert follower.result() == b"answer"
        assert isinstance(leader.exception(), LookupError)


def test_a_redis_that_hangs_costs_a_moment_once_and_then_nothing(session_folder: Path, key, unique):
    folder = session_folder / unique
    with running(valkey_program(folder, folder), folder.with_suffix(".log")) as server:
        cache = connect_cache(url_of_valkey(folder), connections=8)
        assert cache.ping()
        server.send_signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            assert cache.fetch(key, 60, Maker()) == b"answer"
            first = time.monotonic() - began
            began = time.monotonic()
            assert cache.fetch(key, 60, Maker()) == b"answer"
            second = time.monotonic() - began
        finally:
            server.send_signal(signal.SIGCONT)
        assert first < 1.5
        assert second < 0.1
        until(lambda: cache.ping())
        cache.close()
