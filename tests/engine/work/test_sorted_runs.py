"""Rows in any order come back in the order of time, however few of them memory may hold."""

import numpy as np
import pytest

from service.engine.work.frames.alignment import in_time_order
from service.engine.work.frames.sorted_runs import Rows, SortedRuns

SENSORS = ("a", "b")


def files(seed: int, count: int = 12) -> list[Rows]:
    """Files of random times, many of them in several files, some rows without a time."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        times = rng.integers(0, 300, 50).astype("datetime64[m]").astype("datetime64[ns]")
        times[rng.random(50) < 0.05] = np.datetime64("NaT")
        made.append(Rows(times, rng.normal(size=(50, 2))))
    return made


@pytest.mark.parametrize("run_cells", [1, 150, 400, 10**6])
@pytest.mark.parametrize("cells", [1, 37, 10**6])
def test_the_last_row_of_a_time_stays_wherever_the_runs_are_cut(tmp_path, run_cells, cells):
    given = files(run_cells)
    runs = SortedRuns(tmp_path, run_cells)
    for rows in given:
        runs.take(rows)
    pieces = list(runs.merged(cells))
    expected = in_time_order(
        np.concatenate([rows.times for rows in given]), np.concatenate([rows.values for rows in given]), SENSORS
    )
    assert (np.concatenate([piece.times for piece in pieces]) == expected.times).all()
    assert (np.concatenate([piece.values for piece in pieces]) == expected.values).all()
    assert all(piece.values.size <= max(cells, 2) for piece in pieces)


def test_runs_beyond_a_point_can_be_forgotten(tmp_path):
    first, second, third = files(1, 3)
    runs = SortedRuns(tmp_path, 1)
    runs.take(first)
    known = runs.runs
    runs.take(second)
    runs.forget(known)
    runs.take(third)
    both = in_time_order(
        np.concatenate([first.times, third.times]), np.concatenate([first.values, third.values]), SENSORS
    )
    assert (next(runs.merged(10**6)).values == both.values).all()


def test_no_rows_make_no_pieces(tmp_path):
    assert list(SortedRuns(tmp_path).merged(100)) == []
