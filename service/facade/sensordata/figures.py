"""Number cells -> floats. An empty cell, null or NaN is a gap; anything else must be a finite decimal number."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def parse_figures(cells: pa.Array) -> tuple[np.ndarray, list[int]]:
    """Cells of one column, text or numbers -> (float64 values with NaN for gaps, indices of the cells that are no
    number)."""
    kind = cells.type
    if pa.types.is_dictionary(kind):
        return _from_dictionary(cells)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _from_text(cells.cast(pa.string()))
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind):
        values = cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        return values, list(np.flatnonzero(np.isinf(values)))
    return np.full(len(cells), np.nan), list(np.flatnonzero(cells.is_valid().to_numpy(zero_copy_only=False)))


def _from_dictionary(cells: pa.DictionaryArray) -> tuple[np.ndarray, list[int]]:
    """Each distinct value is looked at once."""
    distinct, wrong = parse_figures(cells.dictionary)
    places = pc.fill_null(cells.indices.cast(pa.int64()), len(distinct)).to_numpy()
    return np.append(distinct, np.nan)[places], list(np.flatnonzero(np.isin(places, wrong)))


def _from_text(cells: pa.StringArray) -> tuple[np.ndarray, list[int]]:
    filled = _gaps_as_null(cells)
    try:
        values = filled.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return np.full(len(cells), np.nan), [at for at, cell in enumerate(filled) if not _is_number(cell)]
    return values, list(np.flatnonzero(np.isinf(values)))


def _gaps_as_null(cells: pa.StringArray) -> pa.StringArray:
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _is_number(cell: pa.StringScalar) -> bool:
    try:
        return np.isfinite(cell.cast(pa.float64()).as_py()) if cell.is_valid and cell.as_py().lower() != "nan" else True
    except pa.ArrowInvalid:
        return False
