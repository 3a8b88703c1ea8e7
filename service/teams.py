"""What a team may be called, and where it may keep its data.

A setting says the latter for all teams: `plant-a=data-a, shared/plant-a/; plant-b=data-b`.
"""

import re
from collections.abc import Mapping

TEAM = r"[a-z0-9][a-z0-9-]{0,62}"  # also fit for the value of an AWS tag
_BUCKET = re.compile(r"[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9]")

TeamBuckets = Mapping[str, tuple[str, ...]]  # beginnings of `bucket/key`, each ending with a slash


def parse_team_buckets(text: str) -> dict[str, tuple[str, ...]]:
    """The places of each team; of none where the text is empty. A place is a bucket, what lies below a prefix of it, or
    `*` for every bucket.

    Raises:
        ValueError: a part of it names no team or no place, or a team comes twice.
    """
    parts = [part for part in text.split(";") if part.strip()]
    named = [_of_one_team(part) for part in parts]
    if len(dict(named)) < len(named):
        raise ValueError("a team is named twice")
    return dict(named)


def may_use(places: TeamBuckets, team: str, bucket: str, prefix: str) -> bool:
    """Whether everything below a prefix of a bucket lies in the places of a team; anybody's may be used where there are
    no places at all."""
    return not places or f"{bucket}/{prefix}".startswith(places.get(team, ()))


def _of_one_team(part: str) -> tuple[str, tuple[str, ...]]:
    team, _, places = (text.strip() for text in part.partition("="))
    if not re.fullmatch(TEAM, team) or not places:
        raise ValueError(f"{part.strip()!r} does not look like team=bucket, bucket/prefix/")
    return team, tuple(_place(place.strip()) for place in places.split(","))


def _place(text: str) -> str:
    if text == "*":
        return ""
    bucket, _, _ = text.partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise ValueError(f"{text!r} does not begin with the name of a bucket")
    return text.rstrip("/") + "/"
