"""A fitted model as JSON text and npz bytes, and back. Nothing is pickled, so a stored model cannot run code."""

import io
import json

import numpy as np

from service.engine.detection.model import Distance, FittedModel, View
from service.engine.detection.numbers import Numbers
from service.engine.detection.scaling import Scaling
from service.engine.detection.steady import Steady

FORMAT = 3
STEADY = ("columns", "lowest", "highest")


def save(model: FittedModel) -> tuple[str, bytes]:
    """The model as JSON text (names and small numbers) and npz bytes (arrays). The same model gives the same bytes."""
    text = json.dumps(
        {
            "format": FORMAT,
            "sensors": model.sensors,
            "longest_pause_ns": int(model.longest_pause.astype(np.int64)),
            "trained_rows": model.trained_rows,
            "distances": [{"rows": each.rows, "threshold": each.threshold} for each in model.distances],
            "thresholds": model.thresholds,
            "views": [{"lags": view.lags, "typical": view.typical} for view in model.views],
        }
    )
    buffer = io.BytesIO()
    np.savez(buffer, **_arrays(model))
    return text, buffer.getvalue()


def load(text: str, npz: bytes) -> FittedModel:
    """The model that `save` wrote.

    Raises:
        ValueError: it was written in a format this version does not read.
    """
    said = json.loads(text)
    if said.get("format") != FORMAT:
        raise ValueError(
            f"The model is stored in format {said.get('format')}; this version reads format {FORMAT} only. "
            "Train the model again."
        )
    with np.load(io.BytesIO(npz), allow_pickle=False) as arrays:
        return FittedModel(
            sensors=tuple(said["sensors"]),
            scaling=Scaling.of(arrays),
            mean=arrays["mean"],
            distances=tuple(_distance(entry, arrays) for entry in said["distances"]),
            views=tuple(_view(entry, arrays) for entry in said["views"]),
            thresholds=tuple(said["thresholds"]),
            steady=Steady(*(arrays[f"steady_{name}"] for name in STEADY)),
            rest=arrays["rest"],
            longest_pause=np.timedelta64(said["longest_pause_ns"], "ns"),
            trained_rows=said["trained_rows"],
        )


def _arrays(model: FittedModel) -> Numbers:
    arrays = model.scaling.numbers() | {"mean": model.mean, "rest": model.rest}
    arrays |= {f"steady_{name}": getattr(model.steady, name) for name in STEADY}
    for distance in model.distances:
        arrays[f"precision_{distance.rows}"] = distance.precision
    for view in model.views:
        arrays[f"directions_{view.lags}"] = view.directions.astype(np.float32)  # they hold no more than that
        arrays[f"usual_{view.lags}"] = view.usual
    return arrays


def _distance(said: dict, arrays: np.lib.npyio.NpzFile) -> Distance:
    return Distance(said["rows"], arrays[f"precision_{said['rows']}"], said["threshold"])


def _view(said: dict, arrays: np.lib.npyio.NpzFile) -> View:
    lags = said["lags"]
    return View(arrays[f"directions_{lags}"].astype(np.float64), arrays[f"usual_{lags}"], said["typical"])
