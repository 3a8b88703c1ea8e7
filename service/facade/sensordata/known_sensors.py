"""The ways to write a sensor of a model, and what a name that is none may have been meant for."""

from collections import defaultdict
from collections.abc import Sequence
from difflib import get_close_matches

from service.facade.domain.mappings import ReadingRules, Sensor
from service.facade.domain.models import Component

KnownNames = dict[str, set[Sensor]]
SEPARATORS = ("\\", "/", ".")
_MOST_COMPARED = 20_000  # names, for one file


def known_names(
    schema: Sequence[Component], component: str | None = None, rules: ReadingRules | None = None
) -> KnownNames:
    """Every way to write a sensor -> the sensors that it can mean. Bare names mean those of `component`, where it is
    known, and what `rules` say of a name comes first."""
    known: KnownNames = defaultdict(set)
    for entry in schema:
        for sensor in entry.sensors:
            for spelling in (sensor, *(f"{entry.component_name}{mark}{sensor}" for mark in SEPARATORS)):
                known[spelling].add((entry.component_name, sensor))
    for entry in schema:
        if entry.component_name == component:
            known.update({sensor: {(component, sensor)} for sensor in entry.sensors})
    return dict(known) | {name: {sensor} for name, sensor in (rules.columns if rules else {}).items() if sensor}


def sensor_named(name: str, known: KnownNames) -> Sensor | None:
    """The one sensor that a name means, None where it is none or several."""
    found = known.get(name, set())
    return next(iter(found)) if len(found) == 1 else None


def what_is_wrong_with(name: str, known: KnownNames, before: int = 0) -> str | None:
    """Why a name does not mean one sensor, and what to write; None where it does. `before` as for `near_sensors`."""
    owners = sorted(owner for owner, _ in known.get(name, ()))
    if not owners:
        return f"The model has no sensor '{name}'.{near_sensors(name, known, before)}"
    if len(owners) > 1:
        return f"'{name}' is a sensor of {' and '.join(owners)}. Write {owners[0]}\\{name}, for example."
    return None


def near_sensors(name: str, known: KnownNames, before: int = 0) -> str:
    """` Did you mean …?`, each sensor spelt in the manner of the name.

    Args:
        before: how many wrong names came before. Comparing takes a second where a model has thousands of sensors, so
            after many comparisons no more are made.
    """
    mark = next((mark for mark in SEPARATORS if mark in name), None)
    near: list[str] = []
    if before * len(known) <= _MOST_COMPARED:
        alike = [spelling for spelling in known if mark is None or mark in spelling]
        near = get_close_matches(name, alike, n=12, cutoff=0.6)
    sensors = list(dict.fromkeys(sensor for spelling in near for sensor in sorted(known[spelling])))[:3]
    if not sensors:
        return " GET /v1/models/{name} lists its sensors."
    return f" Did you mean {' or '.join(_spelt(sensor, mark, known) for sensor in sensors)}?"


def _spelt(meant: Sensor, mark: str | None, known: KnownNames) -> str:
    component, sensor = meant
    return sensor if mark is None and known.get(sensor) == {meant} else f"{component}{mark or SEPARATORS[0]}{sensor}"
