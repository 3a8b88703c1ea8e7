"""Which index the planner takes for a page of predictions, among rows enough that it matters."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from service.embedded.postgres import make_database
from service.facade.domain.predictions import PredictionFilter
from service.facade.store.database import connect
from service.facade.store.prediction_rows import Stretch, read

ROWS = 40_000
SCHEDULERS = """
INSERT INTO followed_schedulers (inference_scheduler_arn, inference_scheduler_name, team)
SELECT 'arn-' || n, 'pump-' || n, 'default' FROM generate_series(1, 4) AS n"""
PREDICTIONS = f"""
INSERT INTO predictions (scheduler_id, timestamp, data_start_time, prediction, anomaly_score, contributions)
SELECT 1 + n % 4, moment, moment, (n % 50 = 0)::int, CASE n % 200 WHEN 0 THEN 0.9 WHEN 100 THEN 0.6 ELSE 0.1 END,
       array_fill(0.05::real, ARRAY[20])
FROM (SELECT n, timestamptz '2026-01-01' + n / 4 * interval '1 minute' AS moment
      FROM generate_series(0, {ROWS} - 1) AS n) AS minutes"""


@pytest.fixture(scope="module")
def db(postgres_sockets: Path, migrated_databases: dict[str, str]) -> Iterator[Connection]:
    """Tests read it only."""
    url = make_database(postgres_sockets, "facade_indexes", migrated_databases["facade"])
    database = connect(url, connections=1)
    with database.begin() as connection:
        connection.execute(text(SCHEDULERS))
        connection.execute(text(PREDICTIONS))
        connection.execute(text("ANALYZE predictions"))
        yield connection
    database.close()


def plan_of(db: Connection, wanted: PredictionFilter, stretch: Stretch) -> str:
    """The plan of the statement that reads a page, as PostgreSQL tells it."""
    sent: list[tuple] = []

    def note(_connection, _cursor, statement, values, *_) -> None:
        sent.append((statement, values))

    event.listen(db, "before_cursor_execute", note)
    read(db, 1, wanted, stretch, 500, {})
    event.remove(db, "before_cursor_execute", note)
    statement, values = sent[0]
    return "\n".join(row[0] for row in db.exec_driver_sql(f"EXPLAIN {statement}", values))


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (PredictionFilter(), "pk_predictions"),
        (PredictionFilter(only_anomalies=True), "ix_predictions_anomalies"),
        (PredictionFilter(min_score=0.8), "ix_predictions_high_scores"),
    ],
)
def test_a_page_is_read_from_an_index(db, wanted, index):
    assert index in plan_of(db, wanted, Stretch())


@pytest.mark.parametrize(("min_score", "rows"), [(0.05, 10_000), (0.5, 400), (0.6, 400), (0.61, 200), (0.95, 0)])
def test_the_index_of_high_scores_leaves_no_row_out(db, min_score, rows):
    (found,) = read(db, 1, PredictionFilter(min_score=min_score), Stretch(), ROWS, {}).batches or [()]
    assert len(found) == rows
