"""What an embed shows at this moment: a picture, and in words how the machine is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from service.facade.domain.charts import Chart, Look, Theme
from service.facade.domain.embeds import Embed
from service.facade.domain.schedulers import InferenceScheduler
from service.facade.problems import Problem, SchedulerNotFound
from service.facade.resources import Resources
from service.facade.usecases.embeds import chart_of
from service.facade.usecases.pictures import Picture, find_picture

State = Literal["anomaly", "normal", "waiting", "starting", "stopped", "deleted", "unknown"]
_DELETED = b"DELETED"
_BY_STATUS: dict[str, State] = {
    "PENDING": "starting", "STOPPING": "stopped", "STOPPED": "stopped", "DELETED": "deleted",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MachineState:
    """How the machine of an embed is; `since` is when an anomaly that goes on began, `score` the last one."""

    state: State
    since: datetime | None = None
    last_result: datetime | None = None
    score: float | None = None


def embedded_picture(resources: Resources, embed: Embed, width: int, height: int | None, theme: Theme) -> Picture:
    """The picture of an embed. Of a scheduler that was deleted before it had any result it is empty."""
    look = Look(width=width, height=height, theme=theme, title=embed.title)
    wanted = chart_of(embed)
    try:
        return find_picture(resources, embed.team, embed.inference_scheduler_name, wanted, look)
    except SchedulerNotFound:
        start, end = wanted.range.at(resources.clock(), width)
        empty = Chart(inference_scheduler_name=embed.inference_scheduler_name, start_time=start, end_time=end)
        return Picture(chart=empty, look=look, form="svg")


def machine_state(resources: Resources, embed: Embed, chart: Chart) -> MachineState:
    """How the machine is, by its scheduler and the results that a chart shows."""
    state = _state_of_scheduler(resources, embed)
    open_events = [event for event in chart.events if event.status == "open"]
    if state == "normal" and not chart.times:
        state = "waiting"
    elif state == "normal" and open_events:
        state = "anomaly"
    return MachineState(
        state=state,
        since=open_events[-1].start_time if open_events else None,
        last_result=chart.times[-1] if chart.times else None,
        score=chart.scores[-1] if chart.scores else None,
    )


def _state_of_scheduler(resources: Resources, embed: Embed) -> State:
    """At most `describe_cache_seconds` old. One that has become another team's was deleted as far as we tell."""
    key = f"facade:embedded:{embed.team}:{embed.inference_scheduler_name}"
    seconds = resources.settings.describe_cache_seconds
    try:
        status = resources.cache.fetch(key, seconds, lambda: _status(resources, embed)).decode()
    except Problem:
        return "unknown"
    return _BY_STATUS.get(status, "normal")


def _status(resources: Resources, embed: Embed) -> bytes:
    try:
        scheduler: InferenceScheduler = resources.schedulers.describe(embed.inference_scheduler_name)
    except SchedulerNotFound:
        return _DELETED
    owner = resources.teams.team_of(scheduler.inference_scheduler_arn)
    return scheduler.status.encode() if owner == embed.team else _DELETED
