"""Schedulers that were started, stopped or deleted by anybody, and those that are stale."""

import pytest

from service.facade.usecases.collecting import collect_due, collect_everything
from service.facade.usecases.statuses import note_statuses


def pair(told) -> tuple[str, str]:
    return told.data["from"], told.data["to"]


def test_a_change_of_status_is_told_of_once_whoever_made_it(plant, upstream):
    assert plant.list_schedulers() == []  # seen for the first time
    upstream.schedulers[plant.name]["Status"] = "STOPPED"
    assert plant.list_schedulers() == ["scheduler.status_changed"]
    assert plant.list_schedulers() == []
    upstream.schedulers[plant.name]["Status"] = "RUNNING"
    assert plant.list_schedulers() == ["scheduler.status_changed"]
    assert [pair(told) for told in plant.feed()] == [("RUNNING", "STOPPED"), ("STOPPED", "RUNNING")]


@pytest.mark.parametrize("on_the_way", ["STOPPING", "PENDING"])
def test_a_status_on_the_way_is_not_told_of(plant, upstream, on_the_way):
    plant.list_schedulers()
    upstream.schedulers[plant.name]["Status"] = on_the_way
    assert plant.list_schedulers() == []
    upstream.schedulers[plant.name]["Status"] = "RUNNING"
    assert plant.list_schedulers() == []


def test_a_scheduler_that_is_gone_is_told_of_once(plant, upstream):
    plant.list_schedulers()
    del upstream.schedulers[plant.name]
    assert plant.list_schedulers() == ["scheduler.status_changed"]
    assert pair(plant.feed()[0]) == ("RUNNING", "DELETED")
    assert plant.list_schedulers() == []


def test_a_scheduler_that_the_list_has_missed_is_not_gone(plant):
    """Its pages shift while others come and go."""
    plant.list_schedulers()
    note_statuses(plant.resources, {})
    assert plant.news() == []


def test_what_cannot_be_asked_for_now_is_asked_for_with_the_next_look(plant, upstream):
    plant.list_schedulers()
    del upstream.schedulers[plant.name]
    upstream.refuse("DescribeInferenceScheduler", "AccessDeniedException")
    assert plant.list_schedulers() == []
    upstream.refusals.clear()
    assert plant.list_schedulers() == ["scheduler.status_changed"]


def test_collecting_looks_at_statuses(plant, upstream):
    collect_due(plant.resources)
    upstream.schedulers[plant.name]["Status"] = "STOPPED"
    collect_due(plant.resources)
    assert plant.news() == ["scheduler.status_changed"]


def test_a_scheduler_without_a_success_for_three_windows_is_stale_until_it_recovers(plant):
    """Its last window ended at noon, so the third after it at a quarter past; a run has two minutes to be seen."""
    plant.list_schedulers()
    plant.at(1).run(None, first=-5)
    assert plant.at(17).check() == []
    assert plant.at(17.1).check() == ["scheduler.stale"]
    assert plant.at(300).check() == []
    assert plant.feed()[0].data == {
        "inference_scheduler_name": plant.name,
        "last_success_end_time": "2026-03-01T12:00:00Z",
        "windows": 3,
        "scheduler_url": f"/v1/schedulers/{plant.name}",
    }

    plant.at(301).run(None, first=295)
    assert plant.at(317).check() == []
    assert plant.at(318).check() == ["scheduler.stale"]


def test_one_that_never_had_a_success_counts_from_when_it_was_seen_to_run(plant):
    plant.at(2).list_schedulers()
    assert plant.at(17).check() == []
    assert plant.at(18).check() == ["scheduler.stale"]
    assert plant.feed()[0].data["last_success_end_time"] is None


def test_the_delay_of_its_data_is_waited_for(plant, upstream):
    upstream.schedulers[plant.name]["DataDelayOffsetInMinutes"] = 30
    plant.at(2).list_schedulers()
    assert plant.at(47).check() == []
    assert plant.at(48).check() == ["scheduler.stale"]


def test_a_scheduler_that_is_stopped_is_not_stale_and_counts_anew_when_it_is_started(plant, upstream):
    plant.list_schedulers()
    upstream.schedulers[plant.name]["Status"] = "STOPPED"
    plant.at(10).list_schedulers()
    assert plant.at(500).check() == []
    upstream.schedulers[plant.name]["Status"] = "RUNNING"
    plant.at(501).list_schedulers()
    assert plant.at(516).check() == []
    assert plant.at(518).check() == ["scheduler.stale"]


def test_an_engine_that_is_away_makes_its_schedulers_stale(plant, upstream):
    plant.list_schedulers()
    upstream.away = True
    plant.at(60)
    with pytest.raises(Exception, match="no answer"):
        collect_everything(plant.resources)
    assert plant.news() == ["scheduler.stale"]


def test_a_worker_that_was_away_looks_before_it_says_stale(plant, upstream):
    plant.list_schedulers()
    for start in range(0, 55, 5):
        upstream.add_execution(plant.name, int(plant.now.timestamp()) + 60 * start)
    plant.at(60)
    collect_everything(plant.resources)
    assert plant.news() == []
