"""Reading predictions: one stretch of them from an index, in columns."""

import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from sqlalchemy import ColumnElement, LargeBinary, Row, TextClause, func, literal_column, null, select
from sqlalchemy import Connection as Db

from service.facade.domain.predictions import PredictionBatch, PredictionFilter
from service.facade.store.predictions import IS_HIGH, predictions, sensor_lists

Condition = ColumnElement | TextClause
Position = datetime | int
SensorLists = Mapping[int, tuple[str, ...]]
_HEADER = 20  # bytes in front of the cells of an array with one dimension
_NONE = b"\x00\x00\x00\x04\x7f\xc0\x00\x00"  # a cell that holds NaN
# As PostgreSQL sends arrays in binary: a list for each row, read from text, takes twice as long.
_PACKED = literal_column("array_send(array_replace(contributions, NULL, 'NaN'))", LargeBinary)


@dataclass(frozen=True)
class Stretch:
    """Rows later than `after` and up to `through`, in one of the two orders; None means without an end."""

    order: Literal["timestamp", "record_number"] = "timestamp"
    after: Position | None = None
    through: Position | None = None


@dataclass(frozen=True)
class Recorded:
    """What there is of a scheduler: the number of the row recorded last, and the sensors that rows may name."""

    last_number: int
    sensor_lists: SensorLists

    @property
    def sensors(self) -> tuple[str, ...]:
        """All of them, each once, those of the oldest list first."""
        return tuple(dict.fromkeys(name for names in self.sensor_lists.values() for name in names))


@dataclass(frozen=True)
class Rows:
    """Rows in batches, one for each run of rows with the same sensors; `last` is where they end, `more` whether others
    follow."""

    batches: list[PredictionBatch]
    last: Position | None
    more: bool


def recorded(db: Db, scheduler_id: int) -> Recorded:
    """Ask this before reading rows: what is recorded in between then counts as not yet seen."""
    last = select(func.max(predictions.c.record_number)).where(predictions.c.scheduler_id == scheduler_id)
    lists = select(last.scalar_subquery().label("last"), sensor_lists.c.id, sensor_lists.c.names)
    one_row = select(literal_column("1")).subquery()
    joined = lists.select_from(one_row.outerjoin(sensor_lists, sensor_lists.c.scheduler_id == scheduler_id))
    rows = db.execute(joined.order_by(sensor_lists.c.id)).all()
    return Recorded(rows[0].last or 0, {row.id: tuple(row.names) for row in rows if row.id is not None})


def read(
    db: Db,
    scheduler_id: int,
    wanted: PredictionFilter,
    stretch: Stretch,
    limit: int,
    lists: SensorLists | None = None,
) -> Rows:
    """The first `limit` rows of a stretch. Without `lists` they come without contributions, which are not read then."""
    order = predictions.c[stretch.order]
    query = select(order.label("position"), *columns(lists is not None))
    query = query.where(*conditions(scheduler_id, wanted), *_within(order, stretch)).order_by(order)
    rows = db.execute(query.limit(limit + 1)).all()
    more = len(rows) > limit
    rows = rows[:limit]
    return Rows(batches(db, rows, lists), rows[-1].position if rows else None, more)


def columns(with_shares: bool) -> list[ColumnElement]:
    """What `batches` needs of each row."""
    fields = predictions.c
    shares = [fields.sensor_list_id, _PACKED.label("packed")] if with_shares else [null().label("sensor_list_id")]
    return [fields.timestamp, fields.prediction, fields.prediction_reason, fields.anomaly_score, *shares]


def batches(db: Db, rows: Sequence[Row], lists: SensorLists | None) -> list[PredictionBatch]:
    known = _with_new(db, lists or {}, {row.sensor_list_id for row in rows} - {None})
    runs = ((key, list(run)) for key, run in groupby(rows, lambda row: row.sensor_list_id))
    return [_batch(run, known.get(key, ())) for key, run in runs]


def conditions(scheduler_id: int, wanted: PredictionFilter) -> list[Condition]:
    fields = predictions.c
    possible = [
        fields.scheduler_id == scheduler_id,
        wanted.start_time and fields.timestamp > wanted.start_time,
        wanted.end_time and fields.timestamp <= wanted.end_time,
        wanted.min_score is not None and fields.anomaly_score >= wanted.min_score,
        wanted.only_anomalies and fields.prediction == 1,
        wanted.min_score is not None and wanted.min_score >= 0.5 and IS_HIGH,
    ]
    return [condition for condition in possible if isinstance(condition, Condition)]


def _within(order: ColumnElement, stretch: Stretch) -> list[ColumnElement[bool]]:
    after = [] if stretch.after is None else [order > stretch.after]
    return after if stretch.through is None else [*after, order <= stretch.through]


def _batch(rows: list[Row], sensors: tuple[str, ...]) -> PredictionBatch:
    positions = (tuple(column) for column in zip(*rows, strict=True))
    named = dict(zip(rows[0]._fields, positions, strict=True))
    return PredictionBatch(
        timestamps=named["timestamp"],
        predictions=named["prediction"],
        reasons=named["prediction_reason"],
        scores=named["anomaly_score"],
        sensors=sensors,
        shares=_unpack(named["packed"], len(sensors)) if sensors else array("f"),
    )


def _unpack(packed: Iterable[bytes | None], width: int) -> array:
    """The floats of all rows, one row after the other. Nothing is done for a single cell."""
    none = _NONE * width
    words = array("I", b"".join([row[_HEADER:] if row else none for row in packed]))
    if sys.byteorder == "little":
        words.byteswap()
    return array("f", words[1::2].tobytes())


def _with_new(db: Db, lists: SensorLists, ids: set[int]) -> SensorLists:
    """With those that a new model brought while we were reading."""
    if ids <= lists.keys():
        return lists
    rows = db.execute(select(sensor_lists.c.id, sensor_lists.c.names).where(sensor_lists.c.id.in_(ids)))
    return {**lists, **{row.id: tuple(row.names) for row in rows}}
