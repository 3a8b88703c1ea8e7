"""Replays: past windows scored now. The upstream does the work; a row of ours says who asked for what.

The row comes first and its id travels as the upstream's ClientToken. Whoever is killed in between leaves a row that the
sweep completes, and nothing is begun twice.
"""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from service.facade.domain.collecting import FollowedReplay
from service.facade.domain.pages import Page, decode_cursor
from service.facade.domain.replays import ENDED, Replay
from service.facade.problems import (
    Conflict,
    DatabaseUnavailable,
    InvalidRequest,
    Problem,
    ReplayNotFound,
    UpstreamFailed,
    UpstreamTimeout,
    at_pointer,
)
from service.facade.resources import Resources
from service.facade.store import collecting, replays
from service.facade.usecases.ownership import refuse_unknown

_LEFT_ALONE = timedelta(seconds=30)  # longer than a request lives
_HEALING_SECONDS = 8.0
_LOOK_AGAIN_SECONDS = 0.3
_UNKNOWN = (UpstreamTimeout, UpstreamFailed)  # whether the replay was begun
log = structlog.get_logger(__name__)


def start_replay(
    resources: Resources,
    team: str,
    name: str,
    *,
    start_time: datetime,
    end_time: datetime,
    existing_results: str,
    replay_id: str,
    created_by: str,
) -> Replay:
    """Score the windows inside (start_time, end_time].

    Args:
        existing_results: `keep` leaves windows with a result alone, `overwrite` scores them again.
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
        origin="request",
        created_by=created_by,
        created_at=now,
        updated_at=now,
    )
    with resources.database.begin() as db:
        replays.insert_once(db, replay)
        replay = replays.get(db, replay_id) or replay
    return refreshed(resources, begin_or_forget(resources, replay))


def begin_or_forget(resources: Resources, replay: Replay) -> Replay:
    """Have the upstream begin a replay whose row is committed. What it refuses leaves no row."""
    try:
        return _begin_when_free(resources, replay)
    except DatabaseUnavailable:
        raise
    except Problem as problem:
        if not isinstance(problem, _UNKNOWN):
            with resources.database.begin() as db:
                replays.discard(db, replay.id)
        raise


def _begin_when_free(resources: Resources, replay: Replay) -> Replay:
    """What somebody asked for waits for a replay that heals late data: it takes seconds, and nobody knows of it."""
    give_up = time.monotonic() + _HEALING_SECONDS
    while True:
        try:
            return _begin(resources, replay)
        except Conflict:
            healing = [] if replay.origin == "healing" else _healing(resources, replay.inference_scheduler_name)
            if not healing or time.monotonic() > give_up:
                raise
            time.sleep(_LOOK_AGAIN_SECONDS)
            for one in healing:
                refreshed(resources, one)


def _healing(resources: Resources, name: str) -> list[Replay]:
    with resources.database.begin() as db:
        return [one for one in replays.unfinished_of(db, name) if one.origin == "healing"]


def _begin(resources: Resources, replay: Replay) -> Replay:
    if replay.upstream_replay_id is not None:
        return replay
    name, start, end = replay.inference_scheduler_name, replay.start_time, replay.end_time
    upstream_id = resources.replays.start(name, start, end, replay.existing_results, client_token=replay.id)
    followed = FollowedReplay(replay_id=upstream_id, inference_scheduler_name=name, start_time=start, end_time=end)
    with resources.database.begin() as db:
        replays.record_start(db, replay.id, upstream_id)
        collecting.follow_replay(db, followed)
    return replace(replay, upstream_replay_id=upstream_id)


def refreshed(resources: Resources, replay: Replay) -> Replay:
    """The replay as the upstream sees it now. While that is away: as it was seen last, with a warning."""
    if replay.state.status in ENDED or replay.upstream_replay_id is None:
        return replay
    try:
        state = resources.replays.describe(replay.upstream_replay_id)
    except ReplayNotFound:
        state = replace(replay.state, status="failed", failed_reason="The engine does not know this replay any more.")
    except Problem as problem:
        return replace(replay, warning=f"This is how it was when it was last seen. {problem.detail}")
    if state == replay.state:
        return replay
    now = resources.clock()
    with resources.database.begin() as db:
        replays.record_state(db, replay.id, state, now)
    return replace(replay, state=state, updated_at=now)


def show_replay(resources: Resources, team: str, replay_id: str) -> Replay:
    return refreshed(resources, _find(resources, team, replay_id))


def list_replays(resources: Resources, team: str, name: str, limit: int, cursor: str | None) -> Page[Replay]:
    """Newest first, as they were last seen. A scheduler that was deleted keeps its list.

    Raises:
        SchedulerNotFound: there is none, and no list either.
    """
    before = decode_cursor(cursor, replay_query(team, name)) if cursor else None
    with resources.database.begin() as db:
        page = replays.page(db, team, name, limit, before)
    if not page.items:
        refuse_unknown(resources, name)
    return page


def replay_query(team: str, name: str) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "replays", "team": team, "inference_scheduler_name": name}


def stop_replay(resources: Resources, team: str, replay_id: str) -> Replay:
    """Stop a replay; what it has scored stays. Stopping one that has ended changes nothing."""
    replay = _find(resources, team, replay_id)
    if replay.state.status in ENDED:
        return replay
    replay = _begin(resources, replay)
    try:
        resources.replays.stop(replay.upstream_replay_id)
    except Conflict:
        replay = refreshed(resources, replay)
        if replay.state.status not in ENDED:
            raise
    return refreshed(resources, replay)


def sweep_replays(resources: Resources) -> None:
    """Look at every unfinished replay, and have those begun whose request died on the way."""
    with resources.database.begin() as db:
        unfinished = replays.unfinished(db)
    for replay in unfinished:
        try:
            _look_after(resources, replay)
        except Problem as problem:
            log.warning("replay_not_looked_at", replay=replay.id, problem=problem.slug, detail=problem.detail)


def _look_after(resources: Resources, replay: Replay) -> None:
    if replay.upstream_replay_id is not None:
        refreshed(resources, replay)
    elif resources.clock() - replay.created_at <= _LEFT_ALONE:
        return
    elif replay.origin == "healing":
        begin_or_forget(resources, replay)
    else:
        _begin_or_fail(resources, replay)


def _begin_or_fail(resources: Resources, replay: Replay) -> None:
    """Somebody may have seen the row: it says what became of it."""
    try:
        _begin(resources, replay)
    except Problem as problem:
        if problem.retryable:
            raise
        state = replace(replay.state, status="failed", failed_reason=problem.detail)
        with resources.database.begin() as db:
            replays.record_state(db, replay.id, state, resources.clock())


def check_range(start_time: datetime, end_time: datetime) -> None:
    """
    Raises:
        InvalidRequest
    """
    if end_time <= start_time:
        detail = "end_time must be later than start_time."
        raise InvalidRequest(detail, errors=[at_pointer("/end_time", detail)])


def _find(resources: Resources, team: str, replay_id: str) -> Replay:
    with resources.database.begin() as db:
        replay = replays.find(db, team, replay_id)
    if replay is None:
        raise ReplayNotFound(f"There is no replay {replay_id!r}.")
    return replay
