"""What remains of scores when a long range is judged piece by piece: no contributions but those of its events.

Pieces that follow each other are joined; a run of anomalous rows that lies over a border becomes one event, as if the
range had been scored at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.engine.detection.events import Event, find_events
from service.engine.detection.readings import moment
from service.engine.detection.scores import ANOMALOUS_ABOVE, Scores


@dataclass(frozen=True, eq=False)
class Judged:
    """times [n] and score [n] as in `Scores`; events, oldest first, with the mean contributions of their rows.

    longest_pause: a longer one between two rows separates them.
    """

    times: np.ndarray
    score: np.ndarray
    sensors: tuple[str, ...]
    events: tuple[Event, ...]
    longest_pause: np.timedelta64

    def __len__(self) -> int:
        return len(self.times)

    @property
    def anomalous(self) -> np.ndarray:
        """Which rows are anomalous; mask [n]."""
        return self.score > ANOMALOUS_ABOVE


NOTHING = Judged(np.empty(0, "datetime64[ns]"), np.empty(0), (), (), np.timedelta64(0, "ns"))


def judged(scores: Scores) -> Judged:
    """What `scores` come to."""
    return Judged(scores.times, scores.score, scores.sensors, tuple(find_events(scores)), scores.longest_pause)


def joined(parts: Sequence[Judged]) -> Judged:
    """Parts of one range, in time order, as one; `NOTHING` without a part that has a row."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return NOTHING
    events: list[Event] = []
    for number, part in enumerate(filled):
        new = list(part.events)
        if number and new and events and _is_one(filled[number - 1], events[-1], part, new[0]):
            new[0] = _merged(events.pop(), new[0])
        events += new
    return Judged(
        times=np.concatenate([part.times for part in filled]),
        score=np.concatenate([part.score for part in filled]),
        sensors=filled[0].sensors,
        events=tuple(events),
        longest_pause=filled[0].longest_pause,
    )


def _is_one(before: Judged, last: Event, after: Judged, first: Event) -> bool:
    """Whether the last event of one part goes on as the first of the next: no row and no pause between them."""
    reaches_over = last.end == moment(before.times[-1]) and first.start == moment(after.times[0])
    return reaches_over and after.times[0] - before.times[-1] <= before.longest_pause


def _merged(first: Event, second: Event) -> Event:
    points = first.points + second.points
    sums = first.points * first.contributions + second.points * second.contributions
    return Event(first.start, second.end, points, first.sensors, sums / points)
