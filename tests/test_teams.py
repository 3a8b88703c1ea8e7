"""The places of teams as a setting names them."""

import pytest

from service.settings import SettingsError, load_settings
from service.teams import may_use, parse_team_buckets

SAID = "plant-a=data-a, shared/plant-a; plant-b = data-b/;platform=*"


@pytest.mark.parametrize(
    ("team", "bucket", "prefix"),
    [
        ("plant-a", "data-a", ""),
        ("plant-a", "data-a", "in/"),
        ("plant-a", "shared", "plant-a/"),
        ("plant-a", "shared", "plant-a/out/"),
        ("plant-b", "data-b", "in"),
        ("platform", "data-a", "in/"),
    ],
)
def test_a_team_may_use_what_lies_in_its_places(team, bucket, prefix):
    assert may_use(parse_team_buckets(SAID), team, bucket, prefix)


@pytest.mark.parametrize(
    ("team", "bucket", "prefix"),
    [
        ("plant-b", "data-a", "in/"),
        ("plant-a", "shared", ""),
        ("plant-a", "shared", "plant-a"),
        ("plant-a", "shared", "plant-ab/"),
        ("plant-a", "shared", "/plant-a/"),
        ("plant-a", "data-ab", ""),
        ("plant-c", "data-a", ""),
    ],
)
def test_a_team_may_use_nothing_else(team, bucket, prefix):
    assert not may_use(parse_team_buckets(SAID), team, bucket, prefix)


def test_without_places_everybody_may_use_everything():
    assert may_use(parse_team_buckets(" "), "plant-a", "data-b", "")


@pytest.mark.parametrize("text", ["data-a", "plant-a=", "Plant=data", "=data-a", "plant-a=s3://data-a", "a=bbb;a=ccc"])
def test_what_names_no_places_stops_the_start(text):
    with pytest.raises(SettingsError, match="LOOKOUT_TEAM_BUCKETS = "):
        load_settings({"LOOKOUT_TEAM_BUCKETS": text})
