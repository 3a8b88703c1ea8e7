"""A fitted model as JSON text and npz bytes, and back. Nothing is pickled, so a stored model cannot run code."""

import io
import json

import numpy as np

from service.engine.detection.model import FittedModel, Horizon
from service.engine.detection.scaling import Scaling

FORMAT = 1


def save(model: FittedModel) -> tuple[str, bytes]:
    """The model as JSON text (names and small numbers) and npz bytes (arrays). The same model gives the same bytes."""
    text = json.dumps(
        {
            "format": FORMAT,
            "sensors": model.sensors,
            "longest_pause_ns": int(model.longest_pause.astype(np.int64)),
            "trained_rows": model.trained_rows,
            "horizons": [{"rows": horizon.rows, "threshold": horizon.threshold} for horizon in model.horizons],
        }
    )
    arrays = {"columns": model.scaling.columns, "centre": model.scaling.centre, "spread": model.scaling.spread}
    for horizon in model.horizons:
        arrays[f"mean_{horizon.rows}"] = horizon.mean
        arrays[f"precision_{horizon.rows}"] = horizon.precision
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return text, buffer.getvalue()


def load(text: str, npz: bytes) -> FittedModel:
    """The model that `save` wrote.

    Raises:
        ValueError: it was written in a format this version does not read.
    """
    said = json.loads(text)
    if said.get("format") != FORMAT:
        raise ValueError(f"the model is stored in format {said.get('format')}; this version reads format {FORMAT}")
    with np.load(io.BytesIO(npz), allow_pickle=False) as arrays:
        return FittedModel(
            sensors=tuple(said["sensors"]),
            scaling=Scaling(arrays["columns"], arrays["centre"], arrays["spread"]),
            horizons=tuple(_horizon(entry, arrays) for entry in said["horizons"]),
            longest_pause=np.timedelta64(said["longest_pause_ns"], "ns"),
            trained_rows=said["trained_rows"],
        )


def _horizon(said: dict, arrays: np.lib.npyio.NpzFile) -> Horizon:
    rows = said["rows"]
    return Horizon(rows, arrays[f"mean_{rows}"], arrays[f"precision_{rows}"], said["threshold"])
