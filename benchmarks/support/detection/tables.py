"""What is printed: a table for each data set, and what only some data sets can say."""

from collections.abc import Mapping, Sequence

import numpy as np

from support.detection.cases import Case, Verdict
from support.detection.measures import Quality, detection_rate, named, rows_named

_COLUMNS = {
    "F1": lambda q: f"{q.f1:.3f}",
    "false %": lambda q: f"{q.false:.1f}",
    "missed %": lambda q: f"{q.missed:.1f}",
    "AUC-PR": lambda q: f"{q.auc_pr:.3f}",
    "pooled": lambda q: f"{q.pooled_auc_pr:.3f}",
    "found %": lambda q: f"{q.found:.0f}",
    "delay": lambda q: f"{q.delay:.0f}",
    "top-1 %": lambda q: f"{q.top_one:.1f}",
    "fit s": lambda q: f"{q.fit_seconds:.2f}",
    "score s": lambda q: f"{q.score_seconds:.2f}",
}
Told = Mapping[str, Sequence[Verdict]]


def print_qualities(name: str, cases: Sequence[Case], qualities: Mapping[str, Quality]) -> None:
    sensors = len(cases[0].series.sensors)
    learnt = f"{len(cases[0].training):,} rows to learn from"
    judged = f"{len(cases)} series, {sum(len(case.series) for case in cases):,} rows"
    print(f"\n{name}: {sensors} sensors, {learnt}, {judged}")
    print(f"  {'':18}" + "".join(f"{column:>10}" for column in _COLUMNS))
    for method, found in qualities.items():
        cells = [cell(found).replace("nan", "-") for cell in _COLUMNS.values()]
        print(f"  {method:18}" + "".join(f"{cell:>10}" for cell in cells), flush=True)


def print_rates(cases: Sequence[Case], told: Told) -> None:
    """Where every series has one fault: per cent of its faulty rows found; of one without a fault, false alarms."""
    faults = [number for number, case in enumerate(cases) if case.faulty.any()]
    print("\n  found % (no fault: false %)")
    print(f"  {'':18}" + "".join(f"{case.kind:>10}" for case in cases) + f"{'mean':>10}")
    for method, verdicts in told.items():
        rates = [detection_rate(case, verdict) for case, verdict in zip(cases, verdicts, strict=True)]
        mean = np.mean([rates[number] for number in faults])
        print(f"  {method:18}" + "".join(f"{rate:10.1f}" for rate in [*rates, mean]))


def print_names(cases: Sequence[Case], told: Told) -> None:
    """Where one sensor is broken: how often it is named first, by kind of fault; of faults, and of rows."""
    told = {method: verdicts for method, verdicts in told.items() if verdicts[0].shares.size}
    if not told:
        return
    single = [number for number, case in enumerate(cases) if case.culprit]
    kinds = {cases[number].kind: [] for number in single}
    for number in single:
        kinds[cases[number].kind].append(number)
    print("\n  the broken sensor has the largest share, in % of faults (of rows with an alarm)")
    print(f"  {'':18}" + "".join(f"{kind:>16}" for kind in [*kinds, "all"]))
    for method, verdicts in told.items():
        groups = [*kinds.values(), single]
        cells = [_named([cases[n] for n in group], [verdicts[n] for n in group]) for group in groups]
        print(f"  {method:18}" + "".join(f"{cell:>16}" for cell in cells))


def _named(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> str:
    rows = np.sum([rows_named(*pair) for pair in zip(cases, verdicts, strict=True)], axis=0)
    return f"{named(cases, verdicts):.1f} ({100 * rows[0] / max(rows[1], 1):.1f})"
