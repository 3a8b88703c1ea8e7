"""Whose a scheduler is: the upstream's tag `team` says so."""

import time
from dataclasses import dataclass, field

from service.facade.aws.clients import Upstream
from service.facade.aws.faults import upstream_faults
from service.facade.problems import SchedulerNotFound

TAG = "team"
_BELIEVED_SECONDS = 60.0
_MOST_KNOWN = 10_000


@dataclass(frozen=True)
class TeamGateway:
    """What a tag said is believed for a minute: an ARN is never used twice, and a scheduler seldom changes hands.
    Schedulers without the tag, made by other means than this service, belong to `default_team`."""

    upstream: Upstream
    default_team: str
    known: dict[str, tuple[str, float]] = field(default_factory=dict)

    def team_of(self, arn: str) -> str:
        """
        Raises:
            SchedulerNotFound: it was deleted meanwhile.
        """
        team, until = self.known.get(arn, ("", 0.0))
        if time.monotonic() < until:
            return team
        with upstream_faults(ResourceNotFoundException=SchedulerNotFound):
            tags = self.upstream.reads.list_tags_for_resource(ResourceArn=arn).get("Tags", [])
        team = next((tag["Value"] for tag in tags if tag["Key"] == TAG), self.default_team)
        if len(self.known) >= _MOST_KNOWN:
            self.known.clear()
        self.known[arn] = team, time.monotonic() + _BELIEVED_SECONDS
        return team
