"""A plant shaped like the sample data of the notebooks: 122 signals in 24 subsystems, labels, time ranges. All made up.

Six causes wander through the plant, each row a function of its minute alone, so any span can be asked for. During a
fault the signals of one subsystem leave the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

SIZES = (15, 13, 9, 13, 10, 9, 10, 10, 9, 1, 9, 1, 2, *[1] * 11)  # signals of each subsystem
_PERIODS = (37.0, 61.0, 113.0, 241.0, 487.0, 1440.0)  # minutes


@dataclass(frozen=True)
class Fault:
    """From `start` up to `end`, both naive UTC, the signals of a subsystem are off by a quarter of what they show."""

    subsystem: str
    start: datetime
    end: datetime


def subsystems() -> dict[str, tuple[str, ...]]:
    """The 24 subsystems with their signals, 122 together."""
    firsts = np.cumsum([1, *SIZES])
    return {
        f"subsystem-{number:02}": tuple(f"signal-{one:03}" for one in range(first, first + size))
        for number, (first, size) in enumerate(zip(firsts[:-1], SIZES, strict=True), 1)
    }


def readings(start: datetime, end: datetime, every: timedelta, faults: Sequence[Fault] = ()) -> pd.DataFrame:
    """Rows from `start` up to `end`, naive UTC, so far apart, and a column for each signal."""
    index = pd.date_range(start, end, freq=every, inclusive="left", name="Timestamp")
    minutes = index.to_numpy().astype("datetime64[m]").astype(np.int64)
    frame = pd.DataFrame(
        _values(minutes), index=index, columns=[name for names in subsystems().values() for name in names]
    )
    for fault in faults:
        names = list(subsystems()[fault.subsystem])
        frame.loc[(index >= fault.start) & (index < fault.end), names] *= 1.25
    return frame.round(4)


def write_sample(folder: Path, frame: pd.DataFrame, labels: Sequence[Fault]) -> None:
    """The folder that the package uploads from: `training-data/<subsystem>/<subsystem>.csv` and `labels.csv`."""
    for subsystem, names in subsystems().items():
        place = folder / "training-data" / subsystem
        place.mkdir(parents=True)
        (place / f"{subsystem}.csv").write_text(component_csv(frame, names))
    rows = [f"{fault.start:%Y-%m-%dT%H:%M:%S.%f},{fault.end:%Y-%m-%dT%H:%M:%S.%f}" for fault in labels]
    (folder / "labels.csv").write_text("\n".join([*rows, ""]))
    pairs = [f"{name},C,{subsystem}" for subsystem, names in subsystems().items() for name in names]
    (folder / "tags_description.csv").write_text("\n".join(["Tag,UOM,Subsystem", *pairs, ""]))
    frame.to_parquet(folder / "expander.parquet")


def component_csv(frame: pd.DataFrame, names: Sequence[str]) -> str:
    return frame[list(names)].to_csv(date_format="%Y-%m-%dT%H:%M:%S.%f", lineterminator="\n")


def _values(minutes: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(5)
    count = sum(SIZES)
    causes = np.sin(minutes[:, None] / np.array(_PERIODS) * 2 * np.pi + rng.uniform(0, 6, len(_PERIODS)))
    level, follows = rng.uniform(20, 60, count), rng.normal(size=(len(_PERIODS), count))
    noise = np.sin(np.outer(minutes % 1_000_003, rng.uniform(10, 90, count))) * 43758.5453 % 1 - 0.5
    return level + causes @ follows + noise
