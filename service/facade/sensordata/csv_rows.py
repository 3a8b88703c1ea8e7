"""A CSV file -> cells. Row numbers are those of an editor: the header is row 1."""

import csv
from collections.abc import Collection, Iterator
from itertools import islice

import numpy as np
import pyarrow as pa

from service.facade.sensordata.cells import Cells, CellTable
from service.facade.sensordata.faults import Faults, unusable

Row = tuple[int, list[str]]


def open_csv(lines: Iterator[str], faults: Faults, *, whole: bool) -> CellTable:
    """Read the header.

    Raises:
        InvalidUpload: there is none; later, from the rows: this is no CSV. Rows of another width are put into `faults`.
    """
    rows = _numbered_rows(lines, faults.file, whole)
    number, header = next(rows, (1, None))
    if header is None:
        raise unusable("The file is empty." if whole else "The first row does not end.", file=faults.file)

    def read(positions: Collection[int], most: int) -> Iterator[Cells]:
        while chunk := list(islice(rows, most)):
            yield _cells(_even(chunk, len(header), faults), positions)

    return CellTable(tuple(name.strip() for name in header), read, header_row=number)


def _cells(rows: list[Row], positions: Collection[int]) -> Cells:
    columns = {at: pa.array([cells[at] for _, cells in rows], pa.string()) for at in positions}
    return Cells(np.array([number for number, _ in rows], dtype="int64"), columns)


def _numbered_rows(lines: Iterator[str], file: str | None, whole: bool) -> Iterator[Row]:
    """(row number as in the file, cells) of every row that is not blank."""
    reader = csv.reader(lines, strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        if not whole and str(error) == "unexpected end of data":
            return  # the file goes on in the middle of a quoted cell
        said = f"Row {reader.line_num} is no CSV: {error}."
        raise unusable(said, file=file, row=reader.line_num) from error


def _even(chunk: list[Row], width: int, faults: Faults) -> list[Row]:
    """The rows with as many cells as the header has columns; the others are faults."""
    for number, cells in chunk:
        if len(cells) != width:
            faults.add(f"The row has {len(cells)} cells, the header has {width}.", row=number)
    return [row for row in chunk if len(row[1]) == width]
