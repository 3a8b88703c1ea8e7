"""What is told of scores: by the scheduler's threshold, and not while the machine is worked on."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from service.engine.detection import ANOMALOUS_ABOVE, Scores
from service.engine.detection.readings import within
from service.engine.work.inference.quotas import AS_AWS_HAS_THEM
from service.quotas import Quotas


@dataclass(frozen=True)
class Rules:
    """By what a window is judged. `maintenance` are ranges (start, end), both ends included."""

    threshold: float = ANOMALOUS_ABOVE
    maintenance: tuple[tuple[datetime, datetime], ...] = ()
    quotas: Quotas = AS_AWS_HAS_THEM


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Masks over scored rows [n]. `anomalous` is what is told; a row in `muted` never is, whatever its score."""

    anomalous: np.ndarray
    muted: np.ndarray


def judged(scores: Scores, rules: Rules) -> Verdicts:
    """The verdicts on scores already rounded, so that what a reader sees decides the prediction."""
    muted = within(scores.times, rules.maintenance)
    return Verdicts((scores.score > rules.threshold) & ~muted, muted)
