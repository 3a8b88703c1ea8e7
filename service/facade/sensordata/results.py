"""The result object of an execution (`results.jsonl`, in the preview `results.csv`) -> predictions.

A line holds `timestamp`, `prediction`, and, depending on the age of the model and on the machine being on,
`prediction_reason`, `anomaly_score` and `diagnostics` (AWS user guide, "Understanding the inference results").
"""

import codecs
from ast import literal_eval
from datetime import UTC, datetime
from typing import Any

import orjson

from service.facade.domain.predictions import Prediction
from service.facade.sensordata.layouts import EARLIEST, LATEST

_MOST = 1e38


class UnreadableResult(ValueError):
    """The object does not hold result lines; the message names the line."""


def parse_results(content: bytes) -> list[Prediction]:
    r"""Read all lines of a result object. The sensors are named once: all predictions share the same tuple.

    Example of a line::

        {"timestamp": "2022-05-13T10:06:00.000000", "prediction": 1, "prediction_reason": "ANOMALY_DETECTED",
         "anomaly_score": 0.92249, "diagnostics": [{"name": "pump\\Sensor0", "value": 0.02}]}

    Files that went through the samples of AWS may hold lines as Python prints a dict, with single quotes: those samples
    read lines with `eval`. They are read as well.

    Raises:
        UnreadableResult: a line is no JSON object, or has no timestamp.
    """
    content = content.removeprefix(codecs.BOM_UTF8)
    lines = [_line(number, text) for number, text in enumerate(content.split(b"\n"), start=1) if text.strip()]
    names = tuple(dict.fromkeys(name for line in lines for name in line["diagnostics"]))
    return [_prediction(line, names) for line in lines]


def _line(number: int, text: bytes) -> dict[str, Any]:
    try:
        line = _parsed(text)
        line["timestamp"] = _utc(line["timestamp"])
        line["prediction"] = _one_of((0, 1), line.get("prediction", 0))
        line["prediction_reason"] = _text(line.get("prediction_reason"))
        line["anomaly_score"] = _number(line.get("anomaly_score"))
        line["diagnostics"] = {_text(entry["name"]): _share(entry["value"]) for entry in line.get("diagnostics") or ()}
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise UnreadableResult(f"line {number} is no result line: {text[:80]!r}") from error
    return line


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        return orjson.loads(text)
    except ValueError:
        if not text.lstrip().startswith(b"{'"):
            raise
        return _literal(text)


def _literal(text: bytes) -> dict[str, Any]:
    """What Python's own notation of a dict stands for; nothing in it is run."""
    try:
        return literal_eval(text.decode().strip())
    except (SyntaxError, MemoryError, RecursionError) as error:
        raise ValueError("no literal") from error


def _prediction(line: dict[str, Any], names: tuple[str, ...]) -> Prediction:
    shares = line["diagnostics"]
    return Prediction(
        timestamp=line["timestamp"],
        prediction=line["prediction"],
        prediction_reason=line["prediction_reason"],
        anomaly_score=line["anomaly_score"],
        sensors=names,
        contributions=tuple(shares.get(name) for name in names) if shares else None,
    )


def _one_of(allowed: tuple[int, ...], value: Any) -> int:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {allowed}")
    return int(value)


def _text(value: Any) -> str | None:
    """PostgreSQL's text cannot hold a NUL, nor half of a surrogate pair."""
    if value is not None and (not isinstance(value, str) or b"\0" in value.encode()):
        raise ValueError(f"{value!r} is no text")
    return value


def _share(value: Any) -> float:
    """The store keeps contributions in four bytes."""
    number = float(value)
    if not abs(number) < _MOST:
        raise ValueError(f"{value!r} is no share of a score")
    return number


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _utc(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    if not EARLIEST <= time < LATEST:
        raise ValueError(f"{text!r} is far from now")
    return time
