"""Methods at work, each in a process of its own environment, on files that hold no labels.

python -m support.detection.running METHOD CASES.npz VERDICTS.npz
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from support.detection.cases import Case, Learn, Learnt, Verdict
from support.detection.exchange import read_cases, read_verdicts, write_cases, write_verdicts

_BENCHMARKS = Path(__file__).parents[2]
PEERS_PYTHON = _BENCHMARKS.parent / ".venv-detection" / "bin" / "python"
METHODS = {
    "ours": "ours.ours",
    "ours, peers' rule": "ours.ours_by_the_rule",
    "PCA T2+Q": "pca.plain",
    "lagged T2+Q": "pca.lagged",
    "the same, 2 x q99": "pca.lagged_twice",
    "isolation forest": "peers.isolation_forest",
    "ECOD (pyod)": "peers.ecod",
    "KMeansAD (aeon)": "peers.k_means",
    "random": "chance.random",
    "always anomalous": "chance.always",
}
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def judged(method: str, cases: Sequence[Case]) -> list[Verdict]:
    """What a method says of every case, computed by one thread.

    Raises:
        subprocess.CalledProcessError: the method failed; what it said is on standard error.
    """
    is_peer = METHODS[method].startswith("peers.")
    environment = dict(os.environ) | _ONE_THREAD | {"PYTHONPATH": f"{_BENCHMARKS}:{_BENCHMARKS.parent}"}
    with TemporaryDirectory(prefix="lookout-detection-") as folder:
        asked, answered = Path(folder, "cases.npz"), Path(folder, "verdicts.npz")
        write_cases(asked, cases)
        python = PEERS_PYTHON if is_peer else sys.executable
        command = [python, "-m", "support.detection.running", method, asked, answered]
        subprocess.run(command, env=environment, check=True)
        return read_verdicts(answered)


def main() -> None:
    method, asked, answered = sys.argv[1:]
    module, _, function = METHODS[method].partition(".")
    learn: Learn = getattr(import_module(f"support.detection.{module}"), function)
    cases = read_cases(Path(asked))
    trainings = {id(case.training): case.training for case in cases}
    learnt = {key: _timed(learn, training) for key, training in trainings.items()}
    thresholds = {key: knowing.threshold() for key, (knowing, _) in learnt.items()}
    verdicts = [_verdict(case, *learnt[id(case.training)], thresholds[id(case.training)]) for case in cases]
    write_verdicts(Path(answered), verdicts)


def _verdict(case: Case, learnt: Learnt, fit_seconds: float, threshold: float) -> Verdict:
    (score, shares), score_seconds = _timed(learnt.judge, case)
    return Verdict(score, shares, threshold, fit_seconds, score_seconds)


def _timed(work: Callable[[Any], Any], on: Any) -> tuple[Any, float]:
    """What the work gives, and the seconds of CPU it took: other work of the machine does not count."""
    begun = process_time()
    return work(on), process_time() - begun


if __name__ == "__main__":
    main()
