"""results.jsonl: one JSON line per row, as the service wrote them since 2022.

    {"timestamp":"2021-03-11T22:25:00.000000","prediction":1,"prediction_reason":"ANOMALY_DETECTED",
     "anomaly_score":0.72385,"diagnostics":[{"name":"component\\\\sensor0","value":0.02346}, …]}

Times have six decimals and no zone, and are UTC. No null, true, false or NaN is ever written: clients of old read a
line with Python's `eval` (the service's own SDK does).
"""

from typing import Any

import numpy as np
import orjson

from service.engine.detection import ANOMALOUS_ABOVE, Scores, rounded_shares

DECIMALS = 5


def result_lines(times: np.ndarray, scores: Scores) -> bytes:
    """The lines of a window, in time order, each ended by a newline.

    Args:
        times: every row of the window, datetime64 [n]; one that is not among the scores' times was MACHINE_OFF.
        scores: scores already rounded to `DECIMALS`, so that what a reader sees decides the prediction.
    """
    shares = rounded_shares(scores.contributions, DECIMALS).round(DECIMALS).tolist()
    scored = {
        time: _scored(float(value), scores.sensors, row)
        for time, value, row in zip(scores.times, scores.score, shares, strict=True)
    }
    stamps = np.datetime_as_string(times.astype("datetime64[us]"), unit="us")
    lines = [{"timestamp": str(stamp)} | scored.get(time, _OFF) for time, stamp in zip(times, stamps, strict=True)]
    return b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)


_OFF = {"prediction": 0, "prediction_reason": "MACHINE_OFF"}


def _scored(value: float, sensors: tuple[str, ...], shares: list[float]) -> dict[str, Any]:
    anomalous = value > ANOMALOUS_ABOVE
    return {
        "prediction": int(anomalous),
        "prediction_reason": "ANOMALY_DETECTED" if anomalous else "NO_ANOMALY_DETECTED",
        "anomaly_score": value,
        "diagnostics": [{"name": name, "value": share} for name, share in zip(sensors, shares, strict=True)],
    }
