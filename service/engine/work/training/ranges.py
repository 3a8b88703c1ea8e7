"""The ranges that a version names, and whether the data have anything in them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from service.engine.scheduling.windows import utc_text
from service.engine.store.models import Model
from service.engine.work.problems import InputProblem
from service.engine.work.retraining.available_days import check_days
from service.engine.work.training.data import TrainingData, has_from_to
from service.engine.work.training.portions import Portion, Range, rows_in
from service.quotas import Quotas


@dataclass(frozen=True)
class Found:
    """What the data have for a version: rows, and of those with the machine running how many in which range.

    days: UTC days with such a row in the training range, counted from 1970.
    """

    rows: int = 0
    trained: int = 0
    evaluated: int = 0
    days: frozenset[int] = frozenset()

    def __add__(self, other: "Found") -> "Found":
        return Found(
            self.rows + other.rows,
            self.trained + other.trained,
            self.evaluated + other.evaluated,
            self.days | other.days,
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"days": sorted(self.days)}


def found_of(said: Mapping[str, Any]) -> Found:
    """What was written as JSON."""
    return Found(**(said | {"days": frozenset(said["days"])}))


def training_range(model: Model) -> Range:
    """From when to when a version learns; either end may be open."""
    return model.training_data_start_time, model.training_data_end_time


def evaluation_range(model: Model) -> Range | None:
    """None for a version that is not evaluated."""
    given = model.evaluation_data_start_time, model.evaluation_data_end_time
    return given if any(given) else None


def diagnosed_range(model: Model) -> Range | None:
    """What pointwise diagnostics are of, if they are asked for: the evaluation range, else the training range."""
    return (evaluation_range(model) or training_range(model)) if model.model_diagnostics_output_configuration else None


def is_judged(model: Model) -> bool:
    """Whether anything is scored after the fitting."""
    return evaluation_range(model) is not None or diagnosed_range(model) is not None


def found_in(model: Model, portion: Portion) -> Found:
    """What one portion has."""
    running = portion.table.times[~portion.off]
    trained, evaluated = rows_in(running, training_range(model)), evaluation_range(model)
    return Found(
        rows=len(portion.table),
        trained=int(trained.sum()),
        evaluated=int(rows_in(running, evaluated).sum()) if evaluated else 0,
        days=frozenset(np.unique(running[trained].astype("datetime64[D]").astype(np.int64)).tolist()),
    )


def check_found(data: TrainingData, portions: Iterable[Found], quotas: Quotas) -> Found:
    """What all portions have together.

    Raises:
        InputProblem: nothing in a range that the version names, more rows in it than the quota, or too few days for a
            retraining; the message says what there is.
    """
    found = sum(portions, Found())
    if data.is_retraining:
        check_days(data.version, len(found.days))
    if not found.trained:
        raise InputProblem(_nothing_in(data, training_range(data.model), "training", found))
    if (evaluated := evaluation_range(data.model)) and not found.evaluated:
        raise InputProblem(_nothing_in(data, evaluated, "evaluation", found))
    _check_rows("training", found.trained, quotas.training_rows)
    _check_rows("evaluation", found.evaluated, quotas.evaluation_rows)
    return found


def _check_rows(what: str, rows: int, allowed: int) -> None:
    if rows > allowed:
        raise InputProblem(
            f"The {what} range has {rows:,} rows after resampling; {allowed:,} are allowed. Take a shorter range, or a "
            "longer TargetSamplingRate."
        )


def _nothing_in(data: TrainingData, chosen: Range, what: str, found: Found) -> str:
    start, end = chosen
    wanted = f"{utc_text(start) if start else 'the beginning'} to {utc_text(end) if end else 'the end'}"
    has = f"The dataset has no data in the {what} range, {wanted}. "
    if found.rows and data.model.off_condition and not found.trained + found.evaluated:
        return has + "It has no row with the machine running at all."
    first, last = (np.datetime_as_string(time, unit="s") for time in has_from_to(data))
    return has + f"It has data from {first}Z to {last}Z."
