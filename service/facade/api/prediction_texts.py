"""How predictions are written out, by media type."""

from collections.abc import Iterator

from service.facade.api.answers import json_bytes
from service.facade.domain.durations import format_duration
from service.facade.sensordata import exports, exports_json
from service.facade.usecases.predictions import PredictionPage

JSON = "application/json"
_BULK = {  # media type: writer, ending of a file
    "text/csv": (exports.csv, "csv"),
    "application/x-ndjson": (exports_json.ndjson, "ndjson"),
    "application/vnd.apache.parquet": (exports.parquet, "parquet"),
    "application/vnd.apache.arrow.stream": (exports.arrow_stream, "arrows"),
}
KINDS = (JSON, *_BULK)


def bulk_text(kind: str, page: PredictionPage, most: int | None) -> Iterator[bytes]:
    """The page in one of the formats that have no room for anything but rows."""
    write, _ = _BULK[kind]
    return write(page.batches, page.sensors, most)


def json_text(page: PredictionPage, most: int | None, following: str | None, recorded_after: str) -> Iterator[bytes]:
    """`{"predictions": […], "next": …, "recorded_after": …, "bucket_width": …, "warning": …}`"""
    yield b'{"predictions":['
    separator = b""
    for rows in exports_json.json_rows(page.batches, page.sensors, most):
        yield separator + b",".join(rows)
        separator = b","
    rest = {
        "next": following,
        "recorded_after": recorded_after,
        "bucket_width": page.bucket_width and format_duration(page.bucket_width),
        "warning": page.warning,
    }
    yield b"]," + json_bytes(rest)[1:]


def file_ending(kind: str) -> str | None:
    """None for what is no file but an answer to a program."""
    return _BULK[kind][1] if kind in _BULK else None
