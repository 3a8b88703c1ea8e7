"""A month with a row a minute and thirty sensors: what a day costs, and what an export costs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest
from sqlalchemy import event

from service.embedded.postgres import make_database
from service.facade.domain.events import EventFilter
from service.facade.domain.pages import encode_cursor
from service.facade.domain.predictions import PredictionFilter, PredictionQuery
from service.facade.resources import Resources
from service.facade.sensordata.exports import arrow_stream
from service.facade.store.database import Database, connect
from service.facade.usecases.events import list_events
from service.facade.usecases.prediction_positions import recorded_query
from service.facade.usecases.predictions import find_predictions

MONTH = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTES = 30 * 24 * 60
SENSORS = 30
NAME = "facade_month"
FILL = f"""
INSERT INTO followed_schedulers (inference_scheduler_arn, inference_scheduler_name, team, collected_through,
                                 collected_at)
SELECT 'arn-' || n, 'pump-' || n, 'default', '2026-03-31', '2026-03-31' FROM generate_series(1, 2) AS n;
INSERT INTO sensor_lists (scheduler_id, digest, names)
SELECT id, 'd', (SELECT array_agg('pump\\sensor' || n ORDER BY n) FROM generate_series(1, {SENSORS}) AS n)
FROM followed_schedulers;
INSERT INTO predictions (scheduler_id, timestamp, data_start_time, prediction, prediction_reason, anomaly_score,
                         sensor_list_id, contributions)
SELECT list.scheduler_id, moment, moment, (n % 100 < 20)::int, 'NO_ANOMALY_DETECTED', (n % 97) / 100.0, list.id,
       array_fill(0.03::real, ARRAY[{SENSORS}])
FROM sensor_lists AS list, generate_series(1, {MINUTES}) AS n,
     LATERAL (SELECT timestamptz '2026-03-01Z' + n * interval '1 minute' AS moment) AS at;
ANALYZE"""


@pytest.fixture(scope="module")
def database(postgres_sockets: Path, migrated_databases: dict[str, str]) -> Iterator[Database]:
    """A database with this month, which all tests read and none changes."""
    url = make_database(postgres_sockets, NAME, migrated_databases["facade"])
    with psycopg.connect(url) as connection:
        connection.execute(FILL)
    filled = connect(url, connections=1)
    yield filled
    filled.close()
    with psycopg.connect(make_database(postgres_sockets, "postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.fixture
def month(resources: Resources, database: Database) -> Resources:
    """At a time when nothing can be new, so that nobody is asked upstream."""
    return replace(resources, database=database, clock=lambda: MONTH + 30 * DAY)


@pytest.fixture
def statements(month: Resources) -> Iterator[list[tuple[str, dict]]]:
    sent: list[tuple[str, dict]] = []

    def note(_connection, _cursor, statement, values, *_) -> None:
        sent.append((statement, values))

    event.listen(month.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(month.database.engine, "before_cursor_execute", note)


def plans(month, statements) -> list[str]:
    with month.database.begin() as db:
        asked = [(f"EXPLAIN {statement}", values) for statement, values in statements]
        return ["\n".join(row[0] for row in db.exec_driver_sql(*one)) for one in asked]


def test_any_day_answers_from_one_indexed_query(month, statements, upstream):
    for start in (MONTH, MONTH + 13 * DAY, MONTH + 29 * DAY):
        statements.clear()
        wanted = PredictionFilter(start_time=start, end_time=start + DAY)
        page = find_predictions(month, "default", "pump-1", PredictionQuery(wanted=wanted, limit=2000))
        assert sum(len(batch) for group in page.batches for batch in group) == 1440
        assert (page.more, upstream.calls) == (False, [])
        (plan,) = [plan for plan in plans(month, statements[:]) if "pk_predictions" in plan]
        assert plan.startswith("Limit")
        assert "Seq Scan" not in plan


def test_a_day_takes_few_statements_and_none_reads_the_table_through(month, statements):
    wanted = PredictionFilter(start_time=MONTH, end_time=MONTH + DAY)
    find_predictions(month, "default", "pump-1", PredictionQuery(wanted=wanted, limit=2000))
    assert len(statements) == 4  # the scheduler, its replays, how much is recorded with which sensors, the day
    assert not [plan for plan in plans(month, statements[:]) if "Seq Scan on predictions" in plan]


def test_a_poller_with_nothing_new_is_answered_from_the_index(month, statements):
    last = find_predictions(month, "default", "pump-1", PredictionQuery(limit=1)).recorded_through
    statements.clear()
    cursor = encode_cursor(recorded_query("pump-1"), last)
    page = find_predictions(month, "default", "pump-1", PredictionQuery(recorded_after=cursor, limit=2000))
    assert (list(page.batches), page.recorded_through) == ([[]], last)
    assert "ix_predictions_recorded" in plans(month, statements[-1:])[0]


def test_a_month_is_exported_in_a_few_queries(month, statements):
    page = find_predictions(month, "default", "pump-1", PredictionQuery())
    table = pa.ipc.open_stream(b"".join(arrow_stream(page.batches, page.sensors, None))).read_all()
    assert (table.num_rows, table.num_columns) == (MINUTES, 4 + SENSORS)
    assert len(statements) == 3 + -(-MINUTES // 10_000)


def test_a_month_in_few_points_is_looked_at_by_index(month, statements):
    query = PredictionQuery(max_points=500)
    page = find_predictions(month, "default", "pump-1", query)
    assert 60 < sum(len(batch) for group in page.batches for batch in group) <= 500
    assert len(statements) == 5


def test_events_are_read_from_the_index_of_anomalies_and_no_further_than_the_page(month, statements):
    page = list_events(month, "default", "pump-1", EventFilter(), 10, None, 3)
    assert (len(page.items), page.next_position is not None) == (10, True)
    plan = next(plan for plan in plans(month, statements[:]) if "numbered" in plan)
    assert plan.count("using ix_predictions_anomalies") == 3
    assert "Run Condition" in plan
