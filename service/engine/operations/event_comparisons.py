"""CompareInferenceEvents: what would change with the shadow version, asked before it is promoted; our own."""

from collections import Counter
from datetime import datetime
from typing import Any

from service.engine.operations.intervals import check_order
from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.schedulers import require_scheduler
from service.engine.operations.unit import Unit
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ValidationException
from service.engine.store.event_comparison import ComparedEvent, compare
from service.engine.store.schedulers import Scheduler


def compare_inference_events(call: Call, unit: Unit) -> dict[str, Any]:
    """Events of both versions over executions that both have scored, newest first, and how many were found by whom."""
    start, end = call.params["IntervalStartTime"], call.params["IntervalEndTime"]
    check_order(call.params, "IntervalStartTime", "IntervalEndTime")
    page = asked_page(call, datetime)
    scheduler = require_scheduler(unit, call.params["InferenceSchedulerName"])
    version = _shadow_version(call, scheduler)
    comparison = compare(unit.connection, scheduler.id, version, start, end)
    found = Counter(event.found_by for event in comparison.events)
    before = page.after[0] if page.after else None
    events = [event for event in reversed(comparison.events) if before is None or event.start_time < before]
    return {
        "ShadowModelVersion": version,
        "ComparedExecutions": comparison.executions,
        "FailedShadowExecutions": comparison.failed,
        "FoundByBoth": found["BOTH"],
        "FoundByActiveOnly": found["ACTIVE"],
        "FoundByShadowOnly": found["SHADOW"],
        **show_page(page, events, "InferenceEventComparisons", key=lambda event: [event.start_time], show=_summary),
    }


def _shadow_version(call: Call, scheduler: Scheduler) -> int:
    version = call.params.get("ShadowModelVersion", scheduler.shadow_version)
    if version is None:
        raise ValidationException(
            f"The inference scheduler {scheduler.name!r} has no shadow version; name the one that it had."
        )
    return version


def _summary(event: ComparedEvent) -> dict[str, Any]:
    return {
        "FoundBy": event.found_by,
        "EventStartTime": event.start_time,
        "EventEndTime": event.end_time,
        "ActivePoints": event.active_points,
        "ShadowPoints": event.shadow_points,
    }
