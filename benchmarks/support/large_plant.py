"""A plant of 24 components with 122 sensors over months of minutes, as training files and as files of windows."""

import json
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from service.settings import Settings
from support.machine import BUCKET, MINUTE, WINDOW, s3_client
from support.plant import COMPONENTS, SENSORS

_PERIODS = np.array([17.0, 61.0, 251.0, 1440.0, 10_080.0])  # minutes


def put_training_files(settings: Settings, start: datetime, rows: int) -> int:
    """A CSV file for each component under `training/`, with a row a minute; how many bytes they have together."""
    return _put(settings, start, rows, lambda component: f"training/{component}/all.csv")


def put_windows(settings: Settings, prefix: str, start: datetime, windows: int) -> None:
    """The input files of so many windows from `start` on."""
    for number in range(windows):
        begin = start + number * WINDOW
        _put(settings, begin, WINDOW // MINUTE, lambda name, at=begin: f"{prefix}{name}_{at:%Y%m%d%H%M%S}.csv")


def schema() -> str:
    time = {"Name": "Timestamp", "Type": "DATETIME"}
    components = [
        {"ComponentName": component, "Columns": [time, *({"Name": name, "Type": "DOUBLE"} for name in sensors)]}
        for component, sensors in COMPONENTS.items()
    ]
    return json.dumps({"Components": components})


def _put(settings: Settings, start: datetime, rows: int, key: Any) -> int:
    s3, size = s3_client(settings), 0
    for component, body in _files(start, rows):
        s3.put_object(Bucket=BUCKET, Key=key(component), Body=body)
        size += len(body)
    return size


def _files(start: datetime, rows: int) -> Iterator[tuple[str, bytes]]:
    """The minutes start < t <= start + rows: name and text of each component's file."""
    first = int(start.timestamp()) // 60 + 1
    minutes = np.arange(first, first + rows)
    stamps = pa.array(np.datetime_as_string(minutes.astype("datetime64[m]").astype("datetime64[s]")))
    for component, sensors in COMPONENTS.items():
        columns = [pa.array(_values(minutes, SENSORS.index(f"{component}\\{name}"))) for name in sensors]
        text = BytesIO()
        options = csv.WriteOptions(quoting_style="none")
        csv.write_csv(pa.table([stamps, *columns], names=["Timestamp", *sensors]), text, options)
        yield component, text.getvalue()


def _values(minutes: np.ndarray, sensor: int) -> np.ndarray:
    """Each sensor follows a few slow causes, in its own measure; its noise depends on the minute and the sensor."""
    rng = np.random.default_rng(sensor)
    shown = rng.uniform(20, 90) + np.zeros(len(minutes))
    for period, follows in zip(_PERIODS, rng.normal(size=len(_PERIODS)), strict=True):
        shown += follows * np.sin(minutes * (2 * np.pi / period))
    return (shown + np.sin(minutes * rng.uniform(10, 90)) * 43758.5453 % 1 - 0.5).round(3)
