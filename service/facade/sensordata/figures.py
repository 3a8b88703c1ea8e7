"""Number cells -> floats. An empty cell or NaN is a gap; anything else must be a finite decimal number."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def parse_figures(cells: Sequence[str]) -> tuple[np.ndarray, list[int]]:
    """Cells of one column -> (float64 values with NaN for gaps, indices of the cells that are no number)."""
    filled = _gaps_as_null(pa.array(cells, pa.string()))
    try:
        values = filled.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return np.full(len(cells), np.nan), [at for at, cell in enumerate(filled) if not _is_number(cell)]
    return values, list(np.flatnonzero(np.isinf(values)))


def _gaps_as_null(cells: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _is_number(cell: pa.StringScalar) -> bool:
    try:
        return np.isfinite(cell.cast(pa.float64()).as_py()) if cell.is_valid and cell.as_py().lower() != "nan" else True
    except pa.ArrowInvalid:
        return False
