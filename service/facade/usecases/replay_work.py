"""What happens between a replay's row and the upstream: it is begun, watched, and looked after when somebody died.

The row comes first and its id travels as the upstream's ClientToken. Whoever is killed in between leaves a row that the
sweep completes, and nothing is begun twice.
"""

import time
from dataclasses import replace
from datetime import timedelta

import structlog

from service.correlation import working_for
from service.facade.domain.collecting import FollowedReplay
from service.facade.domain.notices import replay_finished
from service.facade.domain.replays import ENDED, Replay
from service.facade.problems import (
    Conflict,
    DatabaseUnavailable,
    Problem,
    ReplayNotFound,
    UpstreamFailed,
    UpstreamTimeout,
)
from service.facade.resources import Resources
from service.facade.store import followed_replays, replays
from service.facade.usecases.notifying import notify
from service.facade.usecases.ownership import refuse_foreign

_LEFT_ALONE = timedelta(seconds=30)  # longer than a request lives
_HEALING_SECONDS = 8.0
_LOOK_AGAIN_SECONDS = 0.3
_UNKNOWN = (UpstreamTimeout, UpstreamFailed)  # whether the replay was begun
log = structlog.get_logger(__name__)


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
            return begin(resources, replay)
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


def begin(resources: Resources, replay: Replay) -> Replay:
    """Have the upstream begin a replay, unless it has or never will; safe to be done twice, also at the same time."""
    if replay.upstream_replay_id is not None or replay.state.status in ENDED:
        return replay
    name, start, end = replay.inference_scheduler_name, replay.start_time, replay.end_time
    refuse_foreign(resources, replay.team, name)  # a sweep comes late: the name may be another team's by now
    try:
        upstream_id = resources.replays.start(name, start, end, replay.existing_results, client_token=replay.id)
    except Conflict as conflict:
        raise _by_our_ids(resources, name, conflict) from conflict
    followed = FollowedReplay(replay_id=upstream_id, inference_scheduler_name=name, start_time=start, end_time=end)
    with resources.database.begin() as db:
        replays.record_start(db, replay.id, upstream_id)
        followed_replays.follow(db, followed)
    return replace(replay, upstream_replay_id=upstream_id)


def _by_our_ids(resources: Resources, name: str, conflict: Conflict) -> Conflict:
    """The engine names the replay that is in the way by its own id, under which nobody finds it here."""
    detail = conflict.detail
    with resources.database.begin() as db:
        for one in replays.unfinished_of(db, name):
            detail = detail.replace(one.upstream_replay_id or one.id, one.id)
    return Conflict(detail, aws_error_code=conflict.aws_error_code)


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
    seen = replace(replay, state=state, updated_at=resources.clock())
    _record(resources, seen)
    return seen


def _record(resources: Resources, seen: Replay) -> None:
    """What became of a replay; others are told when one that somebody asked for has ended."""
    with resources.begin() as unit:
        is_new = replays.record_state(unit.db, seen.id, seen.state, seen.updated_at)
        if is_new and seen.state.status in ENDED and seen.origin == "request":
            notify(unit, [replay_finished(seen, seen.updated_at)], seen.updated_at)


def sweep_replays(resources: Resources) -> None:
    """Look at every unfinished replay, and have those begun whose request died on the way."""
    with resources.database.begin() as db:
        unfinished = replays.unfinished(db)
    for replay in unfinished:
        try:
            with working_for(replay.request_id, team=replay.team, scheduler=replay.inference_scheduler_name):
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
        begin(resources, replay)
    except Problem as problem:
        if problem.retryable:
            raise
        state = replace(replay.state, status="failed", failed_reason=problem.detail)
        _record(resources, replace(replay, state=state, updated_at=resources.clock()))
