"""ModelMetrics: what the model found in the evaluation range, beside what was labelled there."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from service.engine.detection.events import Event, diagnostics, overlap
from service.engine.detection.judged import Judged
from service.engine.detection.readings import moment, within

LONGEST = 50_000  # characters of the JSON text, a bound of the service model
LABELS_LISTED = 200
CONTRIBUTORS_KEPT = (None, 50, 20, 10, 5, 3, 1)
ENOUGH = 0.5  # of the labelled events have to be found, and scores have to tell labelled rows as well as a coin does

Label = tuple[datetime, datetime]


def evaluate(judged: Judged, labels: Sequence[Label] = (), unjudged: Sequence[Label] = ()) -> dict:
    """ModelMetrics in the shape of the service, for readers that `eval` it: no null, true, false or NaN inside.

    - labeled_ranges: the labels that touch the scored range;
    - num_identified (labeled): those of them that an event touches; total_warning_time_in_seconds: time spent in events
      inside labels (the IoT SiteWise guide words it so: time the model spent in warning state for labelled events);
    - predicted_ranges: every event with its mean contributions;
    - unknown_event_metrics: events that touch no label, and how long they last together;
    - model_version_metrics, with labels alone (names as in the guide of AWS IoT SiteWise): see `_quotients`.

    The JSON text stays within 50,000 characters: only the first 200 labels are listed; then only the largest
    contributions of each event are kept (50, 20, 10, 5, 3, 1 of them); then the shortest events are left out of
    predicted_ranges. The counts and the seconds are always those of all events and labels.

    Args:
        labels: ranges in which something was wrong.
        unjudged: ranges of which nobody knows; an event there is neither right nor wrong.
    """
    inside, events = _inside(judged, labels), judged.events
    found, left_out = _found(events, inside), _found(events, unjudged)
    touched = {number for numbers in (*found, *left_out) for number in numbers}
    unknown = [event for number, event in enumerate(events) if number not in touched]
    metrics = {
        "labeled_ranges": [_range(start, end) for start, end in inside[:LABELS_LISTED]],
        "labeled_event_metrics": _labelled(events, inside, found),
        "predicted_ranges": [],
        "unknown_event_metrics": {
            "num_identified": len(unknown),
            "total_duration_in_seconds": _seconds(event.duration for event in unknown),
        },
    }
    if inside:
        metrics["model_version_metrics"] = _quotients(judged, inside, found, unjudged, len(unknown))
    return metrics | {"predicted_ranges": _fitting(events, LONGEST - len(json.dumps(metrics)))}


def quality_of(metrics: dict) -> str:
    """ModelQuality by the metrics of an evaluation; nothing can be said without labels in its range."""
    told = metrics.get("model_version_metrics")
    if not told:
        return "CANNOT_DETERMINE_QUALITY"
    enough = told["recall"] >= ENOUGH and told.get("auc", ENOUGH) >= ENOUGH
    return "QUALITY_THRESHOLD_MET" if enough else "POOR_QUALITY_DETECTED"


def _quotients(
    judged: Judged, labels: Sequence[Label], found: Sequence[range], unjudged: Sequence[Label], unknown: int
) -> dict[str, float]:
    """What the service told of models with labels, each from 0 to 1, the more the better.

    - recall: share of the labelled ranges that an event touches;
    - precision: share of the events that touch a labelled range;
    - mean_fractional_lead_time: how much of a labelled range was still to come when it was found, 0 where it was not;
    - auc: how often a row inside a label scores higher than one outside; left out where one of the two is missing.
    """
    pairs = list(zip(labels, found, strict=True))
    leads = [_lead(judged.events[numbers[0]], *label) for label, numbers in pairs if numbers]
    true = len(set().union(*found))
    told = {
        "recall": len(leads) / len(labels),
        "precision": true / max(1, true + unknown),
        "mean_fractional_lead_time": sum(leads) / len(labels),
    }
    labelled = within(judged.times, labels)
    auc = _auc(judged.score[labelled], judged.score[~labelled & ~within(judged.times, unjudged)])
    return told | ({} if auc is None else {"auc": auc})


def _lead(first: Event, start: datetime, end: datetime) -> float:
    """Share of the range that lies after the first event in it began."""
    return (end - max(first.start, start)) / (end - start) if end > start else 1.0


def _auc(positive: np.ndarray, negative: np.ndarray) -> float | None:
    if not len(positive) or not len(negative):
        return None
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left") + np.searchsorted(ordered, positive, "right")
    return float(below.mean() / 2 / len(ordered))


def _found(events: Sequence[Event], ranges: Iterable[Label]) -> list[range]:
    """Which events touch each range, by their numbers: events are in order, and no two of them overlap."""
    starts, ends = [event.start for event in events], [event.end for event in events]
    return [range(bisect_left(ends, start), bisect_right(starts, end)) for start, end in ranges]


def _inside(judged: Judged, labels: Sequence[Label]) -> list[Label]:
    if not len(judged):
        return []
    first, last = moment(judged.times[0]), moment(judged.times[-1])
    return sorted((start, end) for start, end in labels if start <= last and end >= first)


def _labelled(events: Sequence[Event], labels: Sequence[Label], found: Sequence[range]) -> dict:
    pairs = zip(labels, found, strict=True)
    shared = (overlap(events[number], *label) for label, numbers in pairs for number in numbers)
    return {
        "num_labeled": len(labels),
        "num_identified": sum(bool(numbers) for numbers in found),
        "total_warning_time_in_seconds": _seconds(shared),
    }


def _fitting(events: Sequence[Event], room: int) -> list[dict]:
    """The events as predicted_ranges, with as much detail as fits into so many characters of JSON."""
    for most in CONTRIBUTORS_KEPT:
        ranges = [_predicted(event, most) for event in events]
        sizes = [len(json.dumps(entry)) + 2 for entry in ranges]
        if sum(sizes) <= room:
            return ranges
    kept: set[int] = set()
    for number in sorted(range(len(events)), key=lambda number: events[number].duration, reverse=True):
        room -= sizes[number]
        if room < 0:
            break
        kept.add(number)
    return [entry for number, entry in enumerate(ranges) if number in kept]


def _predicted(event: Event, most: int | None) -> dict:
    return _range(event.start, event.end) | {"diagnostics": diagnostics(event.sensors, event.contributions, most)}


def _range(start: datetime, end: datetime) -> dict:
    return {"start": _stamp(start), "end": _stamp(end)}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _seconds(durations) -> int:
    return round(sum(durations, timedelta(0)).total_seconds())
