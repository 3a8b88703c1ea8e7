"""Pointwise diagnostics: a line for every row of a range, as results.jsonl has them, in one gzipped object.

The range is the evaluation range, else the training range, else all data. A gzip file may consist of several members,
so parts that were made one by one, by whoever, are the object when they are put one after the other.
"""

import gzip
from dataclasses import replace
from typing import BinaryIO

import numpy as np

from service.engine.detection import Scores
from service.engine.objects import ObjectStore
from service.engine.store.models import Model
from service.engine.work.inference.result_lines import DECIMALS, result_lines

FILE_NAME = "model_diagnostics_results.json.gz"
_FAST = 3  # of gzip's levels; a sixth larger than with the usual one, in a third of the time
ROWS_AT_ONCE = 5_000


def diagnostics_key(prefix: str, model_name: str, version: int) -> str:
    """Where the diagnostics of a version lie: no later version, and no other model, writes over them."""
    return f"{prefix}{model_name}/{version}/{FILE_NAME}"


def diagnostic_lines(times: np.ndarray, scores: Scores) -> bytes:
    """The gzipped lines of these rows, datetime64 [n]; one that is not among the scores' times was MACHINE_OFF."""
    parts = []
    for first in range(0, len(times), ROWS_AT_ONCE):
        chosen = times[first : first + ROWS_AT_ONCE]
        begin, end = np.searchsorted(scores.times, chosen[0]), np.searchsorted(scores.times, chosen[-1], side="right")
        parts.append(gzip.compress(result_lines(chosen, _rounded(scores, slice(begin, end))), _FAST, mtime=0))
    return b"".join(parts)


def write_diagnostics(objects: ObjectStore, model: Model, version: int, lines: BinaryIO) -> dict[str, str]:
    """Write the object that the model's ModelDiagnosticsOutputConfiguration asks for; its place, as the wire says it.

    Args:
        lines: a file of gzipped lines, at any position.

    Raises:
        ObjectsRefused, ObjectsUnavailable: as the object store says.
    """
    asked = model.model_diagnostics_output_configuration
    target = asked["S3OutputConfiguration"]
    place = {"Bucket": target["Bucket"], "Key": diagnostics_key(target.get("Prefix", ""), model.name, version)}
    lines.seek(0)
    objects.put(place["Bucket"], place["Key"], lines, kms_key_id=asked.get("KmsKeyId"))
    return place


def _rounded(scores: Scores, chosen: slice) -> Scores:
    return replace(
        scores,
        times=scores.times[chosen],
        score=scores.score[chosen].round(DECIMALS),
        contributions=scores.contributions[chosen],
    )
