"""The replay operations: an addition to the protocol that not every upstream has."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.facade.aws.clients import Upstream
from service.facade.aws.faults import upstream_faults
from service.facade.aws.shapes import snake_keys
from service.facade.domain.replays import ReplayState
from service.facade.problems import ReplayNotFound, SchedulerNotFound

_STATUSES = {  # the protocol's words, and ours
    "PENDING": "queued",
    "IN_PROGRESS": "running",
    "STOPPING": "cancelling",
    "SUCCESS": "succeeded",
    "FAILED": "failed",
    "STOPPED": "cancelled",
}


@dataclass(frozen=True)
class ReplayGateway:
    """Every method raises NotSupportedUpstream where the upstream lacks replays."""

    upstream: Upstream

    def start(self, name: str, start_time: datetime, end_time: datetime, existing: str, client_token: str) -> str:
        """Start scoring the windows inside (start_time, end_time]; the id of the replay. The same `client_token` again
        is the same replay."""
        with upstream_faults(ResourceNotFoundException=SchedulerNotFound):
            answer = self.upstream.changes.start_inference_replay(
                InferenceSchedulerName=name,
                StartTime=start_time,
                EndTime=end_time,
                ExistingResults=existing.upper(),
                ClientToken=client_token,
            )
        return answer["ReplayId"]

    def describe(self, replay_id: str) -> ReplayState:
        with upstream_faults(ResourceNotFoundException=ReplayNotFound):
            answer = self.upstream.reads.describe_inference_replay(ReplayId=replay_id)
        return _state(snake_keys(answer))

    def stop(self, replay_id: str) -> None:
        """Stop a replay; results it has written stay."""
        with upstream_faults(ResourceNotFoundException=ReplayNotFound):
            self.upstream.changes.stop_inference_replay(ReplayId=replay_id)


def _state(answer: dict[str, Any]) -> ReplayState:
    known = {name: answer[name] for name in ReplayState.__dataclass_fields__ if name in answer}
    return ReplayState(**known | {"status": _STATUSES[answer["status"]]})
