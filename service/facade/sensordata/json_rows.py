"""NDJSON (one JSON object on each line: a time, and a member for each sensor) -> cells. Rows are counted as lines."""

from collections.abc import Collection, Iterator
from itertools import chain, islice
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from service.facade.sensordata.cells import Cells, CellTable
from service.facade.sensordata.faults import Faults, unusable

_LOOKED_AT = 1000  # lines, whose members are the columns
Record = tuple[int, dict[str, Any]]


def open_ndjson(lines: Iterator[str], faults: Faults, *, whole: bool) -> CellTable:
    """Find the columns: every member of the first thousand objects. One that a later object has is put into `faults`,
    like lines that are no object; one that an object lacks is an empty cell.

    Raises:
        InvalidUpload: there is no object at all.
    """
    records = _records(lines, faults)
    first = list(islice(records, _LOOKED_AT))
    if not first:
        if faults.total:
            faults.raise_any()
        raise unusable("The file is empty." if whole else "The first line does not end.", file=faults.file)
    names = tuple(dict.fromkeys(name for _, record in first for name in record))
    records = chain(first, records)

    def read(positions: Collection[int], most: int) -> Iterator[Cells]:
        while chunk := list(islice(records, most)):
            _refuse_late_members(chunk, set(names), faults)
            yield _cells(chunk, names, positions)

    return CellTable(names, read)


def _records(lines: Iterator[str], faults: Faults) -> Iterator[Record]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                record = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                said = f"The line is no JSON: {error.msg} at column {error.colno}. Write null where there is no value."
                faults.add(said, row=number)
            else:
                if isinstance(record, dict):
                    yield number, record
                else:
                    faults.add("The line is no JSON object. Write one object on each line.", row=number)


def _refuse_late_members(chunk: list[Record], names: set[str], faults: Faults) -> None:
    for number, record in chunk:
        for name in record.keys() - names:
            said = f"The member {name!r} is new here. Give it to one of the first {_LOOKED_AT:,} lines, be it null."
            faults.add(said, row=number, column=name)


def _cells(chunk: list[Record], names: tuple[str, ...], positions: Collection[int]) -> Cells:
    columns = {at: pa.array([_text(record.get(names[at])) for _, record in chunk], pa.string()) for at in positions}
    return Cells(np.array([number for number, _ in chunk], dtype="int64"), columns)


def _text(value: Any) -> str:
    """Numbers keep every digit: repr is the shortest text that reads back as the same float."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return orjson.dumps(value).decode() if isinstance(value, bool | dict | list) else repr(value)
