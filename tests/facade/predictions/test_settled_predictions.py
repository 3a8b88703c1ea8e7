"""When a reader of predictions has to ask the upstream, and when our store alone can answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.facade.domain.predictions import PredictionFilter, PredictionQuery
from service.facade.usecases.collecting import collect_everything
from service.facade.usecases.predictions import find_predictions

START = datetime(2026, 3, 1, tzinfo=UTC)
LAST = 47  # windows of five minutes: four hours


@pytest.fixture
def collected(plant, resources):
    """The results of four hours, collected by the worker."""
    plant.score(0, rows=1)
    plant.score(LAST, rows=1)
    collect_everything(resources)
    return plant


@pytest.fixture
def calls(resources, upstream, name):
    """What is asked upstream when results up to an hour are read, so many minutes after midnight."""

    def asked(until_hour: float | None = None, minutes: float = 1_000_000) -> list[str]:
        upstream.calls.clear()
        end = None if until_hour is None else START + timedelta(hours=until_hour)
        at_that_time = replace(resources, clock=lambda: START + timedelta(minutes=minutes))
        find_predictions(
            at_that_time, "default", name, PredictionQuery(wanted=PredictionFilter(end_time=end), limit=10)
        )
        return upstream.calls[:]

    return asked


ASKED = ["DescribeInferenceScheduler", "ListInferenceExecutions"]


def test_history_is_read_without_asking_anybody(collected, calls):
    assert calls(until_hour=1.5) == []


def test_the_last_two_hours_are_asked_for(collected, calls):
    assert calls(until_hour=2) == ASKED
    assert calls() == ASKED


def test_nothing_can_be_new_before_the_next_window_has_ended(collected, calls):
    next_window_ends = (LAST + 2) * 5
    assert calls(minutes=next_window_ends - 0.1) == []
    assert calls(minutes=next_window_ends) != []


def test_a_scheduler_without_results_is_asked_for(plant, resources, calls):
    collect_everything(resources)
    assert calls(until_hour=1) == ASKED


def test_history_is_asked_for_while_a_replay_may_change_it(collected, calls, client, name):
    body = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}
    assert client.post(f"/v1/schedulers/{name}/replays", json=body).status_code == 202
    assert calls(until_hour=1.5) != []


def test_a_deleted_scheduler_is_asked_for_since_its_name_may_come_back(collected, calls, client, upstream, name):
    upstream.schedulers[name]["Status"] = "STOPPED"
    assert client.delete(f"/v1/schedulers/{name}").status_code == 204
    assert calls(until_hour=1.5) == ["DescribeInferenceScheduler"]


def test_rows_that_come_while_an_export_is_read_are_neither_doubled_nor_in_the_way(
    plant, resources, client, name, monkeypatch
):
    monkeypatch.setattr("service.facade.usecases.predictions._BATCH_ROWS", (2, 2))
    for number in (0, 2):
        plant.score(number)
    collect_everything(resources)
    batches = find_predictions(resources, "default", name, PredictionQuery()).batches
    first = next(batches)
    plant.score(1)  # five rows in the midst of what is still to be read
    collect_everything(resources)
    read = [time for group in [first, *batches] for batch in group for time in batch.timestamps]
    assert [time.minute for time in read] == [*range(1, 16)]
