"""What an embed shows at this moment: a picture, and in words how the machine is."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import orjson

from service.facade.domain.chart_words import description_of
from service.facade.domain.charts import Look, Theme
from service.facade.domain.embeds import Embed
from service.facade.problems import Problem, SchedulerNotFound
from service.facade.resources import Resources
from service.facade.store import watched_schedulers
from service.facade.usecases.charts import empty_chart, read_chart
from service.facade.usecases.embeds import chart_of
from service.facade.usecases.pictures import Picture, find_picture, pixels_of_time

State = Literal["anomaly", "normal", "stale", "waiting", "starting", "stopped", "deleted", "unknown"]
_DELETED = b"DELETED"
_BY_STATUS: dict[str, State] = {
    "PENDING": "starting", "STOPPING": "stopped", "STOPPED": "stopped", "DELETED": "deleted",
}  # fmt: skip
_KEPT_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class MachineState:
    """How the machine of an embed is; `since` is when an anomaly that goes on began, `score` the last one, and the
    description that of the chart."""

    state: State
    since: datetime | None
    last_result: datetime | None
    score: float | None
    description: str


def embedded_picture(resources: Resources, embed: Embed, width: int, height: int | None, theme: Theme) -> Picture:
    """The picture of an embed. Of a scheduler that was deleted before it had any result it is empty."""
    look = Look(width=width, height=height, theme=theme, title=embed.title)
    wanted, name = chart_of(embed), embed.inference_scheduler_name
    try:
        picture = find_picture(resources, embed.team, name, wanted, look)
    except SchedulerNotFound:
        picture = Picture(question=empty_chart(resources, name, wanted, pixels_of_time(wanted, look)), look=look)
    return replace(picture, for_strangers=True)


def machine_state(resources: Resources, embed: Embed, picture: Picture) -> MachineState:
    """How the machine is, by its scheduler and the results that a picture shows."""
    key = f"facade:chart-words:{picture.tag}"
    words = orjson.loads(resources.cache.fetch(key, _KEPT_SECONDS, lambda: _words(resources, picture)))
    times = {name: datetime.fromisoformat(words[name]) if words[name] else None for name in ("since", "last_result")}
    state = _state_of_scheduler(resources, embed)
    if state == "normal":
        state = _state_of_results(resources, picture, **times)
    return MachineState(**words | times, state=state)


def _state_of_results(
    resources: Resources, picture: Picture, since: datetime | None, last_result: datetime | None
) -> State:
    """Of a scheduler that runs. What was found long ago says nothing of the present."""
    with resources.database.begin() as db:
        if watched_schedulers.is_stale(db, picture.question.scheduler_id):
            return "stale"
    if last_result is None:
        return "waiting"
    return "anomaly" if since else "normal"


def _words(resources: Resources, picture: Picture) -> bytes:
    chart = read_chart(resources, picture.question)
    open_events = [event for event in chart.events if event.status == "open"]
    return orjson.dumps({
        "since": open_events[-1].start_time if open_events else None,
        "last_result": chart.times[-1] if chart.times else None,
        "score": chart.scores[-1] if chart.scores else None,
        "description": description_of(chart),
    })  # fmt: skip


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
        scheduler = resources.schedulers.describe(embed.inference_scheduler_name)
    except SchedulerNotFound:
        return _DELETED
    owner = resources.teams.team_of(scheduler.inference_scheduler_arn)
    return scheduler.status.encode() if owner == embed.team else _DELETED
