"""The rows of a file as they stand there, whatever its format, and what becomes of them once they are checked."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa


@dataclass(frozen=True)
class Cells:
    """Some rows: their numbers as in the file, int64, shape (n,), and the columns that were asked for, by position,
    each of length n: text, or what the format holds."""

    rows: np.ndarray
    columns: Mapping[int, pa.Array]


@dataclass(frozen=True)
class CellTable:
    """An opened file. `read(positions, most)` gives its rows, at most `most` at once, and only the columns at these
    positions; it can be called once.

    `header_row` is where the names stand, None in formats that keep them elsewhere; `time_at` the position of the
    column that can only be the time, None where the format does not tell.
    """

    names: tuple[str, ...]
    read: Callable[[Collection[int], int], Iterator[Cells]]
    header_row: int | None = None
    time_at: int | None = None


@dataclass(frozen=True)
class Readings:
    """Some rows, checked: `rows` their numbers as in the file, `times` datetime64[us] in UTC, both of shape (n,);
    `values` float64 with NaN for gaps, shape (n, columns), where column 0 stays empty: it is the time.

    `tags`, of a long table, is the one column that each row fills, 0 for a row that is left out."""

    rows: np.ndarray
    times: np.ndarray
    values: np.ndarray
    tags: np.ndarray | None = None
