"""The column mapping of a scheduler: shown, put in place, removed. An upload is planned with it as it is then."""

from collections.abc import Callable, Mapping
from typing import Any

from service.facade.domain.mappings import ColumnMapping, Sensor
from service.facade.domain.models import Component
from service.facade.problems import ErrorItem, InvalidRequest, MappingNotFound, at_pointer
from service.facade.resources import Resources
from service.facade.sensordata.known_sensors import KnownNames, known_names, near_sensors, sensor_named
from service.facade.sensordata.layouts import named_layout
from service.facade.sensordata.zones import zone_named
from service.facade.store import mappings
from service.facade.store.repetitions import lock_scheduler
from service.facade.usecases.ownership import refuse_unknown
from service.facade.usecases.upload_plans import model_components

Check = Callable[[ColumnMapping | None], None]


def show_mapping(resources: Resources, team: str, scheduler_name: str) -> ColumnMapping:
    with resources.database.begin() as db:
        mapping = mappings.find(db, team, scheduler_name)
    if mapping is None:
        raise _missing(resources, scheduler_name)
    return mapping


def put_mapping(
    resources: Resources, team: str, scheduler_name: str, wanted: Mapping[str, Any], check: Check
) -> tuple[ColumnMapping, bool]:
    r"""Put a mapping in place of the one that is there.

    Args:
        wanted: the members of a ColumnMapping; in `columns` a sensor is ``component\sensor``, a pair, or None.
        check: told the present mapping before it is replaced; what it raises leaves everything as it is.

    Returns:
        The mapping, and whether there was none before.

    Raises:
        InvalidRequest: a sensor, the time zone or the time format does not exist.
    """
    scheduler = resources.schedulers.describe(scheduler_name)
    mapping = _checked(wanted, model_components(resources, scheduler.model_name))
    with resources.database.begin() as db:
        lock_scheduler(db, team, scheduler_name)
        present = mappings.find(db, team, scheduler_name)
        check(present)
        mappings.save(db, team, scheduler_name, mapping, resources.clock())
    return mapping, present is None


def remove_mapping(resources: Resources, team: str, scheduler_name: str, check: Check) -> None:
    """Tables are then read as they say themselves. `check` as above; raises MappingNotFound."""
    with resources.database.begin() as db:
        lock_scheduler(db, team, scheduler_name)
        check(mappings.find(db, team, scheduler_name))
        discarded = mappings.discard(db, team, scheduler_name)
    if not discarded:
        raise _missing(resources, scheduler_name)


def _missing(resources: Resources, scheduler_name: str) -> MappingNotFound:
    """Raises SchedulerNotFound where not even the scheduler is there."""
    refuse_unknown(resources, scheduler_name)
    return MappingNotFound(f"The scheduler {scheduler_name} has no column mapping.")


def _checked(wanted: Mapping[str, Any], components: tuple[Component, ...]) -> ColumnMapping:
    errors = [*_wrong_times(wanted)]
    columns: dict[str, Sensor | None] = {}
    known = known_names(components)
    for name, target in wanted["columns"].items():
        columns[name] = _sensor(name, target, known, errors)
    if columns.get(wanted["timestamp_column"]):
        said = f"{wanted['timestamp_column']!r} cannot be the time and a sensor."
        errors.append(at_pointer("/timestamp_column", said))
    if errors:
        raise InvalidRequest(" ".join(item["detail"] for item in errors[:3]), errors=errors)
    return ColumnMapping(**{**wanted, "columns": columns})


def _sensor(name: str, target: str | Sensor | None, known: KnownNames, errors: list[ErrorItem]) -> Sensor | None:
    if target is None:
        return None
    written = target if isinstance(target, str) else "\\".join(target)
    found = sensor_named(written, known)
    if found is None:
        said = f"The model has no sensor '{written}'.{near_sensors(written, known, len(errors))}"
        errors.append(at_pointer(f"/columns/{name.replace('~', '~0').replace('/', '~1')}", said))
    return found


def _wrong_times(wanted: Mapping[str, Any]) -> list[ErrorItem]:
    wrong = []
    for member, look_up in (("time_zone", zone_named), ("time_format", named_layout)):
        try:
            if wanted[member] is not None:
                look_up(wanted[member])
        except ValueError as error:
            wrong.append(at_pointer(f"/{member}", str(error)))
    return wrong
