"""The aligned table of a training, a bounded number of rows at a time: resampled, joined, filled forward, marked.

A portion knows what the rows before it leave to it, so that it means the same however the table is cut: the last value
of every sensor, the last rows that were learnt from, the last rows with the machine running.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from service.engine.detection import Readings
from service.engine.detection.chunks import LEAD_ROWS, Chunk, Labelled
from service.engine.detection.readings import within
from service.engine.work.frames.alignment import as_datetime64, filled_forward, joined_on_time, resampled
from service.engine.work.frames.off_condition import OffCondition, off_rows

Range = tuple[datetime | None, datetime | None]
"""Both ends included; None leaves that end open."""


@dataclass(frozen=True)
class Marking:
    """How rows are brought onto one time axis, and which of them are learnt from.

    left_out: labelled ranges, both ends included; anomalies: those of them in which the detector ought to find
    something; off_condition: rows where it holds are neither learnt nor scored.
    """

    rate: timedelta | None
    off_condition: OffCondition | None
    learnt: Range
    left_out: Sequence[tuple[datetime, datetime]]
    anomalies: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True, eq=False)
class Carried:
    """What rows leave to those after them.

    values: the last known value of each sensor [k], NaN before the first; lead: the last rows learnt from; context: the
    last rows with the machine running; position: how many rows were learnt from so far.
    """

    values: np.ndarray
    lead: Readings
    context: Readings
    position: int


@dataclass(frozen=True, eq=False)
class Portion:
    """Rows of the aligned table that follow each other.

    before: what the rows before leave; off [n]: the machine was off; learnt [n]: the row is learnt from; known [n]: it
    could be if it were not labelled as an anomaly.
    """

    before: Carried
    table: Readings
    off: np.ndarray
    learnt: np.ndarray
    known: np.ndarray

    @property
    def after(self) -> Carried:
        """What these rows leave to the next."""
        return Carried(
            values=self.table.values[-1] if len(self.table) else self.before.values,
            lead=_last(self.before.lead, self.table.rows(self.learnt)),
            context=_last(self.before.context, self.table.rows(~self.off)),
            position=self.before.position + int(self.learnt.sum()),
        )

    @property
    def chunk(self) -> Chunk:
        """The rows to learn from, as the detector takes them."""
        lead = self.before.lead
        return Chunk(following(lead, self.table.rows(self.learnt)), len(lead), self.before.position, self._labelled())

    def _labelled(self) -> Labelled | None:
        if not self.known.any():
            return None
        context = self.before.context
        chosen = np.concatenate([np.zeros(len(context), dtype=bool), self.known[~self.off]])
        return Labelled(following(context, self.table.rows(~self.off)), chosen)


def nothing_carried(sensors: tuple[str, ...]) -> Carried:
    """Where a table begins."""
    none = Readings(np.empty(0, "datetime64[ns]"), np.empty((0, len(sensors))), sensors)
    return Carried(np.full(len(sensors), np.nan), none, none, 0)


def portion_of(components: Sequence[Readings], marking: Marking, before: Carried) -> Portion:
    """The aligned rows of one stretch of time."""
    table = filled_forward(joined_on_time([resampled(part, marking.rate) for part in components]), before.values)
    off = off_rows(marking.off_condition, table)
    usable = rows_in(table.times, marking.learnt) & ~off
    learnt = usable & ~within(table.times, marking.left_out)
    return Portion(before, table, off, learnt, usable & within(table.times, marking.anomalies))


def portions_of(
    stretches: Iterable[Sequence[Readings]], marking: Marking, sensors: tuple[str, ...]
) -> Iterator[Portion]:
    """The portions of stretches of time that follow each other; each of readings by component."""
    carried = nothing_carried(sensors)
    for components in stretches:
        portion = portion_of(components, marking, carried)
        yield portion
        carried = portion.after


def following(before: Readings, rows: Readings) -> Readings:
    """Rows and those right before them as one table."""
    times = np.concatenate([before.times, rows.times])
    return Readings(times, np.concatenate([before.values, rows.values]), rows.sensors)


def rows_in(times: np.ndarray, chosen: Range) -> np.ndarray:
    """Which times lie in a range; mask of shape [n]."""
    start, end = chosen
    from_start = times >= as_datetime64(start) if start else np.ones(len(times), dtype=bool)
    return from_start & (times <= as_datetime64(end)) if end else from_start


def save_portion(portion: Portion) -> bytes:
    """The portion as npz bytes."""
    lead, context = portion.before.lead, portion.before.context
    buffer = io.BytesIO()
    np.savez(
        buffer,
        sensors=np.array(portion.table.sensors),
        times=portion.table.times,
        values=portion.table.values,
        off=portion.off,
        learnt=portion.learnt,
        known=portion.known,
        carried=portion.before.values,
        lead_times=lead.times,
        lead_values=lead.values,
        context_times=context.times,
        context_values=context.values,
        position=portion.before.position,
    )
    return buffer.getvalue()


def load_portion(body: bytes) -> Portion:
    """The portion that `save_portion` wrote."""
    with np.load(io.BytesIO(body), allow_pickle=False) as said:
        sensors = tuple(said["sensors"].tolist())
        lead, context = (
            Readings(said[f"{name}_times"], said[f"{name}_values"], sensors) for name in ("lead", "context")
        )
        before = Carried(said["carried"], lead, context, int(said["position"]))
        return Portion(
            before, Readings(said["times"], said["values"], sensors), said["off"], said["learnt"], said["known"]
        )


def _last(before: Readings, rows: Readings) -> Readings:
    return following(before, rows.rows(slice(-LEAD_ROWS, None))).rows(slice(-LEAD_ROWS, None))
