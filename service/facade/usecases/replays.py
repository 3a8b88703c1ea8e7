"""Replays: past windows scored now. The upstream keeps them; the facade only passes them on."""

from datetime import datetime

from service.facade.domain.replays import ENDED, Replay
from service.facade.problems import Conflict, InvalidRequest, ReplayNotFound, at_pointer
from service.facade.resources import Resources
from service.facade.usecases.collecting import follow_replay
from service.facade.usecases.ownership import owner_of


def start_replay(
    resources: Resources,
    name: str,
    *,
    start_time: datetime,
    end_time: datetime,
    existing_results: str,
    client_token: str,
) -> Replay:
    """Score the windows inside (start_time, end_time]; `existing_results` is keep or overwrite."""
    if end_time <= start_time:
        detail = "end_time must be later than start_time."
        raise InvalidRequest(detail, errors=[at_pointer("/end_time", detail)])
    replay_id = resources.replays.start(name, start_time, end_time, existing_results, client_token)
    replay = resources.replays.describe(replay_id)
    follow_replay(resources, replay)
    return replay


def show_replay(resources: Resources, team: str, replay_id: str) -> Replay:
    replay = resources.replays.describe(replay_id)
    if owner_of(resources, replay.inference_scheduler_name) != team:
        raise ReplayNotFound(f"There is no replay {replay_id!r}.")
    return replay


def stop_replay(resources: Resources, team: str, replay_id: str) -> Replay:
    """Stop a replay; what it has scored stays. Stopping one that has ended changes nothing."""
    show_replay(resources, team, replay_id)
    try:
        resources.replays.stop(replay_id)
    except Conflict:
        replay = resources.replays.describe(replay_id)
        if replay.status not in ENDED:
            raise
        return replay
    return resources.replays.describe(replay_id)
