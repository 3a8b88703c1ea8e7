"""Long tables, as historians give them out: a time, a tag and a value on each row -> readings like those of a wide one.

Each row fills one cell of a wide row; rows of the same time meet when the windows are cut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from service.facade.domain.mappings import IGNORE, ReadingRules
from service.facade.domain.models import Component
from service.facade.sensordata.cells import CellTable, Readings
from service.facade.sensordata.clock import FileClock
from service.facade.sensordata.columns import TableColumns, find_columns
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.figures import parse_figures
from service.facade.sensordata.known_sensors import KnownNames, what_is_wrong_with

_TAG_NAMES = ("tag", "tag_name", "tagname", "sensor", "sensor_name", "point", "variable")
_VALUE_NAMES = ("value", "val", "tag_value")


@dataclass(frozen=True)
class LongPlaces:
    """The positions of the three columns, and the names of all others."""

    time: int
    tag: int
    value: int
    ignored: tuple[str, ...]


def long_places(names: Sequence[str], time: int, known: KnownNames) -> LongPlaces | None:
    """Where a long table has its columns; None for a wide one, which has at least one column that is a sensor."""
    if any(name in known for name in names):
        return None
    lower = [name.lower() for name in names]
    tag, value = (next((lower.index(name) for name in wanted if name in lower), time)
                  for wanted in (_TAG_NAMES, _VALUE_NAMES))  # fmt: skip
    if time in (tag, value):
        return None
    return LongPlaces(time, tag, value, tuple(name for at, name in enumerate(names) if at not in (time, tag, value)))


def wide_columns(time: str, schema: Sequence[Component], ignored: tuple[str, ...]) -> TableColumns:
    """The columns of the wide table that a long one stands for: every sensor of the schema."""
    names = [f"{entry.component_name}\\{sensor}" for entry in schema for sensor in entry.sensors]
    columns = find_columns([time, *names], schema, Faults())
    return TableColumns(columns.names, columns.sensors, columns.components, ignored)


@dataclass
class TagReader:
    """Leads from tags to columns; a tag that nobody knows is a fault at its first row."""

    columns: TableColumns
    known: KnownNames
    rules: ReadingRules
    faults: Faults
    heading: str
    places: dict[str, int] = field(default_factory=dict)

    def read(self, tags: pa.Array, rows: np.ndarray) -> np.ndarray:
        """The column of each row, 0 for none."""
        encoded = pc.fill_null(tags.cast(pa.string()), "").dictionary_encode()
        indices = encoded.indices.to_numpy(zero_copy_only=False)
        first = np.zeros(len(encoded.dictionary), dtype="int64")
        first[indices[::-1]] = rows[::-1]
        found = [
            self._place(tag.strip(), int(row)) for tag, row in zip(encoded.dictionary.to_pylist(), first, strict=True)
        ]
        return np.array(found, dtype="int64")[indices]

    def _place(self, tag: str, row: int) -> int:
        if tag not in self.places:
            self.places[tag] = self._find(tag, row)
        return self.places[tag]

    def _find(self, tag: str, row: int) -> int:
        if tag in self.rules.columns and self.rules.columns[tag] is None:
            return 0
        said = what_is_wrong_with(tag, self.known, len(self.places))
        if said is None:
            component, sensor = next(iter(self.known[tag]))
            return self.columns.names.index(f"{component}\\{sensor}")
        if tag in self.known or self.rules.unknown_columns != IGNORE:
            self.faults.add(said, row=row, column=self.heading, value=tag)
        return 0


def read_long(
    cells: CellTable, places: LongPlaces, reader: TagReader, clock: FileClock, most: int
) -> Iterator[Readings]:
    """The rows, at most `most` at once. Cells that are no number are faults."""
    for part in cells.read((places.time, places.tag, places.value), most):
        if not len(part.rows):
            continue
        times = clock.read(part.columns[places.time], part.rows)
        tags = reader.read(part.columns[places.tag], part.rows)
        values = np.full((len(times), len(reader.columns.names)), np.nan)
        kept = np.flatnonzero(tags)
        cells_kept = part.columns[places.value].take(pa.array(kept))
        values[kept, tags[kept]], wrong = parse_figures(cells_kept)
        for at in wrong:
            value, heading = str(cells_kept[int(at)].as_py()), cells.names[places.value]
            reader.faults.add(f"{value!r} is not a number.", row=int(part.rows[kept[at]]), column=heading, value=value)
        yield Readings(part.rows, times, values, tags)
