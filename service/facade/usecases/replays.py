"""Replays: past windows scored now. The upstream does the work; a row of ours says who asked for what."""

from datetime import datetime
from typing import Any

from service.facade.domain.pages import Page
from service.facade.domain.replays import ENDED, Replay
from service.facade.problems import Conflict, ReplayNotFound
from service.facade.resources import Resources
from service.facade.store import replays
from service.facade.usecases.kept_lists import list_kept
from service.facade.usecases.replay_work import begin, begin_or_forget, refreshed
from service.facade.usecases.time_ranges import check_range


def start_replay(
    resources: Resources,
    team: str,
    name: str,
    *,
    start_time: datetime,
    end_time: datetime,
    existing_results: str,
    notify: bool,
    replay_id: str,
    created_by: str,
) -> Replay:
    """Score the windows inside (start_time, end_time].

    Args:
        existing_results: `keep` leaves windows with a result alone, `overwrite` scores them again.
        notify: tell others of anomalies that it finds, as if the windows had been scored on time.
        replay_id: the same id again is the same replay.

    Raises:
        InvalidRequest, SchedulerNotFound, Conflict, NotSupportedUpstream, UpstreamUnavailable: nothing was begun.
        UpstreamTimeout, UpstreamFailed: the sweep finds out whether it was begun, and begins it if not.
    """
    check_range(start_time, end_time)
    now = resources.clock()
    replay = Replay(
        id=replay_id,
        team=team,
        inference_scheduler_name=name,
        start_time=start_time,
        end_time=end_time,
        existing_results=existing_results,
        notify=notify,
        origin="request",
        created_by=created_by,
        created_at=now,
        updated_at=now,
    )
    with resources.database.begin() as db:
        replays.insert_once(db, replay)
        replay = replays.get(db, replay_id) or replay
    return refreshed(resources, begin_or_forget(resources, replay))


def show_replay(resources: Resources, team: str, replay_id: str) -> Replay:
    return refreshed(resources, _find(resources, team, replay_id))


def list_replays(resources: Resources, team: str, name: str, limit: int, cursor: str | None) -> Page[Replay]:
    """Newest first, as they were last seen. A scheduler that was deleted keeps its list.

    Raises:
        SchedulerNotFound: there is none, and no list either.
    """
    return list_kept(resources, replays.page, team, name, limit, cursor, replay_query(team, name))


def replay_query(team: str, name: str) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "replays", "team": team, "inference_scheduler_name": name}


def cancel_replay(resources: Resources, team: str, replay_id: str) -> Replay:
    """Cancel a replay; what it has scored stays. One that has ended already stays as it is."""
    replay = _find(resources, team, replay_id)
    if replay.state.status in ENDED:
        return replay
    replay = begin(resources, replay)
    try:
        resources.replays.stop(replay.upstream_replay_id)
    except Conflict:
        replay = refreshed(resources, replay)
        if replay.state.status not in ENDED:
            raise
    return refreshed(resources, replay)


def _find(resources: Resources, team: str, replay_id: str) -> Replay:
    with resources.database.begin() as db:
        replay = replays.find(db, team, replay_id)
    if replay is None:
        raise ReplayNotFound(f"There is no replay {replay_id!r}.")
    return replay
