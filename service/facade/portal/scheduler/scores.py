"""The parts of a scheduler's page that show what was found: the score, the events, and one of them."""

from datetime import timedelta
from itertools import chain
from typing import Any

from service.facade.domain.events import EventFilter
from service.facade.domain.predictions import PredictionFilter, PredictionQuery, ShownContributions
from service.facade.portal.scheduler.asking import RANGES
from service.facade.portal.scheduler.picture import Point, draw_scores
from service.facade.portal.scheduler.strips import strips_of
from service.facade.portal.scheduler.view import View
from service.facade.problems import EventNotFound
from service.facade.usecases import events
from service.facade.usecases.predictions import PredictionPage, find_predictions

_POINTS = 700
_EVENTS = 200
_CONTRIBUTORS = 12
_USUAL_PAUSE = timedelta(minutes=10)  # at most, between two rows


def load_chart(view: View) -> dict[str, Any]:
    """The first picture of the score; scripts draw over it."""
    start, end = view.range
    at, wanted = (view.resources, view.team, view.name), PredictionFilter(start_time=start, end_time=end)
    page = find_predictions(*at, PredictionQuery(wanted=wanted, shown=ShownContributions(most=0), max_points=_POINTS))
    points = _points(page)
    start = start or (points[0][0] if points else end - timedelta(days=1))
    found = events.list_events(*at, EventFilter(start_time=start, end_time=end), _EVENTS, None, most=0)
    gap = 3 * max(page.bucket_width or timedelta(0), _USUAL_PAUSE)
    peaks = [event for event in found.items if event.peak_score is not None]
    return {
        "picture": draw_scores(points, found.items, start, end, gap, view.asked.event),
        "latest": points[-1] if points else None,
        "found": found.items,
        "is_cut": found.next_position is not None,
        "highest": max(peaks, key=lambda event: event.peak_score, default=None),
        "warning": page.warning,
        "ranges": tuple(RANGES),
    }


def load_events(view: View) -> dict[str, Any]:
    return {"events": view.events.items, "more": view.events.next_position is not None}


def load_event(view: View) -> dict[str, Any]:
    """The event of the address, None where there is none: it may be scored otherwise since the link was made."""
    if not view.asked.event:
        return {"event": None, "missing": "", "strips": None}
    try:
        event = events.show_event(view.resources, view.team, view.name, view.asked.event, None, _CONTRIBUTORS)
    except EventNotFound as problem:
        return {"event": None, "missing": problem.detail, "strips": None}
    return {"event": event, "missing": "", "strips": strips_of(view, event) if view.asked.readings else None}


def _points(page: PredictionPage) -> list[Point]:
    batches = chain.from_iterable(page.batches)
    rows = chain.from_iterable(zip(batch.timestamps, batch.scores, strict=True) for batch in batches)
    return [(moment, score) for moment, score in rows if score is not None]
