"""What sensors read over a short time, out of the input files that a scheduler's runs read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.facade.domain.buckets import bucket_width
from service.facade.domain.models import Component
from service.facade.domain.sensor_names import choose_sensors
from service.facade.problems import InvalidRequest, at_parameter
from service.facade.resources import Resources
from service.facade.sensordata.series import SensorSeries, series_of, thinned
from service.facade.usecases.reading_files import Files, read_files
from service.facade.usecases.team_places import refuse_foreign_place
from service.facade.usecases.time_ranges import check_asked_range
from service.facade.usecases.window_inputs import input_place

MOST_SENSORS = 50
USUAL_SPAN = timedelta(hours=6)
_NO_SCHEMA = "The model {} has no schema, so it is not known which files there are."


@dataclass(frozen=True, kw_only=True)
class ReadingsQuery:
    r"""Rows with start_time < time <= end_time: None stands for now, and for six hours before the end.

    `sensors` as `component\sensor` or by a name that is unique, None for all; `max_points` of each sensor.
    """

    start_time: datetime | None = None
    end_time: datetime | None = None
    sensors: tuple[str, ...] | None = None
    max_points: int = 500


@dataclass(frozen=True, kw_only=True)
class Readings:
    """`bucket_width` is set where values were left out; `warning` names what could not be read."""

    start_time: datetime
    end_time: datetime
    series: Sequence[SensorSeries]
    bucket_width: timedelta | None = None
    warning: str | None = None


def find_readings(resources: Resources, team: str, name: str, query: ReadingsQuery) -> Readings:
    """Read the files of the windows that the range touches. They are read as runs read them: a cell that is no number
    counts as empty.

    Raises:
        SchedulerNotFound: there is none.
        InvalidRequest: no such sensor, or more files, bytes or sensors than are read for one answer.
        StorageRefused: S3 does not let us read them, or the team may not use the place where they lie.
        StorageUnavailable
    """
    resources = replace(resources, buckets=replace(resources.buckets, client=resources.buckets.quick))
    start, end = _range(query, resources.clock())
    scheduler = resources.schedulers.describe(name)
    components = resources.models.describe(scheduler.model_name).components
    if not components:
        return Readings(start_time=start, end_time=end, series=(), warning=_NO_SCHEMA.format(scheduler.model_name))
    wanted = _wanted(components, query.sensors)
    place = input_place(scheduler, wanted)
    refuse_foreign_place(resources, team, place.bucket, place.prefix)
    files = read_files(resources, place, wanted, start, end)
    series = [one for component in wanted for one in _series(component, files, start, end)]
    readings = Readings(start_time=start, end_time=end, series=series, warning=_warning(files))
    return _with_fewer_points(readings, query.max_points)


def _range(query: ReadingsQuery, now: datetime) -> tuple[datetime, datetime]:
    end = query.end_time or now
    start = query.start_time or end - USUAL_SPAN
    check_asked_range(start, end)
    return start, end


def _wanted(components: Sequence[Component], asked: tuple[str, ...] | None) -> list[Component]:
    """The components that have some of the sensors asked for, with these alone."""
    known = [full for one in components for full in _full_names(one)]
    chosen = set(choose_sensors(asked, known) if asked else known)
    if len(chosen) > MOST_SENSORS:
        detail = f"The model has {len(known):,} sensors; name up to {MOST_SENSORS} of them."
        raise InvalidRequest(detail, errors=[at_parameter("sensors", detail)])
    kept = (
        replace(one, sensors=tuple(name for name, full in zip(one.sensors, _full_names(one), strict=True)
                                   if full in chosen))
        for one in components
    )  # fmt: skip
    return [one for one in kept if one.sensors]


def _full_names(component: Component) -> list[str]:
    return [f"{component.component_name}\\{sensor}" for sensor in component.sensors]


def _series(component: Component, files: Files, start: datetime, end: datetime) -> list[SensorSeries]:
    readable = [file for file in files[component.component_name].values() if not file.unreadable]
    return series_of(_full_names(component), readable, start, end)


def _with_fewer_points(readings: Readings, most: int) -> Readings:
    if max((len(one.times) for one in readings.series), default=0) <= most:
        return readings
    width = bucket_width(readings.end_time - readings.start_time, most // 2)
    few = [thinned(one, width) if len(one.times) > most else one for one in readings.series]
    return replace(readings, series=few, bucket_width=width)


def _warning(files: Files) -> str | None:
    bad = [(key, file) for of_one in files.values() for key, file in of_one.items() if file.unreadable]
    if not bad:
        return None
    (key, file), more = bad[0], f" {len(bad) - 1} more files cannot be read." if len(bad) > 1 else ""
    return f"{key} cannot be read: {file.unreadable}{more}"
