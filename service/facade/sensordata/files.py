"""A window's table <-> the bytes of its input file, and merging a table into a file that is there already."""

from dataclasses import replace

import numpy as np

from service.facade.sensordata.cutting import WindowTable, component_readings, last_values_win
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.reading import open_table


def render_file(table: WindowTable) -> bytes:
    """The input file of a window: header and columns as in the training schema, times in UTC with six decimals.

    The same table always gives the same bytes; numbers are the shortest decimals that read back as the same float.
    """
    schema = table.columns.schema
    lines = [",".join((schema.timestamp_column, *schema.sensors))]
    stamps = np.datetime_as_string(table.times, unit="us")
    for stamp, row in zip(stamps, table.values.tolist(), strict=True):
        lines.append(f"{stamp}," + ",".join("" if value != value else repr(value) for value in row))
    return ("\n".join(lines) + "\n").encode()


def merge_file(existing: bytes, table: WindowTable, name: str) -> WindowTable:
    """The table together with the rows of an existing file: new values win, everything else of the file stays.

    Raises:
        InvalidUpload: the existing file cannot be read as an input file of this component, so merging would lose it.
    """
    faults = Faults(name)
    schema = table.columns.schema
    there = open_table([existing], [schema], faults, component=schema.component_name)
    faults.raise_any()
    times, values = [], []
    for chunk in there.chunks:
        chunk_times, chunk_values = component_readings(chunk, there.columns.components[0])
        times.append(chunk_times)
        values.append(chunk_values)
    faults.raise_any()
    merged = last_values_win(np.concatenate((*times, table.times)), np.concatenate((*values, table.values)))
    return replace(table, times=merged[0], values=merged[1])
