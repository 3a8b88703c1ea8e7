"""Copies of Redis's answers in a process: never behind a change, never older than their key, gone with Redis."""

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from redis import Redis

from service.embedded.program import running
from service.embedded.valkey import valkey_program
from service.embedded.valkey import valkey_url as url_of_valkey
from service.facade.cache import Cache, connect_cache


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    with Redis.from_url(valkey_url) as client:
        yield client


@pytest.fixture
def connected(valkey_url: str) -> Iterator[Callable[[], Cache]]:
    """Caches as processes have them: the same Redis, nothing else shared."""
    caches: list[Cache] = []

    def connect() -> Cache:
        caches.append(connect_cache(valkey_url, connections=64))
        return caches[-1]

    yield connect
    for cache in caches:
        cache.close()


@pytest.fixture
def key(unique: str) -> str:
    return f"near:{unique}"


def test_a_copy_is_used_without_asking_redis(connected, redis, key):
    cache = connected()
    cache.fetch(key, 60, lambda: b"answer")
    cache.fetch(key, 60, lambda: b"answer")
    before = redis.info("commandstats")["cmdstat_get"]["calls"]
    assert [cache.fetch(key, 60, lambda: b"another") for _ in range(50)] == [b"answer"] * 50
    assert redis.info("commandstats")["cmdstat_get"]["calls"] == before


def test_a_change_by_another_process_is_seen_by_the_very_next_read(connected, key):
    ours, theirs = connected(), connected()
    for number in count(1):
        made = b"%d" % number
        assert ours.fetch(key, 60, lambda made=made: made) == made
        assert ours.fetch(key, 60, lambda: b"not made") == made
        theirs.drop(key)
        if number == 300:
            break


def test_a_change_is_seen_at_once_while_many_threads_read(connected, key):
    ours, theirs = connected(), connected()
    upstream = written = 0

    def read_on() -> None:
        while not stop:
            before = written
            assert int(ours.fetch(key, 60, lambda: b"%d" % upstream)) >= before

    stop: list[bool] = []
    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read_on) for _ in range(8)]
        for number in range(1, 200):
            upstream = number
            theirs.drop(key)
            written = number
        stop.append(True)
        for reader in readers:
            reader.result()


def test_a_copy_is_no_older_than_the_answer_may_be(connected, key):
    """The answer was made by one process, and found by another shortly before its end."""
    theirs, ours = connected(), connected()
    begun = time.monotonic()
    theirs.fetch(key, 0.4, lambda: b"old")
    while ours.fetch(key, 60, lambda: b"new") == b"old":
        assert time.monotonic() - begun < 0.4 + 1, "it should have been forgotten"
    assert time.monotonic() - begun >= 0.4


def test_what_this_process_drops_it_does_not_find_again_even_without_redis(valkey_url, unique, session_folder, key):
    folder = session_folder / unique
    with running(valkey_program(folder, folder), folder.with_suffix(".log")) as server:
        cache = connect_cache(url_of_valkey(folder), connections=8)
        for _ in range(2):
            cache.fetch(key, 60, lambda: b"before")
        server.send_signal(signal.SIGSTOP)
        try:
            cache.drop(key)
            assert cache.fetch(key, 60, lambda: b"after") == b"after"
        finally:
            server.send_signal(signal.SIGCONT)
        cache.close()


def test_copies_go_with_redis_and_come_back_with_it(session_folder: Path, unique, key):
    folder = session_folder / unique
    cache = connect_cache(url_of_valkey(folder), connections=8)
    with running(valkey_program(folder, folder), folder.with_suffix(".log")) as server:
        for _ in range(2):
            assert cache.fetch(key, 60, lambda: b"first") == b"first"
        server.kill()
        server.wait()
        assert cache.fetch(key, 60, lambda: b"made without redis") == b"made without redis"
    with running(valkey_program(folder, folder), folder.with_suffix(".log")):
        deadline = time.monotonic() + 10
        while not cache.near.copies:
            assert time.monotonic() < deadline, "there are no copies again"
            cache.fetch(key, 60, lambda: b"second")
        cache.close()


def test_a_database_that_is_emptied_empties_the_copies(session_folder: Path, unique, key):
    folder = session_folder / unique
    with running(valkey_program(folder, folder), folder.with_suffix(".log")):
        cache = connect_cache(url_of_valkey(folder), connections=8)
        for _ in range(2):
            cache.fetch(key, 60, lambda: b"before")
        cache.client.flushall()
        cache.client.ping()  # Redis may answer a command a moment before it pushes, and answers the next one after that
        assert cache.fetch(key, 60, lambda: b"after") == b"after"
        cache.close()


def test_a_server_that_tracks_nothing_is_asked_each_time(session_folder: Path, unique, key):
    folder = session_folder / unique
    with running(valkey_program(folder, folder), folder.with_suffix(".log")):
        cache = connect_cache(url_of_valkey(folder), connections=8)
        cache.client.acl_setuser("default", enabled=True, nopass=True, commands=["+@all", "-client|tracking"])
        assert [cache.fetch(key, 60, lambda: b"answer") for _ in range(3)] == [b"answer"] * 3
        assert not cache.near.copies
        cache.client.delete(key)
        assert cache.fetch(key, 60, lambda: b"anew") == b"anew"
        cache.close()


def test_there_are_never_more_copies_than_a_thousand(connected, key):
    cache = connected()
    for number in range(1002):
        cache.client.set(f"{key}:{number}", b"x", px=60_000)
        cache.near.find(f"{key}:{number}")
    assert len(cache.near.copies) == 2
