"""How well and how fast our detector does, beside its peers, on labelled data.

    python benchmarks/detection.py [FOLDER] [--only METHOD] [--data NAME]     both may stand several times

FOLDER holds skab/ and tep/; what is not there is left out. The other data are generated. Every method learns from the
same rows, judges the same rows and knows no label; each has one configuration for all data. The peers' thresholds lie
by one declared rule (support/detection/rule.py); ours is a score of 0.5, which is what an engine goes by. Each method
runs in one thread. The program fails where ours does not beat random scores.

Columns: F1, false and missed alarms over all rows; AUC-PR is the mean over series, pooled that of all their rows
together; stretches of a fault with an alarm and the median rows to the first; how often the broken sensor has the
largest share; seconds of CPU for all series.

Read with care: our detector was chosen with the labels of SKAB and Tennessee Eastman in view.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from support.detection.cases import Case
from support.detection.data_sets import DATA_SETS
from support.detection.measures import Quality, quality
from support.detection.running import METHODS, PEERS_PYTHON, judged
from support.detection.tables import print_names, print_qualities, print_rates

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"


def main() -> None:
    said = _arguments()
    if not PEERS_PYTHON.exists() and said.only != ["ours"]:
        sys.exit("The peers of .venv-detection are not there; `make bench-detection` installs them.")
    lost = []
    for name in said.data or DATA_SETS:
        data_sets = DATA_SETS[name](said.folder)
        if not data_sets:
            print(f"\n{name}: left out, {said.folder} has nothing of it")
        for title, cases in data_sets.items():
            lost += _measure(title, cases, said.only or list(METHODS))
    if lost:
        sys.exit(f"Ours does not beat random scores on {', '.join(lost)}.")


def _measure(title: str, cases: Sequence[Case], methods: Sequence[str]) -> list[str]:
    """Print all there is to say of a data set; its name where random scores are as good as ours."""
    told = {method: judged(method, cases) for method in methods}
    qualities = {method: quality(cases, verdicts) for method, verdicts in told.items()}
    print_qualities(title, cases, qualities)
    if title == "Tennessee Eastman":
        print_rates(cases, told)
    if any(case.culprit for case in cases):
        print_names(cases, told)
    return [] if _beaten(qualities) else [title]


def _beaten(qualities: dict[str, Quality]) -> bool:
    ours, random = qualities.get("ours"), qualities.get("random")
    return not ours or not random or (ours.f1 > random.f1 and ours.auc_pr > random.auc_pr)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--only", action="append", choices=METHODS)
    parser.add_argument("--data", action="append", choices=DATA_SETS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
