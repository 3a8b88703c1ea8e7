"""The seam between the engine and whatever detects anomalies: `fit` a model, `score` readings with it.

    model = fit(training_readings, left_out=labels)      a TrainingError says why it cannot be
    scores = score(model, window, context=rows_before)   above 0.5 is anomalous
    text, arrays = save(model)                           JSON and npz, never pickle

Behind it stands one detector: what most of the variance of the last 5, 10 and 30 rows does not explain, of the sensor
that is worst off by its own standards; and, for rows with no history or far outside, their distance alone.
"""

from service.engine.detection.chunks import LEAD_ROWS, Chunk
from service.engine.detection.drift import Drift, drift
from service.engine.detection.evaluation import evaluate
from service.engine.detection.events import Event, diagnostics, find_events
from service.engine.detection.fitting import fit
from service.engine.detection.model import FittedModel
from service.engine.detection.numbers import Numbers
from service.engine.detection.passes import Pass, finish, passes
from service.engine.detection.problems import TrainingError
from service.engine.detection.readings import Readings, readings_from_frame
from service.engine.detection.saving import load, save
from service.engine.detection.scores import ANOMALOUS_ABOVE, Scores, rounded_shares
from service.engine.detection.scoring import score

__all__ = [
    "ANOMALOUS_ABOVE",
    "LEAD_ROWS",
    "Chunk",
    "Drift",
    "Event",
    "FittedModel",
    "Numbers",
    "Pass",
    "Readings",
    "Scores",
    "TrainingError",
    "diagnostics",
    "drift",
    "evaluate",
    "find_events",
    "finish",
    "fit",
    "load",
    "passes",
    "readings_from_frame",
    "rounded_shares",
    "save",
    "score",
]
