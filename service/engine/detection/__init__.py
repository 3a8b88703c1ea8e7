"""The seam between the engine and whatever detects anomalies: `fit` a model, `score` readings with it.

    model = fit(training_readings, left_out=labels)      a TrainingError says why it cannot be
    scores = score(model, window, context=rows_before)   above 0.5 is anomalous
    text, arrays = save(model)                           JSON and npz, never pickle

Behind it stands one detector: the distance of the last rows, and of means over the last rows, from what was normal
in training. It is measured with a shrunken covariance, which puts Hotelling's T2 and the residual Q of a lagged,
smoothed PCA into one number.
"""

from service.engine.detection.chunks import LEAD_ROWS, Chunk
from service.engine.detection.evaluation import evaluate
from service.engine.detection.events import Event, diagnostics, find_events
from service.engine.detection.fitting import TrainingError, fit
from service.engine.detection.model import FittedModel
from service.engine.detection.passes import Numbers, Pass, finish, passes
from service.engine.detection.readings import Readings, readings_from_frame
from service.engine.detection.saving import load, save
from service.engine.detection.scores import ANOMALOUS_ABOVE, Scores, rounded_shares
from service.engine.detection.scoring import score

__all__ = [
    "ANOMALOUS_ABOVE",
    "LEAD_ROWS",
    "Chunk",
    "Event",
    "FittedModel",
    "Numbers",
    "Pass",
    "Readings",
    "Scores",
    "TrainingError",
    "diagnostics",
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
