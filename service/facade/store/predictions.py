"""Predictions: what was read from result objects, once. They outlive the scheduler and the upstream's memory of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    delete,
    select,
    text,
)
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import ARRAY, REAL, insert

from service.facade.domain.predictions import Prediction, PredictionFilter
from service.facade.store.collecting import followed_schedulers
from service.facade.store.metadata import metadata

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
    Index("ix_predictions_window", "scheduler_id", "data_start_time"),
)
_KEY = ("scheduler_id", "timestamp")
Condition = ColumnElement | TextClause
Index(
    "ix_predictions_anomalies",
    predictions.c.scheduler_id,
    predictions.c.timestamp,
    postgresql_where=predictions.c.prediction == 1,
)
_IS_HIGH = text("anomaly_score >= 0.5")  # said as text, since the planner cannot see what a parameter will be
Index(
    "ix_predictions_high_scores",
    predictions.c.scheduler_id,
    predictions.c.timestamp,
    postgresql_where=_IS_HIGH,
)


def replace_windows(db: Db, scheduler_id: int, windows: Mapping[datetime, Sequence[Prediction]]) -> None:
    """Put the predictions of some windows, by data start time, in the place of those that they had before."""
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


def end_of_page(
    db: Db, scheduler_id: int, wanted: PredictionFilter, after: datetime | None, limit: int
) -> datetime | None:
    """Time of the last of the next `limit` predictions, or None when no others follow them."""
    query = select(predictions.c.timestamp).where(*_conditions(scheduler_id, wanted, after))
    times = db.scalars(query.order_by(predictions.c.timestamp).offset(limit - 1).limit(2)).all()
    return times[0] if len(times) == 2 else None


def read(db: Db, scheduler_id: int, wanted: PredictionFilter, after: datetime | None, limit: int) -> list[Prediction]:
    """The next `limit` predictions later than `after`, ascending in time."""
    query = select(predictions).where(*_conditions(scheduler_id, wanted, after))
    rows = db.execute(query.order_by(predictions.c.timestamp).limit(limit)).all()
    names = _names(db, {row.sensor_list_id for row in rows} - {None})
    return [
        Prediction(
            row.timestamp,
            row.prediction,
            row.prediction_reason,
            row.anomaly_score,
            names.get(row.sensor_list_id, ()),
            None if row.contributions is None else tuple(row.contributions),
        )
        for row in rows
    ]


def all_sensors(db: Db, scheduler_id: int) -> list[str]:
    """Every sensor that a prediction of this scheduler may name."""
    query = select(sensor_lists.c.names).where(sensor_lists.c.scheduler_id == scheduler_id).order_by(sensor_lists.c.id)
    return list(dict.fromkeys(name for names in db.scalars(query) for name in names))


def _row(scheduler_id: int, start: datetime, row: Prediction, sensor_list_id: int | None) -> dict[str, Any]:
    return {
        "scheduler_id": scheduler_id,
        "timestamp": row.timestamp,
        "data_start_time": start,
        "prediction": row.prediction,
        "prediction_reason": row.prediction_reason,
        "anomaly_score": row.anomaly_score,
        "sensor_list_id": sensor_list_id,
        "contributions": None if row.contributions is None else list(row.contributions),
    }


def _conditions(scheduler_id: int, wanted: PredictionFilter, after: datetime | None) -> list[Condition]:
    timestamp = predictions.c.timestamp
    later_than = max(filter(None, (wanted.start_time, after)), default=None)
    conditions = [
        predictions.c.scheduler_id == scheduler_id,
        later_than and timestamp > later_than,
        wanted.end_time and timestamp <= wanted.end_time,
        wanted.min_score is not None and predictions.c.anomaly_score >= wanted.min_score,
        wanted.only_anomalies and predictions.c.prediction == 1,
        wanted.min_score is not None and wanted.min_score >= 0.5 and _IS_HIGH,
    ]
    return [condition for condition in conditions if isinstance(condition, Condition)]


def _sensor_list(db: Db, scheduler_id: int, names: Sequence[str]) -> int:
    """The id of a list of names; written down when it is new."""
    digest = sha256("\n".join(names).encode()).hexdigest()
    row = {"scheduler_id": scheduler_id, "digest": digest, "names": list(names)}
    db.execute(insert(sensor_lists).values(row).on_conflict_do_nothing())
    same = (sensor_lists.c.scheduler_id == scheduler_id) & (sensor_lists.c.digest == digest)
    return db.execute(select(sensor_lists.c.id).where(same)).scalar_one()


def _names(db: Db, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    rows = db.execute(select(sensor_lists.c.id, sensor_lists.c.names).where(sensor_lists.c.id.in_(list(ids))))
    return {row.id: tuple(row.names) for row in rows}
