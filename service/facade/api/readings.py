"""/v1/schedulers/{scheduler_name}/readings"""

from collections.abc import Iterator
from typing import Any

import orjson
from flask import Response

from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.schemas.base import iso
from service.facade.api.schemas.readings import ReadingsQuerySchema, ReadingsSchema
from service.facade.domain.durations import format_duration
from service.facade.problems import SchedulerNotFound, StorageRefused, StorageUnavailable
from service.facade.sensordata.series import SensorSeries
from service.facade.usecases.readings import Readings, ReadingsQuery, find_readings

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
blueprint = Blueprint("readings", __name__, url_prefix="/v1/schedulers", description="What the sensors measured.")


@blueprint.route("/<scheduler_name>/readings", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(ReadingsQuerySchema, location="query")
@blueprint.response(200, ReadingsSchema)
@blueprint.problems(SchedulerNotFound, StorageRefused, StorageUnavailable)
def list_readings(query: dict[str, Any], scheduler_name: str) -> Response:
    """List the readings of sensors

    What the scheduler's input files hold for a short time, as a run reads them: to be looked at beside an event. Files
    of up to 600 windows and components together are read, with 16 MB; a longer range is refused.
    """
    sensors = tuple(query.pop("sensors", ())) or None
    readings = find_readings(resources(), caller().team, scheduler_name, ReadingsQuery(sensors=sensors, **query))
    return Response(_text(readings), mimetype="application/json")


def _text(readings: Readings) -> Iterator[bytes]:
    """Sensor by sensor."""
    span = {"start_time": iso(readings.start_time), "end_time": iso(readings.end_time)}
    yield orjson.dumps(span)[:-1] + b',"readings":['
    for number, series in enumerate(readings.series):
        yield (b"," if number else b"") + orjson.dumps(_shown(series), option=_OPTIONS)
    width = readings.bucket_width and format_duration(readings.bucket_width)
    yield b"]," + orjson.dumps({"bucket_width": width, "warning": readings.warning})[1:]


def _shown(series: SensorSeries) -> dict[str, Any]:
    component, _, sensor = series.name.partition("\\")
    return {
        "name": series.name, "component": component, "sensor": sensor,
        "timestamps": series.times, "values": series.values,
    }  # fmt: skip
