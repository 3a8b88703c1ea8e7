"""What every round of the tick asks finds its rows by an index, however many have ended."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, event, text

from service.engine.nudges import TASKS
from service.engine.store import backlog, due, due_retrainings, retention, unfinished
from service.engine.store.database import open_database

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GROWING = {"inference_executions", "inference_schedulers", "model_versions", "retraining_schedulers"}


@pytest.fixture
def connection(engine_database_url: str) -> Iterator[Connection]:
    database = open_database(engine_database_url, pool_size=1)
    with database.connect() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))  # the tables are small here
        yield connection
    database.dispose()


def plan_of(connection: Connection, ask: Callable[[Connection], object]) -> str:
    """How the server goes about what is asked."""
    asked = []
    event.listen(
        connection, "before_cursor_execute", lambda _, __, statement, given, *___: asked.append((statement, given))
    )
    ask(connection)
    (statement, given) = asked[0]
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", given))


@pytest.mark.parametrize(
    "ask",
    [
        lambda connection: unfinished.waiting(connection, NOW, 10, list(TASKS)),
        lambda connection: due.take_due(connection, NOW, 10),
        lambda connection: due_retrainings.waiting(connection, NOW),
        backlog.backlog,
    ],
    ids=["the sweep", "schedulers", "retrainings", "the backlog"],
)
def test_no_table_that_grows_with_the_years_is_read_whole(connection: Connection, ask: Callable):
    read_whole = {
        line.split("Seq Scan on ")[1].split()[0]
        for line in plan_of(connection, ask).splitlines()
        if "Seq Scan on" in line
    }
    assert not read_whole & GROWING


def test_old_executions_are_found_by_the_key_of_windows(connection: Connection):
    plan = plan_of(
        connection,
        lambda connection: retention.forget(connection, "one", ended_before=NOW, data_until=NOW, limit=10),
    )
    assert "uq_inference_executions_window" in plan
    assert "Seq Scan on inference_executions" not in plan


def test_the_backlog_tells_of_every_kind_of_work(connection: Connection):
    assert {one.kind for one in backlog.backlog(connection)} == set(TASKS)
