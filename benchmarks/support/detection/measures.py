"""How good verdicts are. Point-adjusted F1 is not among the measures: random scores do well by it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from support.detection.cases import Case, Verdict

NONE = float("nan")


@dataclass(frozen=True)
class Quality:
    """Measures over the rows of all cases at the threshold: f1 from 0 to 1; false, missed, found in per cent.

    auc_pr: mean over cases with a fault; pooled_auc_pr: of all their rows together, which asks that scores mean the
    same in all of them; found: stretches of faulty rows with an alarm; delay: median rows to the first; top_one: faults
    of one sensor in which it has the largest mean share, over the rows with an alarm; seconds: of all cases together.
    """

    f1: float
    false: float
    missed: float
    auc_pr: float
    pooled_auc_pr: float
    found: float
    delay: float
    top_one: float
    fit_seconds: float
    score_seconds: float


def quality(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> Quality:
    faulty = np.concatenate([case.faulty for case in cases])
    alarm = np.concatenate([verdict.alarm for verdict in verdicts])
    hits, misses, false = (faulty & alarm).sum(), (faulty & ~alarm).sum(), (~faulty & alarm).sum()
    delays = [delay for pair in zip(cases, verdicts, strict=True) for delay in _delays(*pair)]
    shown = [delay for delay in delays if delay is not None]
    broken = [(case, verdict) for case, verdict in zip(cases, verdicts, strict=True) if case.faulty.any()]
    fits = {id(case.training): float(verdict.fit_seconds) for case, verdict in zip(cases, verdicts, strict=True)}
    return Quality(
        f1=2 * hits / max(2 * hits + misses + false, 1),
        false=100 * false / max((~faulty).sum(), 1),
        missed=100 * misses / max(faulty.sum(), 1),
        auc_pr=float(np.mean([average_precision(case.faulty, verdict.score) for case, verdict in broken])),
        pooled_auc_pr=average_precision(faulty, np.concatenate([verdict.score for verdict in verdicts])),
        found=100 * len(shown) / len(delays),
        delay=float(np.median(shown)) if shown else NONE,
        top_one=named(cases, verdicts),
        fit_seconds=sum(fits.values()),
        score_seconds=sum(float(verdict.score_seconds) for verdict in verdicts),
    )


def detection_rate(case: Case, verdict: Verdict) -> float:
    """Per cent of the faulty rows with an alarm; of a case without any, per cent of all rows."""
    return 100 * float(verdict.alarm[case.faulty if case.faulty.any() else slice(None)].mean())


def named(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> float:
    """Per cent of the faults of one sensor that `blamed` names rightly; one without an alarm counts as named wrongly.

    NaN where no case has a culprit, or no shares are told.
    """
    pairs = [(case, verdict) for case, verdict in zip(cases, verdicts, strict=True) if case.culprit]
    if not pairs or not verdicts[0].shares.size:
        return NONE
    return 100 * float(np.mean([blamed(case, verdict) == case.culprit for case, verdict in pairs]))


def blamed(case: Case, verdict: Verdict) -> str:
    """The sensor with the largest mean share over the faulty rows with an alarm; empty where there is none."""
    rows = case.faulty & verdict.alarm
    return case.series.sensors[int(verdict.shares[rows].mean(axis=0).argmax())] if rows.any() else ""


def rows_named(case: Case, verdict: Verdict) -> tuple[int, int]:
    """How many of the faulty rows with an alarm name the culprit first, and how many there are."""
    rows = case.faulty & verdict.alarm
    first = verdict.shares[rows].argmax(axis=1)
    return int((first == case.series.sensors.index(case.culprit)).sum()), int(rows.sum())


def average_precision(faulty: np.ndarray, score: np.ndarray) -> float:
    """Area under precision over recall, ties taken together."""
    order = np.argsort(-score, kind="stable")
    last_of_tie = np.append(np.diff(score[order]) != 0, True)
    hits, shown = np.cumsum(faulty[order])[last_of_tie], np.flatnonzero(last_of_tie) + 1
    return float(np.sum(np.diff(hits, prepend=0) * hits / shown) / max(faulty.sum(), 1))


def _delays(case: Case, verdict: Verdict) -> list[int | None]:
    """Rows from the start of each stretch of faulty rows to its first alarm; None for one without."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], case.faulty.astype(int), [0]])))
    alarms = [np.flatnonzero(verdict.alarm[start:end]) for start, end in edges.reshape(-1, 2)]
    return [int(rows[0]) if len(rows) else None for rows in alarms]
