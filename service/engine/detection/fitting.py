"""Learn what is normal from training readings, and from which distance on a row no longer is."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from service.engine.detection.chunks import Labelled, chunks_of
from service.engine.detection.model import FittedModel
from service.engine.detection.numbers import Numbers
from service.engine.detection.passes import finish, passes
from service.engine.detection.readings import Readings, within

Ranges = Iterable[tuple[datetime, datetime]]
"""(start, end), both ends included, aware datetimes."""


def fit(
    readings: Readings, *, left_out: Ranges = (), anomalies: Ranges = (), sampling: timedelta | None = None
) -> FittedModel:
    """Learn from readings that were normal, apart from the ranges left out.

    The threshold is learnt from data that were held back: five stretches of time in turn, each judged by what the
    other four say is normal. Missing values are expected to be filled forward already; rows where one is still missing
    are not learnt from. The same readings always give the same model.

    Args:
        readings: at least 100 usable rows.
        left_out: ranges that are not learnt from.
        anomalies: ranges of known anomalies, not learnt from either; the threshold is moved within bounds to find them.
        sampling: time between rows; without it the median of what is there.

    Raises:
        TrainingError: too few rows, no sensors, or no sensor that moves.
    """
    known = within(readings.times, anomalies)
    kept = readings.rows(~known & ~within(readings.times, left_out))
    labelled = Labelled(readings, known) if known.any() else None
    state: Numbers = {}
    for step in passes(sampling):
        state = step.join(state, [step.look(state, chunk) for chunk in chunks_of(kept, labelled)])
    return finish(state)
