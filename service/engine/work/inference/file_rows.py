"""Input files as readings, parsed once per process for as long as they fit into a bound.

Neighbouring windows share their neighbour files, and a replay of a day would read each file several times over. An
entry is keyed by everything the listing says of the object, so a file that was written again is read again.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import numpy as np

from service.engine.detection import Readings
from service.engine.objects import ObjectStore, StoredObject
from service.engine.scheduling.windows import Window
from service.engine.work.frames.alignment import as_datetime64, between, in_time_order
from service.engine.work.frames.csv_tables import CsvTable, UnreadableTable, read_table

CACHED_BYTES = 64 * 1024**2  # of files as stored


@dataclass(frozen=True, eq=False)
class FileRows:
    """One input file of one component. `faults` are what is wrong with it: an instant (NaT: any) and a sentence."""

    entry: StoredObject
    readings: Readings
    faults: tuple[tuple[np.datetime64, str], ...]

    def problem_in(self, window: Window) -> str | None:
        """What is wrong with the file as far as this window is concerned."""
        start, end = as_datetime64(window.data_start_time), as_datetime64(window.data_end_time)
        return next((said for at, said in self.faults if np.isnat(at) or start < at <= end), None)

    def is_newer(self, moment: datetime) -> bool:
        """Whether the file came, or came again, after that moment."""
        return self.entry.last_modified > moment

    def rows_between(self, after: datetime, until: datetime) -> int:
        """How many rows it has with after < time <= until."""
        return len(between(self.readings, after, until))


class ParsedFiles:
    """Files already parsed, least recently used first. Safe to share between threads."""

    def __init__(self, bound: int = CACHED_BYTES) -> None:
        self._bound = bound
        self._size = 0
        self._rows: OrderedDict[tuple[str, StoredObject], FileRows] = OrderedDict()
        self._lock = Lock()

    def read(
        self,
        objects: ObjectStore,
        bucket: str,
        chosen: Mapping[str, list[StoredObject]],
        components: Mapping[str, tuple[str, ...]],
    ) -> dict[str, list[FileRows]]:
        """The rows of these files by component, in the order given; what is not known yet is fetched concurrently."""
        wanted = [(name, entry) for name, entries in chosen.items() for entry in entries]
        known = {(name, entry): self._known(bucket, name, components[name], entry) for name, entry in wanted}
        absent = [key for key, rows in known.items() if rows is None]
        bodies = objects.get_many(bucket, [entry.key for _, entry in absent])
        for (name, entry), body in zip(absent, bodies, strict=True):
            known[name, entry] = parse_file(entry, name, components[name], body)
            self._keep((bucket, name, components[name], entry), known[name, entry])
        return {name: [known[name, entry] for entry in entries] for name, entries in chosen.items()}

    def _known(self, *key) -> FileRows | None:
        with self._lock:
            if key in self._rows:
                self._rows.move_to_end(key)
            return self._rows.get(key)

    def _keep(self, key: tuple, rows: FileRows) -> None:
        with self._lock:
            if key not in self._rows:
                self._rows[key] = rows
                self._size += rows.entry.size
            while self._size > self._bound and self._rows:
                _, dropped = self._rows.popitem(last=False)
                self._size -= dropped.entry.size


def parse_file(entry: StoredObject, component: str, sensors: tuple[str, ...], body: bytes) -> FileRows:
    """The sensors of one component out of a CSV file; other columns are ignored."""
    names = tuple(f"{component}\\{sensor}" for sensor in sensors)
    try:
        table = read_table(body)
        readings = in_time_order(table.times, table.values_of(sensors), names)
    except UnreadableTable as error:
        nothing = Readings(np.empty(0, "datetime64[ns]"), np.empty((0, len(names))), names)
        return FileRows(entry, nothing, ((np.datetime64("NaT"), _sentence(str(error))),))
    return FileRows(entry, readings, _faults(table, set(sensors)))


def _faults(table: CsvTable, sensors: set[str]) -> tuple[tuple[np.datetime64, str], ...]:
    times = [
        (
            np.datetime64("NaT"),
            f"row {cell.row}, column {cell.column!r}: {cell.text!r} is not a time in an accepted layout.",
        )
        for cell in table.bad_times()[:1]
    ]
    cells = [
        (table.times[cell.row - 2], f"row {cell.row}, column {cell.column!r}: {cell.text!r} is not a number.")
        for cell in table.bad_cells
        if cell.column in sensors
    ]
    return (*times, *cells)


def _sentence(said: str) -> str:
    return said if said.endswith("?") else f"{said}."
