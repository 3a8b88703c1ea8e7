"""A scheduler that is watched by a clock which the test drives: minutes after noon."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from service.facade.domain.collecting import CollectedResult, FollowedScheduler
from service.facade.domain.executions import ExecutionFilter
from service.facade.domain.notifications import Told
from service.facade.domain.predictions import Prediction
from service.facade.resources import Resources
from service.facade.store import collecting, notifications, watched_schedulers
from service.facade.store.predictions import replace_windows
from service.facade.usecases.anomalies import tell_anomalies
from service.facade.usecases.collecting import every_scheduler
from service.facade.usecases.run_outcomes import note_outcomes
from service.facade.usecases.staleness import tell_stale
from service.facade.usecases.statuses import note_statuses

_ANY = ExecutionFilter()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENSORS = ("pump\\flow", "pump\\power", "motor\\speed")


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


@dataclass
class WatchedPlant:
    """`at(minute)` sets the clock; `score` is what the collector does, `look` what the worker does then."""

    joined: Resources
    upstream: Any
    name: str
    team: str
    now: datetime = NOON
    told_before: int = 0
    followed: FollowedScheduler = field(init=False)
    resources: Resources = field(init=False)

    def __post_init__(self) -> None:
        self.resources = replace(self.joined, clock=lambda: self.now)
        arn = self.upstream.schedulers[self.name]["InferenceSchedulerArn"]
        with self.resources.database.begin() as db:
            self.followed = collecting.follow(db, arn, self.name, self.team)

    def watch(self) -> "WatchedPlant":
        """It is watched from now on."""
        with self.resources.database.begin() as db:
            watched_schedulers.hold(db, self.followed.id, self.now)
        return self

    def at(self, minute: float) -> "WatchedPlant":
        self.now = at(minute)
        return self

    def score(self, scores: Mapping[int, float], source: str | None = None) -> "WatchedPlant":
        """Rows by the minute after noon; five minutes are a window, and what a window had before is replaced."""
        windows: dict[datetime, list[Prediction]] = {}
        for minute, score in scores.items():
            row = Prediction(at(minute), int(score > 0.5), None, score, SENSORS, (0.5, 0.3, 0.2))
            windows.setdefault(at(5 * ((minute - 1) // 5)), []).append(row)
        marks = [CollectedResult(data_start_time=start, etag=str(self.now), source=source) for start in windows]
        with self.resources.database.begin() as db:
            replace_windows(db, self.followed.id, windows)
            collecting.record_results(db, self.followed.id, marks, self.now)
        return self

    def look(self) -> list[str]:
        """What is new in the feed after a look at the predictions: types, with what mutes them."""
        tell_anomalies(self.resources, self.followed.id)
        return self.news()

    def run(self, *statuses: str | None, first: int = 0) -> list[str]:
        """Executions of windows from the minute `first` on, one for each: None succeeds, a text is why it failed."""
        for number, reason in enumerate(statuses):
            start = int(at(first + 5 * number).timestamp())
            self.upstream.executions[self.name] = [
                one for one in self.upstream.executions.get(self.name, []) if one["DataStartTime"] != start
            ]
            self.upstream.add_execution(self.name, start, "FAILED" if reason else "SUCCESS", reason)
        self.upstream.executions[self.name].sort(key=lambda one: -one["DataStartTime"])
        return self.list_runs()

    def list_runs(self, newest: int = 100) -> list[str]:
        page = self.resources.schedulers.executions(self.name, _ANY, newest, None).items
        note_outcomes(self.resources, self.followed, page, whole=newest >= len(self.upstream.executions[self.name]))
        return self.news()

    def list_schedulers(self) -> list[str]:
        """The look at the upstream's list."""
        with_arns = {one.inference_scheduler_arn: one for one in every_scheduler(self.resources)}
        note_statuses(self.resources, with_arns)
        return self.news()

    def check(self) -> list[str]:
        """The look at the clock."""
        tell_stale(self.resources)
        return self.news()

    def news(self) -> list[str]:
        """What was told since the last time."""
        new = [one for one in self.feed(muted=True) if one.sequence > self.told_before]
        self.told_before = max([self.told_before, *(one.sequence for one in new)])
        return [one.type + (f" ({one.muted_by})" if one.muted_by else "") for one in new]

    def feed(self, muted: bool = False) -> list[Told]:
        with self.resources.database.begin() as db:
            return notifications.after(db, self.team, 0, 1000, muted=muted)

    def plan(self, client: Any, path: str, **body: Any) -> Any:
        """POST to the scheduler."""
        times = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in body.items()}
        response = client.post(f"/v1/schedulers/{self.name}/{path}", json=times)
        assert response.status_code in (201, 202), response.data
        return response.json
