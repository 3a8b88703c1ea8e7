"""ListInferenceEvents."""

from datetime import datetime
from typing import Any

import orjson

from service.engine.operations.intervals import check_order
from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.schedulers import require_scheduler
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import INFERENCE_SCHEDULER
from service.engine.protocol.calls import Call
from service.engine.store import event_parts
from service.engine.store.event_parts import Event
from service.engine.store.schedulers import Scheduler

DIAGNOSTICS_MAX = 50_000  # characters
LARGEST_SHARES = 100  # fit, even with names of the greatest length


def list_inference_events(call: Call, unit: Unit) -> dict[str, Any]:
    """Events that overlap the interval, newest first."""
    start, end = call.params["IntervalStartTime"], call.params["IntervalEndTime"]
    check_order(call.params, "IntervalStartTime", "IntervalEndTime")
    page = asked_page(call, datetime)
    scheduler = require_scheduler(unit, call.params["InferenceSchedulerName"])
    events = event_parts.list_events(
        unit.connection,
        scheduler.id,
        interval_start=start,
        interval_end=end,
        before=page.after and page.after[0],
        limit=page.limit,
    )
    return show_page(
        page,
        events,
        "InferenceEventSummaries",
        key=lambda event: [event.start_time],
        show=lambda event: _summary(event, scheduler, unit),
    )


def _summary(event: Event, scheduler: Scheduler, unit: Unit) -> dict[str, Any]:
    return {
        "InferenceSchedulerArn": unit.arn(INFERENCE_SCHEDULER, scheduler.name, scheduler.id),
        "InferenceSchedulerName": scheduler.name,
        "EventStartTime": event.start_time,
        "EventEndTime": event.end_time,
        "Diagnostics": _as_text(event.diagnostics),
        "EventDurationInSeconds": int((event.end_time - event.start_time).total_seconds()),
    }


def _as_text(diagnostics: list[dict[str, Any]]) -> str:
    """JSON text of the length that the model allows; where names are very long, the largest shares alone."""
    text = orjson.dumps(diagnostics).decode()
    if len(text) <= DIAGNOSTICS_MAX:
        return text
    largest = sorted(diagnostics, key=lambda share: share["value"], reverse=True)[:LARGEST_SHARES]
    return orjson.dumps(largest).decode()
