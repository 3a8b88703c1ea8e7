"""/v1/schedulers/{scheduler_name}/replays and /v1/replays"""

from typing import Any

from flask import Response

from service.facade.api.answers import json_bytes
from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.idempotency import client_token
from service.facade.api.links import next_address
from service.facade.api.schemas.base import PageQuerySchema
from service.facade.api.schemas.replays import (
    NewReplaySchema,
    ReplayListSchema,
    ReplayPlanSchema,
    ReplaySchema,
)
from service.facade.domain.replays import UNFINISHED, Replay
from service.facade.problems import BadCursor, Conflict, NotSupportedUpstream, ReplayNotFound, SchedulerNotFound
from service.facade.usecases import replays
from service.facade.usecases.replay_plans import plan_replay

blueprint = Blueprint("replays", __name__, url_prefix="/v1", description="Past windows of a scheduler, scored now.")
_NEW_REPLAY = {
    "start_time": "2026-03-01T12:00:00Z",
    "end_time": "2026-03-01T12:10:00Z",
    "existing_results": "keep",
    "notify": False,
    "dry_run": False,
}
Answer = tuple[Replay, int, dict[str, str]] | Response


@blueprint.route("/schedulers/<scheduler_name>/replays", methods=["POST"], scope="operate", parameters=[SCHEDULER_NAME])
@blueprint.arguments(NewReplaySchema, example=_NEW_REPLAY)
@blueprint.response(202, ReplaySchema, headers={"Location": {"schema": {"type": "string"}}})
@blueprint.alt_response(200, schema=ReplayPlanSchema, description="What it would do, with `dry_run`.")
@blueprint.problems(SchedulerNotFound, Conflict, NotSupportedUpstream)
def start_replay(wanted: dict[str, Any], scheduler_name: str) -> Answer:
    """Score past windows of a scheduler

    Every window inside (start_time, end_time] is scored from the files in the scheduler's input prefix, as a scheduled
    run would have done it. Its results appear among the executions and predictions. With `dry_run` nothing is begun,
    and the answer is the list of windows with what each would read.
    """
    if wanted.pop("dry_run"):
        del wanted["notify"]
        plan = plan_replay(resources(), scheduler_name, **wanted)
        return Response(json_bytes(ReplayPlanSchema().dump(plan)), mimetype="application/json")
    replay = replays.start_replay(
        resources(),
        caller().team,
        scheduler_name,
        replay_id=client_token()[:32],
        created_by=caller().actor,
        **wanted,
    )
    return replay, 202, {"Location": f"/v1/replays/{replay.id}"}


@blueprint.route("/schedulers/<scheduler_name>/replays", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, ReplayListSchema)
@blueprint.problems(BadCursor)
def list_replays(query: dict[str, Any], scheduler_name: str) -> dict[str, Any]:
    """List the replays of a scheduler

    Newest first, those that healed late data too. Progress is as it was seen last; one replay shows it as it is now.
    """
    team = caller().team
    page = replays.list_replays(resources(), team, scheduler_name, query["limit"], query.get("cursor"))
    return {"replays": page.items, "next": next_address(page, replays.replay_query(team, scheduler_name))}


@blueprint.route("/replays/<replay_id>", methods=["GET"], scope="read", unfinished=UNFINISHED)
@blueprint.response(200, ReplaySchema)
@blueprint.problems(ReplayNotFound)
def describe_replay(replay_id: str) -> Replay:
    """See how far a replay has come

    While the engine is away, this is how far it was when it was seen last, with a `warning`.
    """
    return replays.show_replay(resources(), caller().team, replay_id)


@blueprint.route("/replays/<replay_id>", methods=["DELETE"], scope="operate")
@blueprint.response(202, ReplaySchema)
@blueprint.problems(ReplayNotFound, Conflict, NotSupportedUpstream)
def cancel_replay(replay_id: str) -> Replay:
    """Cancel a replay

    What it has scored stays. Cancelling one that has ended changes nothing.
    """
    return replays.cancel_replay(resources(), caller().team, replay_id)
