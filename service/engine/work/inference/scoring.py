"""Readings of one window -> the lines of its results, the parts of events in it, and figures of its input."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from service.engine.detection import Event, Readings, Scores, diagnostics, find_events, score
from service.engine.scheduling.frequency import format_duration
from service.engine.scheduling.windows import Window
from service.engine.store.event_parts import EventPart
from service.engine.work.bucket.trained_models import TrainedModel
from service.engine.work.frames.alignment import between, filled_forward, joined_on_time, resampled
from service.engine.work.frames.off_condition import off_rows
from service.engine.work.inference.quotas import check_rows
from service.engine.work.inference.result_lines import DECIMALS, result_lines
from service.engine.work.inference.verdicts import Rules, Verdicts, judged
from service.engine.work.inference.window_figures import drift_of, quality_of
from service.engine.work.problems import InputProblem

PLAIN = Rules()


@dataclass(frozen=True)
class ScoredWindow:
    """`lines` is the whole of results.jsonl; `quality` and `drift` have the names of the wire."""

    lines: bytes
    parts: tuple[EventPart, ...]
    quality: dict[str, Any]
    drift: dict[str, Any] | None = None


def score_window(
    trained: TrainedModel, components: Sequence[Readings], window: Window, rules: Rules = PLAIN
) -> ScoredWindow:
    """Score the rows with data_start_time < time <= data_end_time; rows before them are context.

    Args:
        components: readings of every component up to the end of the window.
        rules: what the scores are judged by.

    Raises:
        InputProblem: more rows than one execution may have.
    """
    read = joined_on_time([resampled(part, trained.rate) for part in components])
    read = between(read, None, window.data_end_time)
    table = filled_forward(read)
    running = ~off_rows(trained.off_condition, table)
    inside = np.arange(len(table)) >= len(between(table, None, window.data_start_time))
    _check(int(inside.sum()), window, trained, rules)
    scores = score(trained.fitted, table.rows(inside & running), context=table.rows(~inside & running))
    rounded = replace(scores, score=scores.score.round(DECIMALS))
    verdicts = judged(rounded, rules)
    return ScoredWindow(
        lines=result_lines(table.times[inside], rounded, verdicts),
        parts=tuple(_parts(rounded, verdicts, table.times[inside])),
        quality=quality_of(trained.fitted, read, inside, verdicts),
        drift=drift_of(trained.fitted, read.rows(inside & running)),
    )


def _check(rows: int, window: Window, trained: TrainedModel, rules: Rules) -> None:
    if not rows:  # PT10M in windows of 15 minutes, and rows in the last five alone
        raise InputProblem(
            f"No bucket of the model's TargetSamplingRate {format_duration(trained.rate)} that ends in the window "
            f"{window} has a row."
        )
    check_rows(rows, window, rules.quotas)


def _parts(scores: Scores, verdicts: Verdicts, times: np.ndarray) -> list[EventPart]:
    found = find_events(scores, verdicts.anomalous)
    first, last = times[0].astype("datetime64[us]"), times[-1].astype("datetime64[us]")
    return [
        EventPart(
            start_time=event.start,
            end_time=event.end,
            points=event.points,
            diagnostics=_rounded(event),
            opens_window=np.datetime64(event.start.replace(tzinfo=None), "us") == first,
            closes_window=np.datetime64(event.end.replace(tzinfo=None), "us") == last,
        )
        for event in found
    ]


def _rounded(event: Event) -> list[dict]:
    shares = diagnostics(event.sensors, event.contributions)
    return [{"name": share["name"], "value": round(share["value"], DECIMALS)} for share in shares]
