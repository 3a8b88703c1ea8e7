"""Which places in S3 a team may name.

Whatever a team names is read and written with the credentials of this service and of the engine, which may reach the
data of all teams. So a team may name only what LOOKOUT_TEAM_BUCKETS gives it, and nobody the buckets that this service
and the engine keep for themselves: uploads of every team wait there.
"""

from typing import Any

from service.facade.problems import InvalidRequest, StorageRefused, at_pointer
from service.facade.resources import Resources
from service.teams import may_use, parse_team_buckets

_INPUT = ("data_input_configuration", "s3_input_configuration")
_OUTPUT = ("data_output_configuration", "s3_output_configuration")


def check_places(resources: Resources, team: str, fields: dict[str, Any]) -> None:
    """Check where a scheduler with these fields would read and write; fields that are left out are not looked at.

    Raises:
        InvalidRequest: somewhere that its team may not use.
    """
    for configuration, member in (_INPUT, _OUTPUT):
        if configuration in fields:
            place = fields[configuration][member]
            pointer = f"/{configuration}/{member}"
            check_place(resources, team, place["bucket"], place.get("prefix", ""), pointer)


def check_place(resources: Resources, team: str, bucket: str, prefix: str, pointer: str) -> None:
    """Check one place; `pointer` leads to it in the body of the request. The same is said of a bucket that does not
    exist as of one that is another team's.

    Raises:
        InvalidRequest: the team may not use it.
    """
    if not may_name(resources, team, bucket, prefix):
        places = parse_team_buckets(resources.settings.team_buckets)
        given = ", ".join(place or "every bucket" for place in places.get(team, ())) if places else "any other bucket"
        detail = f"The team {team} may not use s3://{bucket}/{prefix}. It may use: {given or 'nothing'}."
        raise InvalidRequest(detail, errors=[at_pointer(pointer, detail)])


def refuse_foreign_place(resources: Resources, team: str, bucket: str, prefix: str) -> None:
    """For what shows the content of files: whoever reaches the upstream can make a scheduler of a team over any place.

    Raises:
        StorageRefused: the team may not use this one.
    """
    if not may_name(resources, team, bucket, prefix):
        raise StorageRefused(f"The team {team} may not read s3://{bucket}/{prefix}: LOOKOUT_TEAM_BUCKETS says where.")


def may_name(resources: Resources, team: str, bucket: str, prefix: str) -> bool:
    """Whether a place is one of the team's, and none that the service keeps for itself."""
    settings = resources.settings
    is_ours = bucket in (settings.staging_bucket, settings.engine_bucket)
    return not is_ours and may_use(parse_team_buckets(settings.team_buckets), team, bucket, prefix)
