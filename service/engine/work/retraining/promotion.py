"""Whether a retrained version takes over from the active one: the criteria of the service's guide, by labels.

labels in the data of      the new version becomes active
the old     the new        (MANAGED; MANUAL never promotes)
yes         yes            when its metrics are better than the old one's on the same range
yes         no             never: there is nothing to compare by
no          yes            when its quality meets the threshold
no          no             always
"""

import json
from dataclasses import dataclass

from service.engine.store.model_versions import ModelVersion

PROMOTED, NOT_PROMOTED = "MODEL_PROMOTED", "MODEL_NOT_PROMOTED"
CUSTOMER_ERROR, INTERNAL_ERROR = "RETRAINING_CUSTOMER_ERROR", "RETRAINING_INTERNAL_ERROR"
CANCELLED = "RETRAINING_CANCELLED"
LONGEST_REASON = 256  # characters, a bound of the service model


@dataclass(frozen=True)
class Verdict:
    """AutoPromotionResult and AutoPromotionResultReason."""

    result: str
    reason: str

    @property
    def promoted(self) -> bool:
        return self.result == PROMOTED

    def columns(self) -> dict[str, str]:
        """As the version's row has them; a reason that is too long is cut."""
        whole = len(self.reason) <= LONGEST_REASON
        reason = self.reason if whole else self.reason[: LONGEST_REASON - 1] + "…"
        return {"auto_promotion_result": self.result, "auto_promotion_result_reason": reason}


def verdict(
    mode: str,
    prior: ModelVersion | None,
    *,
    compared: int | None,
    metrics: str,
    quality: str,
    prior_metrics: str | None,
) -> Verdict:
    """What becomes of a retrained version.

    Args:
        mode: MANAGED or MANUAL.
        prior: the version that is active now.
        compared: the version that was active when the new one was evaluated; None when it could not be loaded.
        metrics, prior_metrics: ModelMetrics of the new version and of the compared one on the same range.
        quality: ModelQuality of the new version.
    """
    if mode == "MANUAL":
        return Verdict(NOT_PROMOTED, "PromoteMode is MANUAL; the version can be activated by hand.")
    if prior is None:
        return Verdict(PROMOTED, "No version was active.")
    if compared is not None and compared != prior.version:
        return Verdict(NOT_PROMOTED, f"Version {prior.version} was activated while this one was trained.")
    had_labels, has_labels = _has_labels(prior.model_quality), _has_labels(quality)
    if had_labels and has_labels and prior_metrics:
        return _by_metrics(prior.version, json.loads(prior_metrics), json.loads(metrics))
    if had_labels and not has_labels:
        return Verdict(NOT_PROMOTED, f"The new data has no labels to compare it with version {prior.version} by.")
    if has_labels:
        return _by_quality(quality)
    return Verdict(PROMOTED, f"Neither version {prior.version} nor this one has labels, and its data is newer.")


def merit(metrics: dict) -> float:
    """One figure to compare versions by: the mean of recall, precision, mean fractional lead time and AUC."""
    told = metrics["model_version_metrics"]
    return sum(told.values()) / len(told)


def _by_metrics(number: int, old: dict, new: dict) -> Verdict:
    figures = f"recall, precision, lead time and AUC have a mean of {merit(new):.3f}, of {merit(old):.3f} in"
    if merit(new) > merit(old):
        return Verdict(PROMOTED, f"The metrics are better: {figures} version {number}.")
    return Verdict(NOT_PROMOTED, f"The metrics did not improve: {figures} version {number}.")


def _by_quality(quality: str) -> Verdict:
    if quality == "QUALITY_THRESHOLD_MET":
        return Verdict(PROMOTED, "The quality meets the threshold, and there are no metrics of a version before.")
    return Verdict(NOT_PROMOTED, "The quality is poor: too few of the labelled events were found.")


def _has_labels(quality: str | None) -> bool:
    """Whether there were labels in the data that a version was evaluated on: without them there is no quality."""
    return quality in ("QUALITY_THRESHOLD_MET", "POOR_QUALITY_DETECTED")
