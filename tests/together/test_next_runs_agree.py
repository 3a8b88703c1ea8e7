"""What next-runs says is what the engine does: it wakes then, for that window, and reads files of just these names."""

from datetime import timedelta

import pytest
from plant import SENSORS, Plant, at, csv_of, minutes_of, times_of

from service.engine.scheduling.windows import utc_text
from service.facade.domain.runs import ComingRun
from service.facade.usecases.next_runs import next_runs

SINCE = "2026-03-01T13:01:00"
SECOND = timedelta(seconds=1)


CASES = {
    "the defaults": {},
    "an offset": {"zone": "+05:30"},
    "an offset to the west": {"zone": "-08:00", "stamps": "yyyy-MM-dd-HH-mm-ss", "delimiter": "-"},
    "epoch is never shifted": {"zone": "+05:30", "stamps": "EPOCH"},
    "no delimiter": {"delimiter": ""},
    "a delay": {"delay": 3},
    "a delay longer than the frequency": {"delay": 12},
    "an hour": {"frequency": "PT1H", "zone": "-03:30"},
    "an hour with the longest delay": {"frequency": "PT1H", "delay": 60},
}


@pytest.mark.parametrize("case", CASES)
def test_the_engine_reads_the_files_that_were_named_when_it_was_said_to_wake(plant, facade_of_plant, case):
    naming = dict(CASES[case])
    timing = {
        "DataUploadFrequency": naming.pop("frequency", "PT5M"),
        "DataDelayOffsetInMinutes": naming.pop("delay", 0),
    }
    plant.scheduler(since=SINCE, DataInputConfiguration=plant.input(**naming), **timing)
    plant.pass_time(at(SINCE) + SECOND)
    runs = next_runs(facade_of_plant, "scheduler", 2).runs
    for run in runs:
        write(plant, run)
        plant.pass_time(run.wake_time - SECOND)
        done = len(plant.executions())
        plant.pass_time(run.wake_time)
        assert len(plant.executions()) == done + 1
        execution = plant.latest()
        assert execution["Status"] == "SUCCESS", execution["FailedReason"]
        assert times_of(execution) == tuple(map(utc_text, (run.wake_time, run.data_start_time, run.data_end_time)))


def write(plant: Plant, run: ComingRun) -> None:
    """The files of a run under the names that were told, with the columns of the template."""
    assert {file.component_name for file in run.files} == set(SENSORS)
    for file in run.files:
        body = csv_of(file.component_name, minutes_of(run.data_start_time, run.data_end_time))
        assert file.template.splitlines()[0] == body.splitlines()[0]
        plant.put(file.key, body)


def test_the_template_itself_can_be_scored(plant, facade_of_plant):
    plant.scheduler(since=SINCE)
    plant.pass_time(at(SINCE) + SECOND)
    [run] = next_runs(facade_of_plant, "scheduler", 1).runs
    for file in run.files:
        plant.put(file.key, file.template)
    plant.pass_time(run.wake_time)
    [line] = plant.results(plant.latest())
    assert line["timestamp"] == "2026-03-01T13:05:00.000000"


@pytest.mark.parametrize("end", ["earliest_key", "latest_key"])
def test_the_engine_reads_files_up_to_both_ends_of_the_range(plant, facade_of_plant, end):
    plant.scheduler(since=SINCE)
    plant.pass_time(at(SINCE) + SECOND)
    [run] = next_runs(facade_of_plant, "scheduler", 1).runs
    for file in run.files:
        plant.put(getattr(file, end), file.template)
    plant.pass_time(run.wake_time)
    assert plant.latest()["Status"] == "SUCCESS"


def test_a_scheduler_that_was_stopped_does_what_was_said_once_it_is_started(plant, facade_of_plant):
    plant.scheduler(since=SINCE, DataDelayOffsetInMinutes=7)
    plant.pass_time(at(SINCE) + SECOND)
    plant.client.stop_inference_scheduler(InferenceSchedulerName="scheduler")
    plant.pass_time("2026-03-01T13:16:00")
    found = next_runs(facade_of_plant, "scheduler", 1)
    assert found.note == "The scheduler is stopped: these would be its runs if it were started now."
    plant.client.start_inference_scheduler(InferenceSchedulerName="scheduler")
    plant.pass_time("2026-03-01T13:16:01")
    before = len(plant.executions())
    [run] = found.runs
    write(plant, run)
    plant.pass_time(run.wake_time - SECOND)
    assert len(plant.executions()) == before
    plant.pass_time(run.wake_time)
    assert times_of(plant.latest())[1] == utc_text(run.data_start_time) == "2026-03-01T13:15:00Z"
