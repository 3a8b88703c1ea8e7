"""Cases on their way to a method's process, and verdicts on their way back, as npz files. No label is among them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from support.detection.cases import Case, Table, Verdict


def write_cases(path: Path, cases: Sequence[Case]) -> None:
    """What a method may see of the cases. A training that several share is written once, and shared again when read."""
    trainings = {id(case.training): case.training for case in cases}
    place = {key: f"training-{number}" for number, key in enumerate(trainings)}
    arrays: dict[str, np.ndarray] = {}
    for key, table in trainings.items():
        arrays |= _arrays(place[key], table)
    for number, case in enumerate(cases):
        arrays |= _arrays(f"series-{number}", case.series)
        arrays[f"case-{number}"] = np.array([place[id(case.training)], "follows" if case.follows_training else ""])
    np.savez(path, **arrays)


def read_cases(path: Path) -> list[Case]:
    """The cases without their labels."""
    with np.load(path) as arrays:
        trainings = {
            name.removesuffix("/times"): _table(arrays, name.removesuffix("/times"))
            for name in arrays
            if name.startswith("training-") and name.endswith("/times")
        }
        return [_case(arrays, number, trainings) for number in range(sum(name.startswith("case-") for name in arrays))]


def write_verdicts(path: Path, verdicts: Sequence[Verdict]) -> None:
    np.savez(path, **{f"{n}/{name}": value for n, one in enumerate(verdicts) for name, value in vars(one).items()})


def read_verdicts(path: Path) -> list[Verdict]:
    with np.load(path) as arrays:
        names = [name.partition("/")[2] for name in arrays if name.startswith("0/")]
        count = len(arrays.files) // len(names)
        return [Verdict(**{name: arrays[f"{number}/{name}"][()] for name in names}) for number in range(count)]


def _arrays(name: str, table: Table) -> dict[str, np.ndarray]:
    times = table.times.astype(np.int64)
    return {f"{name}/times": times, f"{name}/values": table.values, f"{name}/sensors": np.array(table.sensors)}


def _table(arrays: np.lib.npyio.NpzFile, name: str) -> Table:
    times = arrays[f"{name}/times"].view("datetime64[ns]")
    return Table(times, arrays[f"{name}/values"], tuple(arrays[f"{name}/sensors"].tolist()))


def _case(arrays: np.lib.npyio.NpzFile, number: int, trainings: dict[str, Table]) -> Case:
    training, follows = arrays[f"case-{number}"].tolist()
    series = _table(arrays, f"series-{number}")
    return Case(trainings[training], series, np.zeros(len(series), dtype=bool), follows_training=bool(follows))
