"""Labels in S3: CSV files of two columns, start and end, no header; every range in them is an anomaly.

2020-02-01T20:00:00.000000,2020-02-02T06:00:00.000000
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import StringIO

import numpy as np

from service.engine.detection.readings import moment
from service.engine.objects import ObjectStore
from service.engine.work.frames.timestamps import parse_times
from service.engine.work.problems import InputProblem

LARGEST_BYTES = 64 * 1024**2  # of all files together; a range takes about 50
Range = tuple[datetime, datetime]
_HEADERS = {("start", "end"), ("starttime", "endtime"), ("start_time", "end_time")}


def read_label_files(objects: ObjectStore, source: Mapping[str, str]) -> list[Range]:
    """The ranges of all CSV files under an S3InputConfiguration, oldest first.

    Raises:
        InputProblem: no file there, far too much in them, or a row that is not a start and a later end.
        ObjectsRefused, ObjectsUnavailable: as the object store says.
    """
    bucket, prefix = source["Bucket"], source.get("Prefix", "")
    entries = [entry for entry in objects.list(bucket, prefix) if entry.key.lower().endswith(".csv")]
    if not entries:
        raise InputProblem(
            f"No label file was found under 's3://{bucket}/{prefix}': a CSV file of starts and ends is needed."
        )
    if (size := sum(entry.size for entry in entries)) > LARGEST_BYTES:
        raise InputProblem(
            f"The CSV files under 's3://{bucket}/{prefix}' have {size} bytes; label files may have {LARGEST_BYTES} "
            "together. Give labels a prefix of their own, without sensor data below it."
        )
    keys = [entry.key for entry in entries]
    files = zip(keys, objects.get_many(bucket, keys), strict=True)
    return sorted(found for key, body in files for found in _ranges(f"s3://{bucket}/{key}", body))


def _ranges(uri: str, body: bytes) -> Iterator[Range]:
    try:
        rows = list(csv.reader(StringIO(body.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputProblem(f"The label file {uri} cannot be read: {error}.") from error
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and tuple(cell.lower() for cell in cells) in _HEADERS):
            continue
        yield _range(f"The label file {uri}, row {number}", cells)


def _range(where: str, cells: list[str]) -> Range:
    if len(cells) < 2:
        raise InputProblem(f"{where}: a start and an end are needed, there is one column.")
    times = parse_times(np.array(cells[:2], dtype=object))
    for cell, time in zip(cells, times, strict=False):
        if np.isnat(time):
            raise InputProblem(f"{where}: {cell!r} is not a time such as 2020-02-01T20:00:00.")
    if times[1] < times[0]:
        raise InputProblem(f"{where}: the end {cells[1]} lies before the start {cells[0]}.")
    return moment(times[0]), moment(times[1])
