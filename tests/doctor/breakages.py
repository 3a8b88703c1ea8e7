"""Ways to break a deployment, each really done and undone. A breakage gives the settings that the doctor looks with."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import psycopg
from redis import Redis
from support.chaos.stack import Stack

from service.doctor.findings import View
from service.doctor.workers import look_at_workers
from service.embedded.postgres import make_database
from service.embedded.probe import answers_http, free_port
from service.settings import Settings

Break = Callable[[Stack], Iterator[Settings]]
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Breakage:
    """`check` is the one that has to find it, in words that match `words`, with a way to mend it that matches `mend`;
    no other check may fail."""

    name: str
    happens: Break
    check: str
    words: str
    mend: str


def settings_say(**changed: object) -> Break:
    """Nothing is taken away; the settings are wrong."""

    @contextmanager
    def happens(stack: Stack) -> Iterator[Settings]:
        yield replace(stack.settings, **changed)

    return happens


def stopped(name: str) -> Break:
    """Killed; it comes back, and everybody has found it again."""

    @contextmanager
    def happens(stack: Stack) -> Iterator[Settings]:
        stack[name].kill()
        try:
            yield stack.settings
        finally:
            stack[name].come_back()
            _wait_until_well(stack)

    return happens


def frozen(name: str) -> Break:
    @contextmanager
    def happens(stack: Stack) -> Iterator[Settings]:
        stack[name].freeze()
        try:
            yield stack.settings
        finally:
            stack[name].thaw()

    return happens


@contextmanager
def wrong_redis_password(stack: Stack) -> Iterator[Settings]:
    with Redis.from_url(stack.straight.redis_url) as redis:
        redis.config_set("requirepass", "right")
        try:
            yield replace(stack.settings, redis_url=f"{stack.settings.redis_url}&password=wrong")
        finally:
            redis.config_set("requirepass", "")


@contextmanager
def redis_that_drops_tasks(stack: Stack) -> Iterator[Settings]:
    with Redis.from_url(stack.straight.redis_url) as redis:
        redis.config_set("maxmemory", "1gb")
        redis.config_set("maxmemory-policy", "allkeys-lru")
        try:
            yield stack.settings
        finally:
            redis.config_set("maxmemory-policy", "noeviction")
            redis.config_set("maxmemory", "0")


@contextmanager
def wrong_database_password(stack: Stack) -> Iterator[Settings]:
    """PostgreSQL asks a new user for a password, and is told another one."""
    url = stack.straight.facade_database_url
    with psycopg.connect(url, autocommit=True) as connection:
        rules = Path(connection.execute("SHOW hba_file").fetchone()[0])
        before = rules.read_text()
        connection.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
        rules.write_text(f"local all guarded scram-sha-256\n{before}")
        connection.execute("SELECT pg_reload_conf()")
        _wait_for(lambda: connection.execute("SELECT true FROM pg_hba_file_rules WHERE 'guarded' = ANY(user_name)"))
        try:
            yield replace(stack.settings, facade_database_url=re.sub("//[^@]*@", "//guarded:wrong@", url))
        finally:
            rules.write_text(before)
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("DROP ROLE guarded")


@contextmanager
def pending_migrations(stack: Stack) -> Iterator[Settings]:
    """A database that an older version made."""
    sockets = Path(stack.straight.facade_database_url.partition("host=")[2].partition("&")[0])
    url = make_database(sockets, "behind")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num text)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
    try:
        yield replace(stack.settings, facade_database_url=url, auth="off")
    finally:
        with psycopg.connect(stack.straight.facade_database_url, autocommit=True) as connection:
            connection.execute("DROP DATABASE behind")


@contextmanager
def facade_that_is_not_there(stack: Stack) -> Iterator[Settings]:
    yield replace(stack.settings, facade_port=free_port())


@contextmanager
def taken_port(stack: Stack) -> Iterator[Settings]:
    port = free_port()
    command = (
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        "127.0.0.1",
        "--directory",
        str(Path(__file__).parent),
    )
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as another:
        _wait_for(partial(answers_http, f"http://127.0.0.1:{port}"))
        yield replace(stack.settings, facade_port=port)
        another.kill()


@contextmanager
def data_folder_that_is_a_file(stack: Stack) -> Iterator[Settings]:
    """A folder that cannot be written to, whoever tries: root may write everywhere else."""
    port = int(stack.straight.s3_endpoint_url.rpartition(":")[2])
    yield replace(stack.settings, data_dir=__file__, s3_endpoint_url="", s3_port=port)


def _wait_until_well(stack: Stack) -> None:
    """Workers that lost Redis try it again in a while."""
    view = View(stack.settings, stack.settings)
    ready = f"http://127.0.0.1:{stack.settings.facade_port}/readyz"
    _wait_for(lambda: answers_http(ready) and all(finding.status == "ok" for finding in look_at_workers(view)))


def _wait_for(truth: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not truth():
        assert time.monotonic() < deadline
        time.sleep(0.05)
