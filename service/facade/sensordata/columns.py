r"""The header line of a table -> which column holds which sensor of the model.

A column may be called `component\sensor` (as in results), `component/sensor`, `component.sensor`, or just `sensor`
where that is unique over the components, or where the component of the whole file is known.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from service.facade.domain.models import Component
from service.facade.sensordata.clock import layout_of
from service.facade.sensordata.faults import Faults, unusable

Pair = tuple[str, str]  # component, sensor
KnownNames = dict[str, set[Pair]]
SEPARATORS = ("\\", "/", ".")
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class ComponentColumns:
    """Where the sensors of one component stand: `positions[i]` is the column of `schema.sensors[i]`."""

    schema: Component
    positions: tuple[int, ...]


@dataclass(frozen=True)
class TableColumns:
    """A checked header: the names as in the file (column 0 is the time), the positions of all columns that hold a
    known sensor, and the components that have all of theirs."""

    names: tuple[str, ...]
    sensors: tuple[int, ...]
    components: tuple[ComponentColumns, ...]


def find_columns(
    header: Sequence[str], schema: Sequence[Component], faults: Faults, *, component: str | None = None
) -> TableColumns:
    """Check a header against the schema of the model.

    Args:
        header: the cells of the first row.
        schema: every component that may occur.
        faults: where unknown, ambiguous, repeated and missing columns are put. With such a fault the columns that are
            known are still told, so that their cells can be checked in the same go.
        component: the component that bare sensor names belong to, where it is known.

    Raises:
        InvalidUpload: this is no header of a table with a time in its first column.
    """
    names = tuple(name.strip() for name in header)
    _refuse_what_is_no_header(names, faults.file)
    known = _known_names(schema, component)
    if names[0] in known:
        said = f"The first column must be the time, but {names[0]!r} is a sensor."
        raise unusable(said, file=faults.file, row=1, column=names[0])
    placed = {next(iter(known[name])): at for at, name in enumerate(names) if at and len(known.get(name, ())) == 1}
    _find_wrong_names(names, known, faults)
    _find_repeated(names, known, faults)
    present = [entry for entry in schema if any(owner == entry.component_name for owner, _ in placed)]
    complete = [entry for entry in present if _is_complete(entry, placed, faults)]
    components = tuple(_component_columns(entry, placed) for entry in complete)
    return TableColumns(names, tuple(sorted(placed.values())), components)


def _component_columns(schema: Component, placed: dict[Pair, int]) -> ComponentColumns:
    return ComponentColumns(schema, tuple(placed[schema.component_name, sensor] for sensor in schema.sensors))


def component_of_file(name: str, schema: Sequence[Component], delimiter: str) -> str | None:
    """The component that a file name speaks of: `<component>.csv` or `<component><delimiter>….csv`, longest first."""
    stem = name.rsplit("/", 1)[-1].removesuffix(".gz").removesuffix(".csv")
    for component in sorted((entry.component_name for entry in schema), key=len, reverse=True):
        rest = stem.removeprefix(component)
        if stem == component or (rest != stem and _begins_a_stamp(rest, delimiter)):
            return component
    return None


def _begins_a_stamp(rest: str, delimiter: str) -> bool:
    return rest.startswith(delimiter) if delimiter else rest[0].isdigit()


def _refuse_what_is_no_header(names: tuple[str, ...], file: str | None) -> None:
    if len(names) == 1:
        for delimiter, called in _OTHER_DELIMITERS.items():
            if delimiter in names[0]:
                said = f"The columns are separated by {called}. Separate them by commas."
                raise unusable(said, file=file, row=1)
        raise unusable("A table needs a time column and at least one sensor column.", file=file, row=1)
    if layout_of(names[0]):
        said = f"The first row must be a header with column names, but it begins with the time {names[0]!r}."
        raise unusable(said, file=file, row=1, value=names[0])


def _known_names(schema: Sequence[Component], component: str | None) -> KnownNames:
    """Every way to write a sensor -> the (component, sensor) pairs that it can mean."""
    known: KnownNames = defaultdict(set)
    for entry in schema:
        for sensor in entry.sensors:
            for spelling in (sensor, *(f"{entry.component_name}{mark}{sensor}" for mark in SEPARATORS)):
                known[spelling].add((entry.component_name, sensor))
    for entry in schema:
        if entry.component_name == component:
            known.update({sensor: {(component, sensor)} for sensor in entry.sensors})
    return dict(known)


def _find_wrong_names(names: tuple[str, ...], known: KnownNames, faults: Faults) -> None:
    for at, name in enumerate(names[1:], start=2):
        owners = sorted(owner for owner, _ in known.get(name, ()))
        if not name:
            faults.add(f"Column {at} has no name.", row=1)
        elif not owners:
            faults.add(f"The model has no sensor {name!r}.{_nearest(name, known)}", row=1, column=name)
        elif len(owners) > 1:
            said = f"{name!r} is a sensor of {' and '.join(owners)}. Write {owners[0]}\\{name}, for example."
            faults.add(said, row=1, column=name)


def _nearest(name: str, known: KnownNames) -> str:
    """The sensors that a name may have been meant for, each spelt in the manner of the name."""
    near = get_close_matches(name, known, n=12, cutoff=0.6)
    pairs = list(dict.fromkeys(pair for spelling in near for pair in sorted(known[spelling])))[:3]
    if not pairs:
        return " GET /v1/models/{name} lists its sensors."
    mark = next((mark for mark in SEPARATORS if mark in name), None)
    return f" Did you mean {' or '.join(_spelt(pair, mark, known) for pair in pairs)}?"


def _spelt(pair: Pair, mark: str | None, known: KnownNames) -> str:
    component, sensor = pair
    return sensor if mark is None and known[sensor] == {pair} else f"{component}{mark or SEPARATORS[0]}{sensor}"


def _find_repeated(names: tuple[str, ...], known: KnownNames, faults: Faults) -> None:
    meanings = Counter(next(iter(known[name])) for name in names[1:] if len(known.get(name, ())) == 1)
    for (component, sensor), times in meanings.items():
        if times > 1:
            said = f"The sensor {component}\\{sensor} has {times} columns. Keep one."
            faults.add(said, row=1, column=sensor)


def _is_complete(entry: Component, placed: dict[Pair, int], faults: Faults) -> bool:
    missing = [sensor for sensor in entry.sensors if (entry.component_name, sensor) not in placed]
    if missing:
        columns = f"the column {missing[0]}" if len(missing) == 1 else f"the columns {', '.join(missing)}"
        said = f"The component {entry.component_name} lacks {columns}."
        faults.add(f"{said} Add what is missing, with empty cells where nothing is known.", row=1)
    return not missing
