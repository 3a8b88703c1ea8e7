"""Pages: NextToken and MaxResults, for every list alike."""

from typing import Any

import pytest
from engine_world import World, refused

from service.engine.operations.paging import PAGE


def fill(world: World, count: int = 5) -> list[str]:
    names = [f"d{number}" for number in range(count)]
    for name in names:
        world.client.create_dataset(DatasetName=name)
    return names


def walk(call: Any, member: str, **params: Any) -> list[list[dict[str, Any]]]:
    """Every page, the way old clients walk: for as long as there is a NextToken."""
    pages, token = [], {}
    while True:
        answer = call(**params, **token)
        pages.append(answer[member])
        if "NextToken" not in answer:
            return pages
        assert answer["NextToken"]
        token = {"NextToken": answer["NextToken"]}


@pytest.mark.parametrize(("size", "pages"), [(1, 5), (2, 3), (4, 2), (5, 1), (500, 1)])
def test_pages_cover_the_list_once_and_the_last_has_no_token(world: World, size: int, pages: int):
    names = fill(world)
    walked = walk(world.client.list_datasets, "DatasetSummaries", MaxResults=size)
    assert len(walked) == pages
    assert [entry["DatasetName"] for page in walked for entry in page] == names


def test_an_empty_list_has_no_token(world: World):
    assert "NextToken" not in world.client.list_models()


def test_an_empty_token_means_from_the_start(world: World):
    fill(world, 2)
    assert len(world.client.list_datasets(NextToken="")["DatasetSummaries"]) == 2


def test_a_page_has_fifty_entries_when_nothing_is_said():
    assert PAGE == 50


@pytest.mark.parametrize("token", ["abc", "é", "W10=", "WyJhIl0=", "!" * 8192])
def test_a_token_that_was_never_answered_is_a_validation_error(world: World, token: str):
    refused("ValidationException", world.client.list_datasets, NextToken=token)


def test_a_token_belongs_to_its_filters(world: World):
    fill(world)
    token = world.client.list_datasets(MaxResults=2)["NextToken"]
    message = refused("ValidationException", world.client.list_datasets, NextToken=token, DatasetNameBeginsWith="d")
    assert "other filters" in message


def test_a_token_belongs_to_its_operation(world: World):
    fill(world)
    token = world.client.list_datasets(MaxResults=2)["NextToken"]
    refused("ValidationException", world.client.list_models, NextToken=token)


def test_the_size_may_change_between_pages(world: World):
    fill(world)
    token = world.client.list_datasets(MaxResults=2)["NextToken"]
    rest = world.client.list_datasets(MaxResults=500, NextToken=token)["DatasetSummaries"]
    assert [entry["DatasetName"] for entry in rest] == ["d2", "d3", "d4"]


def test_what_is_added_before_the_cursor_moves_nothing(world: World):
    fill(world)
    token = world.client.list_datasets(MaxResults=2)["NextToken"]
    world.client.create_dataset(DatasetName="d0a")
    following = world.client.list_datasets(MaxResults=2, NextToken=token)["DatasetSummaries"]
    assert [entry["DatasetName"] for entry in following] == ["d2", "d3"]
