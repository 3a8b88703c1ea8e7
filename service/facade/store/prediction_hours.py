"""Predictions counted by the hour, so that a month of a whole fleet is summed up without reading it.

Counted anew in the transaction that writes predictions: the two never disagree. An hour is open at its start and closed
at its end, as windows are.
"""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, Table, text
from sqlalchemy import Connection as Db

from service.facade.domain.buckets import ORIGIN
from service.facade.store.collecting import followed_schedulers
from service.facade.store.metadata import metadata

prediction_hours = Table(
    "prediction_hours",
    metadata,
    Column("scheduler_id", BigInteger, ForeignKey(followed_schedulers.c.id), primary_key=True),
    Column("hour", DateTime(timezone=True), primary_key=True),
    Column("scored", Integer, nullable=False),
    Column("anomalous", Integer, nullable=False),
)
_HOUR = timedelta(hours=1)
_TICK = timedelta(microseconds=1)
_FORGET = text("DELETE FROM prediction_hours WHERE scheduler_id = :scheduler_id AND hour >= :first AND hour < :end")
_COUNT = text("""
INSERT INTO prediction_hours (scheduler_id, hour, scored, anomalous)
SELECT scheduler_id, date_bin('1 hour', timestamp - interval '1 microsecond', :origin) AS hour,
       count(*), count(*) FILTER (WHERE prediction = 1)
FROM predictions
WHERE scheduler_id = :scheduler_id AND timestamp > :first AND timestamp <= :end
GROUP BY 1, 2
""")


def recount(db: Db, scheduler_id: int, first: datetime, last: datetime) -> None:
    """Count the hours from the one of `first` to the one of `last` anew."""
    values = {"scheduler_id": scheduler_id, "origin": ORIGIN, "first": _hour_of(first), "end": _hour_of(last) + _HOUR}
    db.execute(_FORGET, values)
    db.execute(_COUNT, values)


def _hour_of(moment: datetime) -> datetime:
    """The start of the hour that a row of this time is counted in."""
    return ORIGIN + (moment - _TICK - ORIGIN) // _HOUR * _HOUR
