"""How well and how fast our detector does, beside two peers measured in the same run.

    python benchmarks/detection.py [FOLDER]     FOLDER holds skab/ and tep/; what is not there is left out

Peers: a plain PCA (Hotelling's T2 and Q, 90 % of the variance, 99 % of the training rows inside, no lags, no means)
and "always anomalous", which any useful detector must beat. One configuration for all data. Point-adjusted F1 is not
shown: random scores do well by it.

Read with care: horizons, safety and weights of our detector were chosen with these very labels in view, so the figures
are not those of unseen data. The peer's threshold comes from the rows it learnt from, ours from rows held back: AUC-PR
compares the two without a threshold.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from _detection_data import Case, sample_pump, skab, tennessee_eastman

from service.engine.detection import ANOMALOUS_ABOVE, Readings, fit, score

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
COLUMNS = ("F1", "x PCA", "false %", "missed %", "AUC-PR", "x PCA", "events", "delay")

Detector = Callable[[Case], np.ndarray]


def ours(case: Case) -> np.ndarray:
    """Scores of our detector, with the end of the training rows as context where the series follows them."""
    model = fit(case.training)
    return score(model, case.series, context=case.training if case.follows_training else None).score


def plain_pca(case: Case) -> np.ndarray:
    """Scores of a PCA on single rows: the worse of T2 and Q, each over its 99 % quantile in training."""
    centre, spread = case.training.values.mean(axis=0), case.training.values.std(axis=0)
    usable = spread > 0
    training = ((case.training.values - centre) / np.where(usable, spread, 1))[:, usable]
    series = ((case.series.values - centre) / np.where(usable, spread, 1))[:, usable]
    _, singular, directions = np.linalg.svd(np.nan_to_num(training), full_matrices=False)
    kept = int(np.searchsorted(np.cumsum(singular**2) / np.sum(singular**2), 0.9)) + 1
    variances = singular[:kept] ** 2 / len(training)

    def distances(rows: np.ndarray) -> np.ndarray:
        parts = np.nan_to_num(rows) @ directions[:kept].T
        residual = np.nan_to_num(rows) - parts @ directions[:kept]
        return np.column_stack([(parts**2 / variances).sum(axis=1), (residual**2).sum(axis=1)])

    ratio = (distances(series) / np.quantile(distances(training), 0.99, axis=0)).max(axis=1)
    return ratio / (1 + ratio)


def always_anomalous(case: Case) -> np.ndarray:
    """The same high score for every row."""
    return np.ones(len(case.series))


DETECTORS: dict[str, Detector] = {"ours": ours, "plain PCA": plain_pca, "always": always_anomalous}


def quality(cases: Sequence[Case], detector: Detector) -> dict[str, float]:
    """Measures over all rows at the threshold that training set; AUC-PR is the mean over cases with a fault."""
    scores = [detector(case) for case in cases]
    faulty, alarm = np.concatenate([case.faulty for case in cases]), np.concatenate(scores) > ANOMALOUS_ABOVE
    hits, misses, false = (faulty & alarm).sum(), (faulty & ~alarm).sum(), (~faulty & alarm).sum()
    events = [delay for case, one in zip(cases, scores, strict=True) for delay in _delays(case.faulty, one)]
    found = [delay for delay in events if delay is not None]
    precision = [_average_precision(c.faulty, one) for c, one in zip(cases, scores, strict=True) if c.faulty.any()]
    return {
        "f1": 2 * hits / max(2 * hits + misses + false, 1),
        "false": 100 * false / max((~faulty).sum(), 1),
        "missed": 100 * misses / max(faulty.sum(), 1),
        "auc_pr": float(np.mean(precision)),
        "events": 100 * len(found) / len(events),
        "delay": float(np.median(found)) if found else float("nan"),
    }


def _delays(faulty: np.ndarray, scores: np.ndarray) -> list[int | None]:
    """Rows from the start of each fault to the first alarm in it; None for a fault without one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], faulty.astype(int), [0]])))
    events = [np.flatnonzero(scores[start:end] > ANOMALOUS_ABOVE) for start, end in edges.reshape(-1, 2)]
    return [int(alarms[0]) if len(alarms) else None for alarms in events]


def _average_precision(faulty: np.ndarray, scores: np.ndarray) -> float:
    """Area under precision over recall, ties taken together."""
    order = np.argsort(-scores, kind="stable")
    last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    hits, shown = np.cumsum(faulty[order])[last_of_tie], np.flatnonzero(last_of_tie) + 1
    return float(np.sum(np.diff(hits, prepend=0) * hits / shown) / faulty.sum())


def print_quality(name: str, cases: Sequence[Case]) -> None:
    measured = {label: quality(cases, detector) for label, detector in DETECTORS.items()}
    peer = measured["plain PCA"]
    print(f"\n{name}: {len(cases)} series, {sum(len(case.series) for case in cases)} rows")
    print(f"  {'':10}" + "".join(f"{column:>10}" for column in COLUMNS))
    for label, m in measured.items():
        numbers = (m["f1"], m["f1"] / peer["f1"], m["false"], m["missed"], m["auc_pr"], m["auc_pr"] / peer["auc_pr"])
        line = "".join(f"{number:10.2f}" for number in numbers)
        print(f"  {label:10}{line}{m['events']:9.0f}%{m['delay']:5.0f} rows")


def print_speed() -> None:
    print(f"\nSpeed (one process)\n  {'':34}{'ours':>10}{'plain PCA':>12}{'ratio':>8}")
    for rows, sensors in ((30_000, 20), (100_000, 122)):
        case = Case(_noise(rows, sensors), _noise(5, sensors), np.zeros(5, dtype=bool), follows_training=False)
        fitting, peer = _median_seconds(lambda c=case: fit(c.training)), _median_seconds(lambda c=case: plain_pca(c))
        print(f"  fit {rows:7,} rows x {sensors:3} sensors{fitting:13.2f} s{peer:10.2f} s{fitting / peer:8.1f}")
    model, window, context = fit(_noise(2000, 122)), _noise(5, 122, first=20), _noise(20, 122)
    warm = _median_seconds(lambda: score(model, window, context=context), times=50)
    cold = _median_seconds(lambda: score(model, window), times=50)
    print(f"  score 5 rows x 122 sensors: {1000 * warm:.1f} ms with context, {1000 * cold:.1f} ms without")


def _noise(rows: int, sensors: int, first: int = 0) -> Readings:
    minutes = np.arange(first, first + rows)
    rng = np.random.default_rng(7)
    load = np.sin(minutes / 200.0)[:, None] * rng.normal(size=sensors)
    times = np.datetime64("2026-01-01", "ns") + minutes * np.timedelta64(1, "m")
    return Readings(times, load + rng.normal(size=(rows, sensors)), tuple(f"c\\s{n}" for n in range(sensors)))


def _median_seconds(work: Callable[[], object], times: int = 3) -> float:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return float(np.median(taken))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER
    for name, part, cases in (("SKAB valve1", "skab", skab), ("Tennessee Eastman", "tep", tennessee_eastman)):
        if (folder / part).is_dir():
            print_quality(name, list(cases(folder)))
        else:
            print(f"\n{name}: left out, there is no folder {part}/ in {folder}")
    print_quality("Sample pump", list(sample_pump()))
    print_speed()


if __name__ == "__main__":
    main()
