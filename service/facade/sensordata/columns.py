r"""The header line of a table -> which column holds which sensor of the model.

A column may be called `component\sensor` (as in results), `component/sensor`, `component.sensor`, or just `sensor`
where that is unique over the components, or where the component of the whole file is known. A column mapping comes
before all of these.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from service.facade.domain.mappings import IGNORE, ReadingRules, Sensor
from service.facade.domain.models import Component
from service.facade.sensordata.faults import Faults, unusable
from service.facade.sensordata.formats import ENDINGS
from service.facade.sensordata.known_sensors import KnownNames, known_names, what_is_wrong_with
from service.facade.sensordata.layouts import layouts_of

_PLAIN = ReadingRules()
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class ComponentColumns:
    """Where the sensors of one component stand: `positions[i]` is the column of `schema.sensors[i]`."""

    schema: Component
    positions: tuple[int, ...]


@dataclass(frozen=True)
class TableColumns:
    """A checked header: the names as in the file (column 0 is the time), the positions of all columns that hold a
    known sensor, the components that have all of theirs, and the names of the columns that are left out."""

    names: tuple[str, ...]
    sensors: tuple[int, ...]
    components: tuple[ComponentColumns, ...]
    ignored: tuple[str, ...] = ()


def find_columns(
    header: Sequence[str],
    schema: Sequence[Component],
    faults: Faults,
    *,
    component: str | None = None,
    rules: ReadingRules = _PLAIN,
    row: int | None = 1,
) -> TableColumns:
    """Check a header against the schema of the model.

    Args:
        header: the names of the columns, that of the time first.
        schema: every component that may occur.
        faults: where unknown, ambiguous, repeated and missing columns are put. With such a fault the columns that are
            known are still told, so that their cells can be checked in the same go.
        component: the component that bare sensor names belong to, where it is known.
        rules: what columns mean that are called otherwise, and what becomes of those that nobody knows.
        row: where the header stands, for messages; None where it is no row.

    Raises:
        InvalidUpload: this is no header of a table with a time in its first column.
    """
    names = tuple(name.strip() for name in header)
    _refuse_what_is_no_header(names, faults.file, row)
    known = known_names(schema, component, rules)
    if names[0] in known:
        said = f"The first column must be the time, but {names[0]!r} is a sensor."
        raise unusable(said, file=faults.file, row=row, column=names[0])
    ignored = _ignored(names, known, rules)
    left_out = set(ignored)  # a header may have tens of thousands of columns
    placed = {next(iter(known[name])): at for at, name in enumerate(names) if at and _is_clear(name, known, left_out)}
    _find_wrong_names([name for name in names[1:] if name not in left_out], known, faults, row)
    _find_repeated([name for name in names[1:] if _is_clear(name, known, left_out)], known, faults, row)
    present = [entry for entry in schema if any(owner == entry.component_name for owner, _ in placed)]
    complete = [entry for entry in present if _is_complete(entry, placed, faults, row)]
    components = tuple(_component_columns(entry, placed) for entry in complete)
    return TableColumns(names, tuple(sorted(placed.values())), components, ignored)


def _ignored(names: tuple[str, ...], known: KnownNames, rules: ReadingRules) -> tuple[str, ...]:
    """Columns that the mapping leaves out by name, and where it says so those that nobody knows."""
    unheard = rules.unknown_columns == IGNORE
    return tuple(
        name
        for name in names[1:]
        if (name in rules.columns and rules.columns[name] is None) or (unheard and name not in known)
    )


def _is_clear(name: str, known: KnownNames, left_out: set[str]) -> bool:
    return name not in left_out and len(known.get(name, ())) == 1


def _component_columns(schema: Component, placed: dict[Sensor, int]) -> ComponentColumns:
    return ComponentColumns(schema, tuple(placed[schema.component_name, sensor] for sensor in schema.sensors))


def component_of_file(name: str, schema: Sequence[Component], delimiter: str) -> str | None:
    """The component that a file name speaks of: `<component>.csv` or `<component><delimiter>….csv`, likewise
    with the endings of the other formats; longest first."""
    stem = name.rsplit("/", 1)[-1].removesuffix(".gz")
    stem = next((stem.removesuffix(ending) for ending in ENDINGS if stem.endswith(ending)), stem)
    for component in sorted((entry.component_name for entry in schema), key=len, reverse=True):
        rest = stem.removeprefix(component)
        if stem == component or (rest != stem and _begins_a_stamp(rest, delimiter)):
            return component
    return None


def _begins_a_stamp(rest: str, delimiter: str) -> bool:
    return rest.startswith(delimiter) if delimiter else rest[0].isdigit()


def _refuse_what_is_no_header(names: tuple[str, ...], file: str | None, row: int | None) -> None:
    if len(names) == 1:
        for delimiter, called in _OTHER_DELIMITERS.items():
            if delimiter in names[0]:
                said = f"The columns are separated by {called}. Separate them by commas."
                raise unusable(said, file=file, row=row)
        raise unusable("A table needs a time column and at least one sensor column.", file=file, row=row)
    if layouts_of(names[0]):
        said = f"The first row must be a header with column names, but it begins with the time {names[0]!r}."
        raise unusable(said, file=file, row=row, value=names[0])


def _find_wrong_names(names: list[str], known: KnownNames, faults: Faults, row: int | None) -> None:
    for at, name in enumerate(names, start=2):
        if not name:
            faults.add(f"Column {at} has no name.", row=row)
        elif said := what_is_wrong_with(name, known, faults.total):
            faults.add(said, row=row, column=name)


def _find_repeated(names: list[str], known: KnownNames, faults: Faults, row: int | None) -> None:
    columns: dict[Sensor, list[str]] = defaultdict(list)
    for name in names:
        columns[next(iter(known[name]))].append(name)
    for (component, sensor), mine in columns.items():
        if len(mine) > 1:
            said = f"The sensor {component}\\{sensor} has {len(mine)} columns: {', '.join(mine[:5])}. Keep one."
            faults.add(said, row=row, column=mine[1])


def _is_complete(entry: Component, placed: dict[Sensor, int], faults: Faults, row: int | None) -> bool:
    missing = [sensor for sensor in entry.sensors if (entry.component_name, sensor) not in placed]
    if missing:
        columns = f"the column {missing[0]}" if len(missing) == 1 else f"the columns {', '.join(missing)}"
        said = f"The component {entry.component_name} lacks {columns}."
        faults.add(f"{said} Add what is missing, with empty cells where nothing is known.", row=row)
    return not missing
