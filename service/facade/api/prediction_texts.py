"""Pages of predictions written out as JSON or CSV, piece by piece while they are read."""

import csv
from collections.abc import Iterator
from functools import lru_cache
from io import StringIO
from typing import Any

from service.facade.api.answers import json_bytes
from service.facade.api.schemas.base import iso
from service.facade.domain.predictions import Prediction, largest_first, top_contributors
from service.facade.usecases.predictions import PredictionPage

_COLUMNS = ("timestamp", "prediction", "prediction_reason", "anomaly_score")


def json_text(page: PredictionPage, contributors: int | None, following: str | None) -> Iterator[bytes]:
    """`{"predictions": […], "next": …, "warning": …}`"""
    yield b'{"predictions":['
    separator = b""
    for batch in page.batches:
        yield separator + b",".join([_row(prediction, contributors) for prediction in batch])
        separator = b","
    yield b'],"next":' + json_bytes(following) + b',"warning":' + json_bytes(page.warning) + b"}"


def csv_text(page: PredictionPage, contributors: int | None, _following: str | None) -> Iterator[str]:
    """A header and a row for each prediction. A sensor whose contribution was not asked for, or that was not among the
    largest, has an empty cell."""
    sensors = () if contributors == 0 else page.sensors
    yield _lines([[*_COLUMNS, *sensors]])
    for batch in page.batches:
        yield _lines(_cells(prediction, contributors, sensors) for prediction in batch)


def _row(prediction: Prediction, contributors: int | None) -> bytes:
    """A row as JSON. Its diagnostics are put together from text: as objects they would take most of the time."""
    row = {
        "timestamp": iso(prediction.timestamp),
        "prediction": prediction.prediction,
        "prediction_reason": prediction.prediction_reason,
        "anomaly_score": prediction.anomaly_score,
    }
    return json_bytes(row)[:-1] + b',"diagnostics":[' + _diagnostics(prediction, contributors) + b"]}"


def _diagnostics(prediction: Prediction, contributors: int | None) -> bytes:
    shares = prediction.contributions
    if not shares:
        return b""
    named, values = _named(prediction.sensors), json_bytes(shares)[1:-1].split(b",")
    return b",".join([named[at] + values[at] + b"}" for at in largest_first(shares)[:contributors]])


@lru_cache(maxsize=256)
def _named(sensors: tuple[str, ...]) -> list[bytes]:
    """The beginning of a contribution of each sensor, up to its value."""
    parts = [(name, *name.partition("\\")[::2]) for name in sensors]
    named = [dict(zip(("name", "component", "sensor"), part, strict=True)) for part in parts]
    return [json_bytes(one)[:-1] + b',"value":' for one in named]


def _cells(prediction: Prediction, contributors: int | None, sensors: tuple[str, ...]) -> list[Any]:
    shares = dict(top_contributors(prediction, contributors))
    fixed = [prediction.prediction, prediction.prediction_reason, prediction.anomaly_score]
    return [iso(prediction.timestamp), *fixed, *(shares.get(name) for name in sensors)]


def _lines(rows: Any) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)  # as RFC 4180 has it
    return text.getvalue()
