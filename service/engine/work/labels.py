"""Labelled ranges of a model: a CSV file in S3, two columns, start and end, no header.

2020-02-01T20:00:00.000000,2020-02-02T06:00:00.000000
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import StringIO
from typing import Any

import numpy as np

from service.engine.detection.readings import moment
from service.engine.objects import ObjectStore
from service.engine.work.frames.timestamps import parse_times
from service.engine.work.problems import InputProblem

Label = tuple[datetime, datetime]
_HEADERS = {("start", "end"), ("starttime", "endtime"), ("start_time", "end_time")}


def read_labels(objects: ObjectStore, configuration: Mapping[str, Any] | None) -> list[Label]:
    """The ranges that the model's LabelsInputConfiguration names, oldest first; none without one.

    Raises:
        InputProblem: no file there, or a row that is not a start and a later end.
        ObjectsRefused, ObjectsUnavailable: as the object store says.
    """
    if not configuration or "S3InputConfiguration" not in configuration:
        return []
    source = configuration["S3InputConfiguration"]
    bucket, prefix = source["Bucket"], source.get("Prefix", "")
    keys = [entry.key for entry in objects.list(bucket, prefix) if entry.key.lower().endswith(".csv")]
    if not keys:
        raise InputProblem(
            f"No label file was found under 's3://{bucket}/{prefix}': a CSV file of starts and ends is needed."
        )
    files = zip(keys, objects.get_many(bucket, keys), strict=True)
    return sorted(label for key, body in files for label in _labels(f"s3://{bucket}/{key}", body))


def _labels(uri: str, body: bytes) -> Iterator[Label]:
    try:
        rows = list(csv.reader(StringIO(body.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputProblem(f"The label file {uri} cannot be read: {error}.") from error
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and tuple(cell.lower() for cell in cells) in _HEADERS):
            continue
        yield _label(f"The label file {uri}, row {number}", cells)


def _label(where: str, cells: list[str]) -> Label:
    if len(cells) < 2:
        raise InputProblem(f"{where}: a start and an end are needed, there is one column.")
    times = parse_times(np.array(cells[:2], dtype=object))
    for cell, time in zip(cells, times, strict=False):
        if np.isnat(time):
            raise InputProblem(f"{where}: {cell!r} is not a time such as 2020-02-01T20:00:00.")
    if times[1] < times[0]:
        raise InputProblem(f"{where}: the end {cells[1]} lies before the start {cells[0]}.")
    return moment(times[0]), moment(times[1])
