"""Training as passes over chunks: what is learnt from each chunk is plain numbers, and these are joined.

    state = {}
    for step in passes(sampling):
        state = step.join(state, [step.look(state, chunk) for chunk in chunks])     each look anywhere, in any order
    model = finish(state)

The same rows in other chunks give the same model, apart from rounding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.engine.detection import gathering, judging, survey
from service.engine.detection.chunks import Chunk
from service.engine.detection.known_anomalies import heeding
from service.engine.detection.model import FittedModel
from service.engine.detection.numbers import Numbers
from service.engine.detection.scaling import Scaling
from service.engine.detection.steady import Steady
from service.engine.detection.thresholds import learn_distance, learn_thresholds, learn_view


@dataclass(frozen=True)
class Pass:
    """One pass: `look` at a chunk, knowing what the passes before it learnt; `join` what was seen, in chunk order."""

    name: str
    look: Callable[[Numbers, Chunk], Numbers]
    join: Callable[[Numbers, Sequence[Numbers]], Numbers]


def passes(sampling: timedelta | None = None) -> tuple[Pass, ...]:
    """The passes of a training, in order. A join raises TrainingError where the data cannot be learnt from.

    Args:
        sampling: time between rows; without it the median of what is there.
    """
    return (
        Pass("survey", survey.look, lambda _, parts: survey.join(parts, sampling)),
        Pass("gather", gathering.look, gathering.join),
        Pass("judge", judging.look, judging.join),
    )


def finish(state: Numbers) -> FittedModel:
    """The model of what the last pass joined."""
    views = tuple(learn_view(state, lags) for lags in state["lags"].tolist())
    steady = state["steady"]
    model = FittedModel(
        sensors=tuple(state["sensors"].tolist()),
        scaling=Scaling.of(state),
        mean=state["all_mean"],
        distances=tuple(learn_distance(state, number) for number in range(len(state["rows_meant"]))),
        views=views,
        thresholds=learn_thresholds(state, views),
        steady=Steady(steady, state["least"][steady], state["most"][steady]),
        rest=state["rest"],
        longest_pause=state["pause"],
        trained_rows=int(state["complete"].sum()),
    )
    return heeding(model, state)
