"""The result object of an execution (`results.jsonl`) -> predictions.

A line holds `timestamp`, `prediction`, and, depending on the age of the model and on the machine being on,
`prediction_reason`, `anomaly_score` and `diagnostics` (AWS user guide, "Understanding the inference results").
"""

from datetime import UTC, datetime
from typing import Any

import orjson

from service.facade.domain.predictions import Prediction


class UnreadableResult(ValueError):
    """The object does not hold result lines; the message names the line."""


def parse_results(content: bytes) -> list[Prediction]:
    r"""Read all lines of a result object. The sensors are named once: all predictions share the same tuple.

    Example of a line::

        {"timestamp": "2022-05-13T10:06:00.000000", "prediction": 1, "prediction_reason": "ANOMALY_DETECTED",
         "anomaly_score": 0.92249, "diagnostics": [{"name": "pump\\Sensor0", "value": 0.02}]}

    Raises:
        UnreadableResult: a line is no JSON object, or has no timestamp.
    """
    lines = [_line(number, text) for number, text in enumerate(content.split(b"\n"), start=1) if text.strip()]
    names = tuple(dict.fromkeys(entry["name"] for line in lines for entry in line.get("diagnostics", ())))
    return [_prediction(line, names) for line in lines]


def _line(number: int, text: bytes) -> dict[str, Any]:
    try:
        line = orjson.loads(text)
        line["timestamp"] = _utc(line["timestamp"])
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableResult(f"line {number} is no result line: {text[:80]!r}") from error
    return line


def _prediction(line: dict[str, Any], names: tuple[str, ...]) -> Prediction:
    shares = {entry["name"]: entry["value"] for entry in line.get("diagnostics", ())}
    return Prediction(
        timestamp=line["timestamp"],
        prediction=int(line.get("prediction", 0)),
        prediction_reason=line.get("prediction_reason"),
        anomaly_score=line.get("anomaly_score"),
        sensors=names,
        contributions=tuple(shares.get(name) for name in names) if shares else None,
    )


def _utc(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
