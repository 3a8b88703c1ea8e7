"""Predictions counted by the hour agree with the predictions, however those came there."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from service.facade.domain.predictions import Prediction
from service.facade.store.collecting import follow
from service.facade.store.database import connect
from service.facade.store.predictions import replace_windows

START = datetime(2026, 3, 1, tzinfo=UTC)
FIVE, HOUR = timedelta(minutes=5), timedelta(hours=1)
KEPT = text("SELECT hour, scored, anomalous FROM prediction_hours WHERE scheduler_id = :id ORDER BY hour")
COUNTED = text("""
SELECT date_bin('1 hour', timestamp - interval '1 microsecond', '2001-01-01T00:00:00Z') AS hour, count(*) AS scored,
       count(*) FILTER (WHERE prediction = 1) AS anomalous
FROM predictions WHERE scheduler_id = :id GROUP BY 1 ORDER BY 1
""")


@pytest.fixture(scope="module")
def database(facade_database_url):
    database = connect(facade_database_url, connections=1)
    yield database
    database.close()


def rows(start: datetime, flags: list[int]) -> list[Prediction]:
    times = [start + timedelta(minutes=minute) for minute in range(1, len(flags) + 1)]
    return [Prediction(time, flag, None, 0.5, (), None) for time, flag in zip(times, flags, strict=True)]


def test_a_row_on_the_hour_ends_the_hour_before_it(database, unique):
    with database.begin() as db:
        followed = follow(db, f"arn:{unique}", f"pump-{unique}", "plant").id
        replace_windows(db, followed, {START + 11 * FIVE: rows(START + 11 * FIVE, [1] * 5)})
        kept = db.execute(KEPT, {"id": followed}).all()
    assert kept == [(START, 5, 5)]


windows = st.dictionaries(st.integers(0, 40), st.lists(st.integers(0, 1), max_size=5), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=st.lists(windows, min_size=1, max_size=4))
def test_whatever_is_written_over_what_the_hours_agree(database, writes):
    with database.begin() as db:
        arn = f"arn:{datetime.now(UTC).timestamp()}"
        followed = follow(db, arn, "pump", "plant").id
        for write in writes:
            told = {START + number * FIVE: rows(START + number * FIVE, flags) for number, flags in write.items()}
            replace_windows(db, followed, told)
            assert db.execute(KEPT, {"id": followed}).all() == db.execute(COUNTED, {"id": followed}).all()
        db.rollback()
