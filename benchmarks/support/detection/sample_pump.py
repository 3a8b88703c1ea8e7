"""The pump of `make demo`: four weeks to learn from; a normal fortnight, and each fault (eight hours) three times."""

from datetime import UTC, datetime, timedelta

import numpy as np

from service.demo.pump import Fault, readings
from support.detection.cases import Case, Table

FAULTS = ("bearing_wear", "cavitation", "valve_sticking")
_START = datetime(2026, 8, 31, tzinfo=UTC)
_TRAINED_TO = _START + timedelta(weeks=4)
_HOURS = timedelta(hours=8)


def sample_pump() -> list[Case]:
    training = _table(_START, _TRAINED_TO)
    fortnight = _table(_TRAINED_TO, _TRAINED_TO + timedelta(weeks=2))
    normal = Case(training, fortnight, np.zeros(len(fortnight), dtype=bool), follows_training=True, kind="no fault")
    starts = [_TRAINED_TO + timedelta(days=day) for day in (3.0, 5.6, 11.8)]
    return [normal, *(_faulty(training, kind, start) for kind in FAULTS for start in starts)]


def _faulty(training: Table, kind: str, start: datetime) -> Case:
    series = _table(start - _HOURS, start + _HOURS, Fault(kind, start, start + _HOURS))
    return Case(training, series, series.times >= np.datetime64(start.replace(tzinfo=None), "ns"), kind=kind)


def _table(start: datetime, end: datetime, *faults: Fault) -> Table:
    frame = readings(start, end, faults).ffill()
    times = frame.index.tz_localize(None).to_numpy().astype("datetime64[ns]")
    return Table(times, frame.to_numpy(), tuple(frame.columns))
