"""results.jsonl: one JSON line per row, as the service wrote them since 2022.

    {"timestamp":"2021-03-11T22:25:00.000000","prediction":1,"prediction_reason":"ANOMALY_DETECTED",
     "anomaly_score":0.72385,"diagnostics":[{"name":"component\\\\sensor0","value":0.02346}, …]}

Times have six decimals and no zone, and are UTC. No null, true, false or NaN is ever written: clients of old read a
line with Python's `eval` (the service's own SDK does).

A row inside of a maintenance window has the member `muted_by` besides, which clients of old do not look at; to them it
is a row without an anomaly.
"""

from typing import Any

import numpy as np
import orjson

from service.engine.detection import Scores, rounded_shares
from service.engine.work.inference.verdicts import Rules, Verdicts, judged

DECIMALS = 5


def result_lines(times: np.ndarray, scores: Scores, verdicts: Verdicts | None = None) -> bytes:
    """The lines of a window, in time order, each ended by a newline.

    Args:
        times: every row of the window, datetime64 [n]; one that is not among the scores' times was MACHINE_OFF.
        scores: scores already rounded to `DECIMALS`, so that what a reader sees decides the prediction.
        verdicts: what is told of them; without, a score above 0.5 is an anomaly.
    """
    told = verdicts or judged(scores, Rules())
    shares = rounded_shares(scores.contributions, DECIMALS).round(DECIMALS).tolist()
    scored = {
        time: _scored(float(value), scores.sensors, row, bool(anomalous)) | (_MUTED if muted else {})
        for time, value, row, anomalous, muted in zip(
            scores.times, scores.score, shares, told.anomalous, told.muted, strict=True
        )
    }
    stamps = np.datetime_as_string(times.astype("datetime64[us]"), unit="us")
    lines = [{"timestamp": str(stamp)} | scored.get(time, _OFF) for time, stamp in zip(times, stamps, strict=True)]
    return b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)


_OFF = {"prediction": 0, "prediction_reason": "MACHINE_OFF"}
_MUTED = {"muted_by": "MAINTENANCE_WINDOW"}


def _scored(value: float, sensors: tuple[str, ...], shares: list[float], anomalous: bool) -> dict[str, Any]:
    return {
        "prediction": int(anomalous),
        "prediction_reason": "ANOMALY_DETECTED" if anomalous else "NO_ANOMALY_DETECTED",
        "anomaly_score": value,
        "diagnostics": [{"name": name, "value": share} for name, share in zip(sensors, shares, strict=True)],
    }
