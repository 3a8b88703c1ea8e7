"""Labelled public data from a folder: `skab/<part>/*.csv` and `tep/dNN_te.dat`. Neither is part of this repository.

SKAB: the Skoltech anomaly benchmark (github.com/waico/SKAB). Tennessee Eastman: the simulated process of Downs and
Vogel in the data of Braatz.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from support.detection.cases import Case, Table

SKAB_TRAINING_ROWS = 400  # the protocol of the benchmark's own leaderboard
TEP_FAULT_ROW = 160


def skab(folder: Path) -> dict[str, list[Case]]:
    """Each labelled run on its own, fitted on its first 400 rows; a data set for each folder of runs."""
    parts = sorted(part for part in (folder / "skab").glob("*") if part.is_dir() and part.name != "anomaly-free")
    return {f"SKAB {part.name}": [_skab_run(path) for path in _by_number(part)] for part in parts}


def _by_number(part: Path) -> list[Path]:
    return sorted(part.glob("*.csv"), key=lambda path: (len(path.stem), path.stem))


def _skab_run(path: Path) -> Case:
    table = pd.read_csv(path, sep=";", index_col="datetime", parse_dates=True)
    table = table[~table.index.duplicated()].sort_index()
    values = table.drop(columns=["anomaly", "changepoint"])
    sensors = tuple(f"testbed\\{name}" for name in values.columns)
    run = Table(values.index.to_numpy().astype("datetime64[ns]"), values.to_numpy(float), sensors)
    faulty = table["anomaly"].to_numpy() > 0
    first, rest = slice(None, SKAB_TRAINING_ROWS), slice(SKAB_TRAINING_ROWS, None)
    return Case(run.rows(first), run.rows(rest), faulty[rest], follows_training=True, kind=path.stem)


def tennessee_eastman(folder: Path) -> dict[str, list[Case]]:
    """Fitted on 500 rows without a fault; a test run without one, and one for each fault, from row 161 on."""
    if not (folder / "tep" / "d00.dat").is_file():
        return {}
    training = _three_minutes(np.loadtxt(folder / "tep" / "d00.dat").T)
    return {"Tennessee Eastman": list(_tep_runs(folder / "tep", training))}


def _tep_runs(folder: Path, training: Table) -> Iterator[Case]:
    for path in sorted(folder.glob("d*_te.dat")):
        number = int(path.stem[1:3])
        series = _three_minutes(np.loadtxt(path))
        faulty = (np.arange(len(series)) >= TEP_FAULT_ROW) & (number > 0)
        yield Case(training, series, faulty, kind=f"fault {number}" if number else "no fault")


def _three_minutes(values: np.ndarray) -> Table:
    times = np.datetime64("2026-01-01", "ns") + np.arange(len(values)) * np.timedelta64(3, "m")
    return Table(times, values, tuple(f"process\\variable-{number + 1}" for number in range(values.shape[1])))
