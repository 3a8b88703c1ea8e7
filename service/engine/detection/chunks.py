"""Training rows in pieces that fit into memory, each with the few rows before it that its first rows look back on."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from service.engine.detection.readings import Readings

LEAD_ROWS = 60  # no lag and no mean of the detector reaches further back
CELLS = 4_000_000  # values of one chunk: 32 MB


@dataclass(frozen=True, eq=False)
class Labelled:
    """Rows in which somebody knows of an anomaly, and rows before them as history; chosen [n]: which are labelled."""

    readings: Readings
    chosen: np.ndarray


@dataclass(frozen=True, eq=False)
class Chunk:
    """A stretch of the rows to learn from.

    readings: rows in ascending time, without labelled ranges and rests of the machine; the first `lead` of them belong
    to the chunk before and only serve as history; position: how many rows of all to learn from lie before the first
    row that is the chunk's own; labelled: rows of this time that are not learnt from, but that ought to be found.
    """

    readings: Readings
    lead: int
    position: int
    labelled: Labelled | None = None


def chunks_of(readings: Readings, labelled: Labelled | None = None) -> Iterator[Chunk]:
    """A table that is in memory, as chunks; the first of them has all that is labelled."""
    size = max(CELLS // max(len(readings.sensors), 1), 10 * LEAD_ROWS)
    for start in range(0, max(len(readings), 1), size):
        lead = min(start, LEAD_ROWS)
        rows = readings.rows(slice(start - lead, start + size))
        yield Chunk(rows, lead, start, None if start else labelled)
