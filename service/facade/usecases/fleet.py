"""Every scheduler of a team at a glance. One list of the upstream and a few queries, however many there are."""

from dataclasses import dataclass
from datetime import timedelta

from service.facade.domain.durations import format_duration
from service.facade.domain.fleet import Figures, Member, next_run
from service.facade.domain.schedulers import SchedulerSummary
from service.facade.domain.watching import WatchedScheduler
from service.facade.problems import Problem
from service.facade.resources import Resources
from service.facade.store import fleet, watched_schedulers
from service.facade.usecases.scheduler_lists import list_all

_UNKNOWN = Figures()


@dataclass(frozen=True)
class Fleet:
    """`warning` says why what is shown may not be how things are now."""

    members: tuple[Member, ...]
    warning: str = ""


def show_fleet(resources: Resources, team: str) -> Fleet:
    """The schedulers of a team. While the upstream is away they are shown as they were seen last.

    Raises:
        DatabaseUnavailable
        UpstreamRefused, …: the upstream fails otherwise than by being away.
    """
    try:
        summaries, warning = list_all(resources, team), ""
    except Problem as problem:
        if not problem.retryable:
            raise
        summaries = _seen_last(resources, team)
        warning = f"{problem.title}. What you see was seen last, and nothing can be started or stopped."
    now = resources.clock()
    with resources.database.begin() as db:
        known = fleet.figures(db, team, [summary.inference_scheduler_arn for summary in summaries], now)
    members = (
        Member(summary, known.get(summary.inference_scheduler_arn, _UNKNOWN), next_run(summary, now))
        for summary in summaries
    )
    return Fleet(tuple(members), warning)


def _seen_last(resources: Resources, team: str) -> list[SchedulerSummary]:
    with resources.database.begin() as db:
        watched = watched_schedulers.present(db).values()
    return [_summary(one) for one in watched if one.team == team and one.data_upload_frequency]


def _summary(watched: WatchedScheduler) -> SchedulerSummary:
    return SchedulerSummary(
        inference_scheduler_name=watched.inference_scheduler_name,
        inference_scheduler_arn=watched.inference_scheduler_arn,
        model_name="",
        model_arn="",
        status=watched.status or "UNKNOWN",
        data_upload_frequency=format_duration(watched.data_upload_frequency or timedelta(0)),
        data_delay_offset_in_minutes=(watched.data_delay or timedelta(0)) // timedelta(minutes=1),
    )
