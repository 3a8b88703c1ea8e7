"""Labelled series to measure detectors on: SKAB and Tennessee Eastman from a folder, the sample pump from our own code.

The folder holds `skab/valve1/*.csv` (Skoltech Anomaly Benchmark, github.com/waico/SKAB) and `tep/dNN*.dat` (the
Tennessee Eastman data of Braatz). Neither is part of this repository.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from service.demo.pump import Fault, readings
from service.engine.detection import Readings, readings_from_frame

SKAB_TRAINING_ROWS = 400  # the protocol of the benchmark's own leaderboard
TEP_FAULTS = ("00", "01", "05", "11", "19", "21")
TEP_FAULT_ROW = 160
PUMP_FAULTS = ("bearing_wear", "cavitation", "valve_sticking")
PUMP_START = datetime(2026, 8, 31, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Case:
    """One series: learn from `training`, judge `series`, whose rows are faulty where `faulty` (a mask) says so."""

    training: Readings
    series: Readings
    faulty: np.ndarray
    follows_training: bool


def skab(folder: Path) -> Iterator[Case]:
    """Each valve run on its own: fit on its first 400 rows, judge the rest."""
    for path in sorted((folder / "skab" / "valve1").glob("*.csv"), key=lambda path: int(path.stem)):
        table = pd.read_csv(path, sep=";", index_col="datetime", parse_dates=True)
        table = table[~table.index.duplicated()]
        run = readings_from_frame(table.drop(columns=["anomaly", "changepoint"]))
        faulty = table["anomaly"].to_numpy() > 0
        first, rest = slice(None, SKAB_TRAINING_ROWS), slice(SKAB_TRAINING_ROWS, None)
        yield Case(run.rows(first), run.rows(rest), faulty[rest], follows_training=True)


def tennessee_eastman(folder: Path) -> Iterator[Case]:
    """Fit on 500 fault-free rows; judge a fault-free run and five runs with a fault from row 161 on."""
    training = _three_minutes(np.loadtxt(folder / "tep" / "d00.dat").T)
    for number in TEP_FAULTS:
        series = _three_minutes(np.loadtxt(folder / "tep" / f"d{number}_te.dat"))
        faulty = (np.arange(len(series)) >= TEP_FAULT_ROW) & (number != "00")
        yield Case(training, series, faulty, follows_training=False)


def sample_pump() -> Iterator[Case]:
    """Fit on four weeks; judge a normal fortnight, and each fault (eight hours) at three times."""
    trained_to = PUMP_START + timedelta(weeks=4)
    training = _pump(PUMP_START, trained_to)
    fortnight = _pump(trained_to, trained_to + timedelta(weeks=2))
    yield Case(training, fortnight, np.zeros(len(fortnight), dtype=bool), follows_training=True)
    for kind in PUMP_FAULTS:
        for day in (3.0, 5.6, 11.8):
            start = trained_to + timedelta(days=day)
            fault = Fault(kind, start, start + timedelta(hours=8))
            series = _pump(start - timedelta(hours=8), fault.end, fault)
            faulty = series.times >= np.datetime64(start.replace(tzinfo=None), "ns")
            yield Case(training, series, faulty, follows_training=False)


def _three_minutes(values: np.ndarray) -> Readings:
    times = np.datetime64("2026-01-01", "ns") + np.arange(len(values)) * np.timedelta64(3, "m")
    return Readings(times, values, tuple(f"process\\variable-{number + 1}" for number in range(values.shape[1])))


def _pump(start: datetime, end: datetime, *faults: Fault) -> Readings:
    return readings_from_frame(readings(start, end, faults).ffill())
