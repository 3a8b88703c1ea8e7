"""ModelMetrics: what the model found in the evaluation range, beside what was labelled there."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from service.engine.detection.events import Event, diagnostics, find_events, overlap
from service.engine.detection.readings import moment
from service.engine.detection.scores import Scores

LONGEST = 50_000  # characters of the JSON text, a bound of the service model
LABELS_LISTED = 200
CONTRIBUTORS_KEPT = (None, 50, 20, 10, 5, 3, 1)

Label = tuple[datetime, datetime]


def evaluate(scores: Scores, labels: Sequence[Label] = ()) -> dict:
    """ModelMetrics in the shape of the service, for readers that `eval` it: no null, true, false or NaN inside.

    - labeled_ranges: the labels that touch the scored range;
    - num_identified (labeled): those of them that an event touches; total_warning_time_in_seconds: time spent in events
      inside labels (the IoT SiteWise guide words it so: time the model spent in warning state for labelled events);
    - predicted_ranges: every event with its mean contributions;
    - unknown_event_metrics: events that touch no label, and how long they last together.

    The JSON text stays within 50,000 characters: only the first 200 labels are listed; then only the largest
    contributions of each event are kept (50, 20, 10, 5, 3, 1 of them); then the shortest events are left out of
    predicted_ranges. The counts and the seconds are always those of all events and labels.
    """
    events = find_events(scores)
    inside = _inside(scores, labels)
    unknown = [event for event in events if not any(overlap(event, *label) is not None for label in inside)]
    metrics = {
        "labeled_ranges": [_range(start, end) for start, end in inside[:LABELS_LISTED]],
        "labeled_event_metrics": _labelled(events, inside),
        "predicted_ranges": [],
        "unknown_event_metrics": {
            "num_identified": len(unknown),
            "total_duration_in_seconds": _seconds(event.duration for event in unknown),
        },
    }
    return metrics | {"predicted_ranges": _fitting(events, LONGEST - len(json.dumps(metrics)))}


def _inside(scores: Scores, labels: Sequence[Label]) -> list[Label]:
    if not len(scores):
        return []
    first, last = moment(scores.times[0]), moment(scores.times[-1])
    return sorted((start, end) for start, end in labels if start <= last and end >= first)


def _labelled(events: Sequence[Event], labels: Sequence[Label]) -> dict:
    found = [[shared for event in events if (shared := overlap(event, *label)) is not None] for label in labels]
    return {
        "num_labeled": len(labels),
        "num_identified": sum(bool(shares) for shares in found),
        "total_warning_time_in_seconds": _seconds(shared for shares in found for shared in shares),
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
