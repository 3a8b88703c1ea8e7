"""Whose things are whose: a team finds its own schedulers, and of others not even that they exist."""

import pytest

from service.facade.domain.pages import Page, encode_cursor
from service.facade.domain.schedulers import SchedulerFilter
from service.facade.problems import OperationNotFound, QuotaExceeded, SchedulerNotFound, UpstreamUnavailable
from service.facade.store import collecting
from service.facade.usecases.collecting import collect_everything
from service.facade.usecases.describing import show_scheduler
from service.facade.usecases.operations import show_operation
from service.facade.usecases.ownership import refuse_foreign
from service.facade.usecases.scheduler_lists import list_schedulers, scheduler_query
from service.facade.usecases.schedulers import create_scheduler, stop_scheduler

ANY = SchedulerFilter()


def names(page):
    return [summary.inference_scheduler_name for summary in page.items]


def render(scheduler):
    return scheduler.inference_scheduler_name.encode()


def test_a_new_scheduler_belongs_to_the_team_that_creates_it(resources, upstream, new_scheduler, name):
    create_scheduler(resources, "pumps", new_scheduler, "token")
    assert upstream.tags[name] == [{"Key": "team", "Value": "pumps"}]
    refuse_foreign(resources, "pumps", name)
    with pytest.raises(SchedulerNotFound):
        refuse_foreign(resources, "fans", name)


def test_a_scheduler_without_a_tag_belongs_to_the_default_team(resources, upstream, name):
    upstream.add_scheduler(name)
    refuse_foreign(resources, "default", name)
    with pytest.raises(SchedulerNotFound):
        refuse_foreign(resources, "pumps", name)


def test_describing_answers_the_owner_alone_also_out_of_the_cache(resources, upstream, name):
    upstream.add_scheduler(name, team="pumps")
    assert show_scheduler(resources, "pumps", name, render) == name.encode()
    with pytest.raises(SchedulerNotFound) as foreign:
        show_scheduler(resources, "fans", name, render)
    with pytest.raises(SchedulerNotFound) as unknown:
        refuse_foreign(resources, "fans", name)
    assert foreign.value.document() == unknown.value.document()
    assert upstream.calls.count("DescribeInferenceScheduler") == 2  # one for each of two cached answers


def test_a_name_that_nobody_has_passes_so_that_history_can_be_looked_up(resources, name):
    refuse_foreign(resources, "pumps", name)


def test_a_list_has_the_teams_own_schedulers_and_full_pages(resources, upstream, name):
    for number in range(12):
        upstream.add_scheduler(f"{name}-{number:02}", team="pumps" if number % 3 == 0 else "fans")
    wanted = SchedulerFilter(name_prefix=name)
    page = list_schedulers(resources, "pumps", wanted, 3, None)
    assert names(page) == [f"{name}-{number:02}" for number in (0, 3, 6)]
    assert page.next_position is not None


def test_a_list_leads_to_no_place_behind_another_teams_scheduler(resources, upstream, name):
    teams = ["fans"] * 30 + ["pumps"] + ["fans"] * 30 + ["pumps"] + ["fans"] * 5
    for number, team in enumerate(teams):
        upstream.add_scheduler(f"{name}-{number:02}", team=team)
    wanted = SchedulerFilter(name_prefix=name)

    page = list_schedulers(resources, "pumps", wanted, 1, None)
    assert (names(page), page.next_position) == ([f"{name}-30"], "31")  # the stub's token: how many lie before
    assert list_schedulers(resources, "nobody", wanted, 1, None) == Page([], None)
    cursor = encode_cursor(scheduler_query(wanted), page.next_position)
    page = list_schedulers(resources, "pumps", wanted, 1, cursor)
    assert (names(page), page.next_position) == ([f"{name}-61"], "62")


def test_a_list_of_schedulers_that_the_worker_has_seen_asks_for_no_tags(resources, upstream, name):
    for number in range(5):
        upstream.add_scheduler(f"{name}-{number}", team=name, InferenceSchedulerArn=f"arn:{name}:{number}")
    collect_everything(resources)
    resources.teams.known.clear()
    upstream.calls.clear()
    assert len(names(list_schedulers(resources, name, ANY, 100, None))) == 5
    assert upstream.calls == ["ListInferenceSchedulers"]


def test_while_the_engine_is_away_our_own_store_tells_whose_a_scheduler_is(resources, upstream, name):
    with resources.database.begin() as db:
        collecting.follow(db, f"arn-of-{name}", name, "pumps")
    upstream.away = True
    refuse_foreign(resources, "pumps", name)
    with pytest.raises(SchedulerNotFound):
        refuse_foreign(resources, "fans", name)
    with pytest.raises(UpstreamUnavailable):
        refuse_foreign(resources, "pumps", f"{name}-never-seen")


def test_a_scheduler_that_changes_hands_upstream_takes_its_history_along(resources, upstream, name):
    upstream.add_scheduler(name, team="pumps", InferenceSchedulerArn=f"arn-of-{name}")
    collect_everything(resources)
    upstream.add_scheduler(name, team="fans", InferenceSchedulerArn=f"arn-of-{name}")
    resources.teams.known.clear()
    collect_everything(resources)
    with resources.database.begin() as db:
        assert collecting.find_followed(db, "pumps", name) is None
        assert collecting.find_followed(db, "fans", name) is not None


def test_a_name_used_by_two_teams_in_turn_leaves_each_its_own_history(resources, name):
    with resources.database.begin() as db:
        first = collecting.follow(db, f"arn-1-{name}", name, "pumps")
        second = collecting.follow(db, f"arn-2-{name}", name, "fans")
        assert collecting.find_followed(db, "pumps", name) == first
        assert collecting.find_followed(db, "fans", name) == second


def test_an_operation_of_another_team_is_one_that_does_not_exist(resources, upstream, name):
    upstream.add_scheduler(name, team="pumps")
    operation = stop_scheduler(resources, "pumps", name)
    with pytest.raises(OperationNotFound) as foreign:
        show_operation(resources, "fans", operation.id)
    assert foreign.value.detail == f"There is no operation {operation.id!r}."


@pytest.mark.parametrize(("team", "is_told"), [("pumps", True), ("fans", False)])
def test_who_has_the_scheduler_of_a_model_is_told_to_its_team_alone(
    resources, upstream, new_scheduler, name, team, is_told
):
    upstream.add_scheduler(f"{name}-secret", team="pumps")
    upstream.refuse("CreateInferenceScheduler", "ServiceQuotaExceededException", f"The model has {name}-secret.")

    with pytest.raises(QuotaExceeded) as refusal:
        create_scheduler(resources, team, new_scheduler, "token")

    assert (f"{name}-secret" in refusal.value.detail) == is_told


def test_of_a_model_that_teams_share_each_is_told_of_its_own_scheduler(resources, upstream, new_scheduler, name):
    upstream.add_scheduler(f"{name}-a-secret", team="pumps")
    upstream.add_scheduler(f"{name}-own", team="fans")
    upstream.refuse("CreateInferenceScheduler", "ServiceQuotaExceededException", f"{name}-a-secret is one.")

    with pytest.raises(QuotaExceeded) as refusal:
        create_scheduler(resources, "fans", new_scheduler, "token")

    assert f"{name}-own" in refusal.value.detail
    assert "secret" not in refusal.value.detail
