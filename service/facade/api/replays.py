"""/v1/schedulers/{scheduler_name}/replays and /v1/replays"""

from typing import Any

from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.idempotency import client_token
from service.facade.api.schemas.replays import NewReplaySchema, ReplaySchema
from service.facade.domain.replays import UNFINISHED, Replay
from service.facade.problems import Conflict, NotSupportedUpstream, ReplayNotFound, SchedulerNotFound
from service.facade.usecases import replays

blueprint = Blueprint("replays", __name__, url_prefix="/v1", description="Past windows of a scheduler, scored now.")
_NEW_REPLAY = {
    "start_time": "2026-03-01T12:00:00Z",
    "end_time": "2026-03-01T12:10:00Z",
    "existing_results": "keep",
}


@blueprint.route("/schedulers/<scheduler_name>/replays", methods=["POST"], scope="operate", parameters=[SCHEDULER_NAME])
@blueprint.arguments(NewReplaySchema, example=_NEW_REPLAY)
@blueprint.response(202, ReplaySchema, headers={"Location": {"schema": {"type": "string"}}})
@blueprint.problems(SchedulerNotFound, Conflict, NotSupportedUpstream)
def start_replay(wanted: dict[str, Any], scheduler_name: str) -> tuple[Replay, int, dict[str, str]]:
    """Score past windows of a scheduler

    Every window inside (start_time, end_time] is scored from the files in the scheduler's input prefix, as a scheduled
    run would have done it. Its results appear among the executions and predictions.
    """
    replay = replays.start_replay(resources(), scheduler_name, client_token=client_token(), **wanted)
    return replay, 202, {"Location": f"/v1/replays/{replay.id}"}


@blueprint.route("/replays/<replay_id>", methods=["GET"], scope="read", unfinished=UNFINISHED)
@blueprint.response(200, ReplaySchema)
@blueprint.problems(ReplayNotFound, NotSupportedUpstream)
def describe_replay(replay_id: str) -> Replay:
    """See how far a replay has come"""
    return replays.show_replay(resources(), caller().team, replay_id)


@blueprint.route("/replays/<replay_id>", methods=["DELETE"], scope="operate")
@blueprint.response(202, ReplaySchema)
@blueprint.problems(ReplayNotFound, Conflict, NotSupportedUpstream)
def stop_replay(replay_id: str) -> Replay:
    """Stop a replay

    What it has scored stays.
    """
    return replays.stop_replay(resources(), caller().team, replay_id)
