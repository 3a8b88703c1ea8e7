"""Predictions as JSON objects, one for each row: for a page, or line by line (NDJSON)."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

import numpy as np
import orjson

from service.facade.domain.predictions import PredictionBatch
from service.facade.sensordata.exports_shares import largest_first, shown_shares

_AT_ONCE = 1000  # rows whose text is in memory
_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z


def ndjson(batches: Iterable[list[PredictionBatch]], sensors: Sequence[str], most: int | None) -> Iterator[bytes]:
    """A line for each prediction."""
    for rows in json_rows(batches, sensors, most):
        yield b"\n".join([*rows, b""])


def json_rows(
    batches: Iterable[list[PredictionBatch]], sensors: Sequence[str], most: int | None
) -> Iterator[list[bytes]]:
    """Objects as text, some rows at a time. Their `diagnostics` begin with the largest contribution.

    They are put together from text that is made for all rows at once: as objects they would take most of the time.
    """
    for batch in (one for group in batches for one in group):
        diagnostics = _diagnostics(shown_shares(batch, sensors, most), tuple(sensors))
        columns = (batch.timestamps, batch.predictions, batch.reasons, batch.scores)
        rows = zip(*columns, diagnostics, strict=True)
        while some := [_row(*row) for row in islice(rows, _AT_ONCE)]:
            yield some


def _row(timestamp: object, prediction: int, reason: str | None, score: float | None, diagnostics: bytes) -> bytes:
    fixed = {"timestamp": timestamp, "prediction": prediction, "prediction_reason": reason, "anomaly_score": score}
    return orjson.dumps(fixed, option=_OPTIONS)[:-1] + b',"diagnostics":[' + diagnostics + b"]}"


def _diagnostics(shares: np.ndarray, sensors: tuple[str, ...]) -> Iterator[bytes]:
    beginnings = _beginnings(sensors)
    for at in range(0, len(shares), _AT_ONCE):
        some = shares[at : at + _AT_ONCE]
        order = largest_first(some)
        known = np.count_nonzero(~np.isnan(some), axis=1)
        values = np.take_along_axis(some, order, axis=1)
        for names, numbers, count in zip(order.tolist(), values, known.tolist(), strict=True):
            texts = orjson.dumps(numbers[:count], option=_OPTIONS)[1:-1].split(b",") if count else []
            yield b",".join([beginnings[name] + text + b"}" for name, text in zip(names, texts, strict=False)])


@lru_cache(maxsize=64)
def _beginnings(sensors: tuple[str, ...]) -> list[bytes]:
    """The beginning of a contribution of each sensor, up to its value."""
    parts = [(name, *name.partition("\\")[::2]) for name in sensors]
    named = [dict(zip(("name", "component", "sensor"), part, strict=True)) for part in parts]
    return [orjson.dumps(one)[:-1] + b',"value":' for one in named]
