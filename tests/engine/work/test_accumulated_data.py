"""What counts as accumulated inference data: rows that successful executions read, and no others."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from engine_world import ROLE
from plant import MINUTE, SENSORS, Plant, at, broken, csv_of, minutes_of, normal, plant_of
from sqlalchemy import insert, update

from service.engine.detection.readings import moment
from service.engine.store import maintenance_windows, models, schedulers
from service.engine.store.tables import imported_inputs
from service.engine.store.tables import inference_executions as executions
from service.engine.store.tables import models as model_rows
from service.engine.work.retraining.accumulated_data import accumulated

START = at("2026-03-01T12:00:00")
FIVE = timedelta(minutes=5)


@pytest.fixture
def scored(plant: Plant) -> Plant:
    """A scheduler and the windows from 12:00 to 12:30, all of them a success, with a file for each."""
    plant.scheduler(since="2026-03-01T11:00:00")
    plant.feed_windows(START, 6)
    for number in range(6):
        succeeded(plant, START + number * FIVE)
    return plant


def succeeded(plant: Plant, start: datetime, *, name: str = "scheduler", status: str = "SUCCESS") -> None:
    """The execution of a window, without the work."""
    with plant.resources.database.begin() as connection:
        scheduler = schedulers.find(connection, plant.world.scope, name)
        window = {"data_start_time": start, "data_end_time": start + FIVE, "scheduled_start_time": start + FIVE}
        configuration = {
            "data_input_configuration": scheduler.data_input_configuration,
            "data_output_configuration": scheduler.data_output_configuration,
        }
        row = {"scheduler_id": scheduler.id, "status": status, "created_at": start + FIVE, **window, **configuration}
        connection.execute(insert(executions).values(row))


def failed(plant: Plant, start: datetime) -> None:
    with plant.resources.database.begin() as connection:
        ended = update(executions).where(executions.c.data_start_time == start)
        connection.execute(ended.values(status="FAILED"))


def read(plant: Plant, start: datetime = START - FIVE, end: datetime = START + 20 * FIVE, component: str = "motor"):
    with plant.resources.database.begin() as connection:
        model = models.find(connection, plant.world.scope, "model-of-scheduler")
    return list(accumulated(plant.resources, model, component, SENSORS[component], start, end))


def minutes(parts: list[Any]) -> list[int]:
    """Minutes after the start, of every row."""
    return [round((moment(time) - START) / MINUTE) for part in parts for time in part.times]


def test_the_rows_of_successful_windows_are_read_again(scored: Plant):
    parts = read(scored, component="pump")
    assert minutes(parts) == list(range(1, 31))
    assert parts[0].sensors == ("pump\\Sensor0", "pump\\Sensor1")
    np.testing.assert_allclose(parts[0].values[0], normal(START + MINUTE)[:2])


def test_a_window_that_failed_is_a_hole(scored: Plant):
    failed(scored, START + 2 * FIVE)
    assert minutes(read(scored)) == [*range(1, 11), *range(16, 31)]


def test_files_that_are_gone_are_a_hole(scored: Plant):
    stamp = (START + FIVE).strftime("%Y%m%d%H%M%S")
    scored.s3.delete_object(Bucket=scored.bucket, Key=f"in/motor_{stamp}.csv")
    assert minutes(read(scored)) == [*range(1, 6), *range(11, 31)]


def test_a_bucket_that_is_gone_is_a_hole(scored: Plant):
    elsewhere = scored.input() | {"S3InputConfiguration": {"Bucket": "there-is-no-such-bucket"}}
    with scored.resources.database.begin() as connection:
        early = update(executions).where(executions.c.data_start_time < START + 3 * FIVE)
        connection.execute(early.values(data_input_configuration=elsewhere))
    assert minutes(read(scored)) == list(range(16, 31))


def test_each_window_is_read_by_the_configuration_that_it_ran_with(scored: Plant):
    """The prefix was changed after half of the windows."""
    source = {"S3InputConfiguration": {"Bucket": scored.bucket, "Prefix": "later/"}}
    moments = minutes_of(START + 3 * FIVE, START + 6 * FIVE)
    scored.put("later/motor_20260301122000.csv", csv_of("motor", moments, broken))
    with scored.resources.database.begin() as connection:
        late = update(executions).where(executions.c.data_start_time >= START + 3 * FIVE)
        connection.execute(late.values(data_input_configuration=scored.input() | source))
    (part,) = read(scored)
    assert minutes([part]) == list(range(1, 31))
    np.testing.assert_allclose(part.values[14], normal(START + 15 * MINUTE)[2])
    np.testing.assert_allclose(part.values[15], broken(START + 16 * MINUTE)[2])


def test_rows_in_files_that_no_window_opened_do_not_count(scored: Plant):
    """A file stamped three windows later holds a row of the first: its run never saw that file."""
    scored.put("in/motor_20260301122000.csv", csv_of("motor", [START + 30 * timedelta(seconds=1)], broken))
    assert 0.5 not in [(moment(time) - START) / MINUTE for part in read(scored) for time in part.times]


def test_both_ends_are_as_those_of_a_window(scored: Plant):
    assert minutes(read(scored, START + 3 * MINUTE, START + 8 * MINUTE)) == [4, 5, 6, 7, 8]


def test_parts_come_day_by_day_in_the_order_of_time(scored: Plant):
    next_day = at("2026-03-02")
    scored.feed_windows(next_day - FIVE, 2)
    succeeded(scored, next_day - FIVE)
    succeeded(scored, next_day)
    parts = read(scored, end=next_day + FIVE)
    assert [len(part) for part in parts] == [35, 5]
    assert (np.diff(np.concatenate([part.times for part in parts])) > np.timedelta64(0)).all()


def test_maintenance_is_masked(scored: Plant):
    with scored.resources.database.begin() as connection:
        model = models.find(connection, scored.world.scope, "model-of-scheduler")
        window = {"start_time": START + 4 * MINUTE, "end_time": START + 26 * MINUTE, "id": "f" * 32}
        maintenance_windows.add(connection, model_id=model.id, scheduler_id=None, created_at=START, **window)
    assert minutes(read(scored)) == [1, 2, 3, 27, 28, 29, 30]


def test_of_two_schedulers_the_first_one_counts_where_both_have_a_window(scored: Plant):
    """They may be two machines, and rows of two machines must not be mixed."""
    settings = replace(scored.resources.settings, engine_quotas="schedulers_per_model=2")
    roomy = plant_of(replace(scored.resources, settings=settings), scored.s3, scored.bucket, scored.world.region)
    scored.world.clock.move(minutes=1)
    other = {"S3InputConfiguration": {"Bucket": scored.bucket, "Prefix": "other/"}}
    roomy.client.create_inference_scheduler(
        InferenceSchedulerName="another",
        ModelName="model-of-scheduler",
        DataUploadFrequency="PT5M",
        DataInputConfiguration=scored.input() | other,
        DataOutputConfiguration={"S3OutputConfiguration": {"Bucket": scored.bucket, "Prefix": "out/"}},
        RoleArn=ROLE,
    )
    failed(scored, START + 2 * FIVE)
    halves = [minute + MINUTE / 2 for minute in minutes_of(START + FIVE - MINUTE, START + 3 * FIVE - MINUTE)]
    scored.put("other/motor_20260301121000.csv", csv_of("motor", halves, broken))
    for number in (1, 2):
        succeeded(scored, START + number * FIVE, name="another")
    (part,) = read(scored)
    after = [(moment(time) - START) / MINUTE for time in part.times]
    assert after == [*range(1, 11), *(10.5 + count for count in range(5)), *range(16, 31)]


def test_imported_windows_count_where_the_models_own_have_none(scored: Plant):
    failed(scored, START + FIVE)
    with scored.resources.database.begin() as connection:
        model = models.find(connection, scored.world.scope, "model-of-scheduler")
        windows = [{"data_start_time": START + n * FIVE, "data_end_time": START + (n + 1) * FIVE} for n in (0, 1)]
        common = {"model_id": model.id, "data_input_configuration": scored.input()}
        connection.execute(insert(imported_inputs), [common | window for window in windows])
    assert minutes(read(scored)) == list(range(1, 31))


def test_what_gave_way_to_an_import_does_not_count(scored: Plant):
    with scored.resources.database.begin() as connection:
        mine = update(model_rows).where(model_rows.c.name == "model-of-scheduler")
        connection.execute(mine.values(accumulated_since=START + 3 * FIVE))
    assert minutes(read(scored)) == list(range(16, 31))
    told = scored.client.describe_model(ModelName="model-of-scheduler")
    assert told["AccumulatedInferenceDataStartTime"] == START + 3 * FIVE
    assert told["AccumulatedInferenceDataEndTime"] == START + 6 * FIVE


def test_a_scheduler_that_is_deleted_leaves_its_windows_to_the_model(scored: Plant):
    """Whoever makes it anew, with another name or key, wants the months before to count in the next retraining."""
    failed(scored, START + FIVE)
    with scored.resources.database.begin() as connection:
        model = models.find(connection, scored.world.scope, "model-of-scheduler")
        mine = schedulers.find(connection, scored.world.scope, "scheduler").id
        window = {"start_time": START + 16 * MINUTE, "end_time": START + 17 * MINUTE, "id": "e" * 32}
        maintenance_windows.add(connection, model_id=model.id, scheduler_id=mine, created_at=START, **window)
        schedulers.change(connection, mine, wanted="STOPPED", actual="STOPPED")
    scored.client.delete_inference_scheduler(InferenceSchedulerName="scheduler")
    assert minutes(read(scored)) == [*range(1, 6), *range(11, 16), *range(21, 31)]
    told = scored.client.describe_model(ModelName="model-of-scheduler")
    assert told["AccumulatedInferenceDataEndTime"] == START + 6 * FIVE
