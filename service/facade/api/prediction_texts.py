"""Pages of predictions written out as JSON or CSV, piece by piece while they are read."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from service.facade.api.answers import json_bytes
from service.facade.api.schemas.base import iso
from service.facade.domain.predictions import Prediction, top_contributors
from service.facade.usecases.predictions import PredictionPage

_COLUMNS = ("timestamp", "prediction", "prediction_reason", "anomaly_score")


def json_text(page: PredictionPage, contributors: int | None, following: str | None) -> Iterator[bytes]:
    """`{"predictions": […], "next": …, "warning": …}`"""
    yield b'{"predictions":['
    separator = b""
    for batch in page.batches:
        yield separator + b",".join(json_bytes(_row(prediction, contributors)) for prediction in batch)
        separator = b","
    yield b'],"next":' + json_bytes(following) + b',"warning":' + json_bytes(page.warning) + b"}"


def csv_text(page: PredictionPage, contributors: int | None, _following: str | None) -> Iterator[str]:
    """A header and a row for each prediction. A sensor whose contribution was not asked for, or that was not among the
    largest, has an empty cell."""
    sensors = () if contributors == 0 else page.sensors
    yield _lines([[*_COLUMNS, *sensors]])
    for batch in page.batches:
        yield _lines(_cells(prediction, contributors, sensors) for prediction in batch)


def _row(prediction: Prediction, contributors: int | None) -> dict[str, Any]:
    return {
        "timestamp": iso(prediction.timestamp),
        "prediction": prediction.prediction,
        "prediction_reason": prediction.prediction_reason,
        "anomaly_score": prediction.anomaly_score,
        "diagnostics": [_contribution(*pair) for pair in top_contributors(prediction, contributors)],
    }


def _contribution(name: str, value: float) -> dict[str, Any]:
    component, _, sensor = name.partition("\\")
    return {"name": name, "component": component, "sensor": sensor, "value": value}


def _cells(prediction: Prediction, contributors: int | None, sensors: tuple[str, ...]) -> list[Any]:
    shares = dict(top_contributors(prediction, contributors))
    fixed = [prediction.prediction, prediction.prediction_reason, prediction.anomaly_score]
    return [iso(prediction.timestamp), *fixed, *(shares.get(name) for name in sensors)]


def _lines(rows: Any) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)  # as RFC 4180 has it
    return text.getvalue()
