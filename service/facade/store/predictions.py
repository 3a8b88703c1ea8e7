"""Predictions: what was read from result objects, once. They outlive the scheduler and the upstream's memory of it.

Every row has a `record_number`. Those of one scheduler are in the order of the commits that recorded them: whoever has
seen all rows up to a number misses none by asking for later ones.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from math import isfinite
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    delete,
    select,
    text,
)
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import ARRAY, REAL, insert

from service.facade.domain.predictions import Prediction
from service.facade.store.collecting import followed_schedulers
from service.facade.store.metadata import metadata
from service.facade.store.prediction_hours import recount

sensor_lists = Table(
    "sensor_lists",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("scheduler_id", ForeignKey(followed_schedulers.c.id), nullable=False),
    Column("digest", Text, nullable=False),
    Column("names", ARRAY(Text), nullable=False),
    UniqueConstraint("scheduler_id", "digest"),
)
predictions = Table(
    "predictions",
    metadata,
    Column("scheduler_id", BigInteger, ForeignKey(followed_schedulers.c.id), primary_key=True),
    Column("timestamp", DateTime(timezone=True), primary_key=True),
    Column("data_start_time", DateTime(timezone=True), nullable=False),
    Column("prediction", SmallInteger, nullable=False),
    Column("prediction_reason", Text),
    Column("anomaly_score", Float),
    Column("sensor_list_id", ForeignKey(sensor_lists.c.id)),
    Column("contributions", ARRAY(REAL)),
    Column("record_number", BigInteger, Identity(), nullable=False),
    Index("ix_predictions_window", "scheduler_id", "data_start_time"),
    Index("ix_predictions_recorded", "scheduler_id", "record_number"),
)
_LONGEST_WINDOW = timedelta(hours=1)
_KEY = ("scheduler_id", "timestamp")
_RECORDING = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
Index(
    "ix_predictions_anomalies",
    predictions.c.scheduler_id,
    predictions.c.timestamp,
    postgresql_where=predictions.c.prediction == 1,
    postgresql_include=["anomaly_score"],
)
IS_HIGH = text("anomaly_score >= 0.5")  # said as text, since the planner cannot see what a parameter will be
Index(
    "ix_predictions_high_scores",
    predictions.c.scheduler_id,
    predictions.c.timestamp,
    postgresql_where=IS_HIGH,
)


def replace_windows(db: Db, scheduler_id: int, windows: Mapping[datetime, Sequence[Prediction]]) -> None:
    """Put the predictions of some windows, by data start time, in the place of those that they had before.

    A lock is taken before the first number is drawn, and held until the transaction ends: a writer that is slow to
    commit keeps the next one from drawing numbers, whatever else keeps writers apart.
    """
    db.execute(_RECORDING, {"name": f"recording:{scheduler_id}"})
    in_windows = predictions.c.data_start_time.in_(list(windows))
    db.execute(delete(predictions).where(predictions.c.scheduler_id == scheduler_id, in_windows))
    names = {row.sensors for rows in windows.values() for row in rows if row.sensors}
    list_ids = {sensors: _sensor_list(db, scheduler_id, sensors) for sensors in names}
    rows = {  # by time, because windows of different lengths can hold the same one: the later window counts
        row.timestamp: _row(scheduler_id, start, row, list_ids.get(row.sensors))
        for start in sorted(windows)
        for row in windows[start]
    }
    if rows:
        statement = insert(predictions)
        changed = {name: statement.excluded[name] for name in predictions.c.keys() if name not in _KEY}  # noqa: SIM118
        db.execute(statement.on_conflict_do_update(constraint=predictions.primary_key, set_=changed), [*rows.values()])
    if windows:
        recount(db, scheduler_id, min(windows), max([*rows, max(windows) + _LONGEST_WINDOW]))


def _row(scheduler_id: int, start: datetime, row: Prediction, sensor_list_id: int | None) -> dict[str, Any]:
    return {
        "scheduler_id": scheduler_id,
        "timestamp": row.timestamp,
        "data_start_time": start,
        "prediction": row.prediction,
        "prediction_reason": row.prediction_reason,
        "anomaly_score": _finite(row.anomaly_score),
        "sensor_list_id": sensor_list_id,
        "contributions": None if row.contributions is None else list(row.contributions),
    }


def _finite(score: float | None) -> float | None:
    return score if score is not None and isfinite(score) else None


def _sensor_list(db: Db, scheduler_id: int, names: Sequence[str]) -> int:
    """The id of a list of names; written down when it is new."""
    digest = sha256("\n".join(names).encode()).hexdigest()
    row = {"scheduler_id": scheduler_id, "digest": digest, "names": list(names)}
    db.execute(insert(sensor_lists).values(row).on_conflict_do_nothing())
    same = (sensor_lists.c.scheduler_id == scheduler_id) & (sensor_lists.c.digest == digest)
    return db.execute(select(sensor_lists.c.id).where(same)).scalar_one()
