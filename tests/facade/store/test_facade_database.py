"""Transactions and claims on real PostgreSQL."""

import multiprocessing
import os
import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from test_facade_cache import until

from service.facade.problems import DatabaseUnavailable
from service.facade.store.database import Database, connect


@pytest.fixture
def database(facade_database_url: str) -> Iterator[Database]:
    database = connect(facade_database_url, connections=2)
    yield database
    database.close()


def claimed(database: Database, key: str) -> bool:
    with database.claim("test", key) as mine:
        return mine


def test_a_claim_keeps_others_out_until_the_block_ends(database, unique):
    with database.claim("test", unique) as mine:
        assert mine
        assert not claimed(database, unique)
        assert claimed(database, f"{unique}-other")
    assert claimed(database, unique)


def test_a_claim_is_free_again_after_a_failure_inside(database, unique):
    with pytest.raises(ZeroDivisionError), database.claim("test", unique):
        raise ZeroDivisionError
    assert claimed(database, unique)


def hold(url: str, key: str, held: multiprocessing.Event) -> None:
    with connect(url, connections=1).claim("test", key) as mine:
        assert mine
        held.set()
        signal.pause()


def test_a_claim_dies_with_its_process(database, facade_database_url, unique):
    spawn = multiprocessing.get_context("spawn")
    held = spawn.Event()
    holder = spawn.Process(target=hold, args=(facade_database_url, unique, held))
    holder.start()
    assert held.wait(30)
    assert not claimed(database, unique)

    os.kill(holder.pid, signal.SIGKILL)
    holder.join()

    until(lambda: claimed(database, unique))


def test_a_claim_takes_no_connection_of_the_pool(database, unique):
    with database.claim("test", unique), database.claim("test", f"{unique}-2"), database.claim("test", f"{unique}-3"):
        database.ping()


def test_a_failed_block_leaves_nothing_and_sends_nothing(resources, queue):
    def fail() -> None:
        with resources.begin() as work:
            work.db.execute(text("CREATE TABLE left_behind ()"))
            work.send("some.task", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with resources.database.begin() as db:
        assert db.scalar(text("SELECT to_regclass('left_behind')")) is None
    assert queue.take() == []


def test_messages_leave_after_the_commit(resources, queue, unique):
    with resources.begin() as work:
        work.send("some.task", "1")
        assert queue.take() == []
    assert queue.take() == [("some.task", "1")]


@pytest.mark.parametrize("use", [Database.ping, lambda database: claimed(database, "any")], ids=["begin", "claim"])
def test_a_server_that_is_away_is_a_problem(use):
    with pytest.raises(DatabaseUnavailable):
        use(connect("postgresql:///facade?host=/nowhere", connections=1))


def test_a_pool_that_is_used_up_is_a_problem_and_not_a_hang(facade_database_url):
    database = connect(facade_database_url, connections=1, patience=0.1)
    with database.begin(), pytest.raises(DatabaseUnavailable):
        database.ping()
    database.close()


def test_an_error_of_the_database_does_not_say_what_was_written(database):
    with pytest.raises(ProgrammingError) as raised, database.begin() as db:
        db.execute(text("SELECT nothing FROM nowhere WHERE secret = :secret"), {"secret": "whsec_hunter2"})
    assert "hunter2" not in str(raised.value)


def test_a_connection_that_the_server_has_cut_is_replaced(database):
    with database.begin() as db:
        pid = db.scalar(text("SELECT pg_backend_pid()"))
    with connect(database.engine.url.render_as_string(hide_password=False), connections=1).begin() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    database.ping()
