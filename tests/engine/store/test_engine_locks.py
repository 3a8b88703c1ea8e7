"""Advisory locks: one worker per piece, and free the moment the worker is gone."""

import subprocess
import sys
import time

import pytest
from held_locks import is_worked_on
from sqlalchemy import Engine, String, cast, func, literal, select

from service.engine.store.locks import is_held, working_on

HOLD = """
import sys, time
from service.engine.store.database import open_database
from service.engine.store.locks import working_on
with working_on(open_database(sys.argv[1]), "execution", sys.argv[2]) as ours:
    print(ours, flush=True)
    time.sleep(600)
"""


def test_a_piece_is_one_workers_at_a_time(operations_database: Engine, unique: str):
    with working_on(operations_database, "execution", unique) as ours:
        assert ours
        with working_on(operations_database, "execution", unique) as second:
            assert not second
        with operations_database.begin() as connection:
            assert is_worked_on(connection, "execution", unique)
    with working_on(operations_database, "execution", unique) as again:
        assert again


def test_pieces_of_two_kinds_do_not_meet(operations_database: Engine, unique: str):
    with (
        working_on(operations_database, "execution", unique) as one,
        working_on(operations_database, "replay", unique) as other,
    ):
        assert one
        assert other


def test_a_piece_that_fails_is_let_go(operations_database: Engine, unique: str):
    with pytest.raises(ZeroDivisionError), working_on(operations_database, "execution", unique):
        raise ZeroDivisionError
    with operations_database.begin() as connection:
        assert not is_worked_on(connection, "execution", unique)


def test_asking_takes_nothing(operations_database: Engine, unique: str):
    with operations_database.begin() as connection:
        assert not is_worked_on(connection, "execution", unique)
        assert not is_worked_on(connection, "execution", unique)
    with working_on(operations_database, "execution", unique) as ours:
        assert ours


def test_the_piece_of_a_worker_that_was_killed_is_free_at_once(operations_database: Engine, unique: str):
    url = operations_database.url.render_as_string(hide_password=False)
    worker = subprocess.Popen([sys.executable, "-c", HOLD, url, unique], stdout=subprocess.PIPE, text=True)
    with worker:
        assert worker.stdout.readline() == "True\n"
        with operations_database.begin() as connection:
            assert is_worked_on(connection, "execution", unique)
        worker.kill()
        worker.wait()
        _wait_until_free(operations_database, unique)


def _wait_until_free(database: Engine, piece: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with database.begin() as connection:
            if not is_worked_on(connection, "execution", piece):
                return
        time.sleep(0.02)
    pytest.fail("the lock outlived its holder by 10 seconds")


def test_thousands_of_pieces_are_asked_after_without_a_lock_of_ours(operations_database: Engine, unique: str):
    with operations_database.begin() as connection, working_on(operations_database, "execution", f"{unique}/7"):
        number = func.generate_series(0, 20_000).column_valued("number")
        is_ours = is_held(literal("execution"), literal(f"{unique}/") + cast(number, String))
        assert connection.execute(select(number).where(is_ours)).scalars().all() == [7]
        with working_on(operations_database, "execution", f"{unique}/8") as ours:
            assert ours
