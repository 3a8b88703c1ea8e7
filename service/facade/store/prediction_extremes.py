"""A long series in few points: of each piece of time the rows with the least and the highest score.

An anomaly is higher than every normal row, scored or not, so a piece of time with one always shows one. A bucket is
open at its start and closed at its end, as windows are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CTE, Interval, Select, cast, func, literal, select
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import distinct_on

from service.facade.domain.buckets import ORIGIN
from service.facade.domain.predictions import PredictionBatch, PredictionFilter
from service.facade.store.prediction_rows import SensorLists, batches, columns, conditions
from service.facade.store.predictions import predictions

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Extent:
    """How many rows there are, and from when to when."""

    rows: int
    start: datetime | None
    end: datetime | None


def extent(db: Db, scheduler_id: int, wanted: PredictionFilter) -> Extent:
    time = predictions.c.timestamp
    query = select(func.count(), func.min(time), func.max(time)).where(*conditions(scheduler_id, wanted))
    return Extent(*db.execute(query).one())


def read_extremes(
    db: Db, scheduler_id: int, wanted: PredictionFilter, width: timedelta, lists: SensorLists | None
) -> list[PredictionBatch]:
    """At most two rows for each `width` of time, ascending. Only they are read whole; the others are looked at."""
    looked_at = _looked_at(scheduler_id, wanted, width)
    row, score = looked_at.c, looked_at.c.anomaly_score
    least = _first(looked_at, row.prediction, score.nulls_last())
    highest = _first(looked_at, row.prediction.desc(), score.desc().nulls_last())
    either = least.union(highest).subquery()
    query = select(*columns(lists is not None)).where(
        predictions.c.scheduler_id == scheduler_id, predictions.c.timestamp.in_(select(either.c.timestamp))
    )
    return batches(db, db.execute(query.order_by(predictions.c.timestamp)).all(), lists)


def _looked_at(scheduler_id: int, wanted: PredictionFilter, width: timedelta) -> CTE:
    fields = predictions.c
    bucket = func.date_bin(cast(literal(width), Interval), fields.timestamp - _TICK, ORIGIN)
    query = select(fields.timestamp, fields.prediction, fields.anomaly_score, bucket.label("bucket"))
    return query.where(*conditions(scheduler_id, wanted)).cte("looked_at")


def _first(looked_at: CTE, *order: object) -> Select:
    """Of each bucket the row that comes first in this order; of equal ones the earliest."""
    bucket, time = looked_at.c.bucket, looked_at.c.timestamp
    return select(time).ext(distinct_on(bucket)).order_by(bucket, *order, time)
