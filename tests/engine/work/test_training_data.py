"""What a version is trained on: the dataset's content, and for a retraining what has accumulated since."""

from dataclasses import replace

import numpy as np
import pytest
from plant import MINUTE, Plant, at
from test_trainings import DAY, START, ingested

from service.engine.detection import Readings
from service.engine.store import model_versions, models
from service.engine.work.problems import InputProblem
from service.engine.work.training import data as training_data
from service.engine.work.training.data import RETRAINING, RUN_UP, TrainingData, find_training_data, read_span

__all__ = ["ingested"]


def data_of(plant: Plant, source: str = "TRAINING", **ranges) -> TrainingData:
    """The data of a first version with these ranges; of a retraining with them, if asked for."""
    plant.client.create_model(ModelName="model", DatasetName="plant")
    with plant.resources.database.begin() as connection:
        model = models.find(connection, plant.world.scope, "model")
        version = model_versions.get(connection, model.id, 1)
    return find_training_data(plant.resources, replace(model, **ranges), replace(version, source_type=source))


def nanoseconds(time) -> int:
    return int(np.datetime64(time.replace(tzinfo=None), "ns").astype(np.int64))


def test_only_what_the_ranges_need_is_read_and_a_week_before_it(ingested):
    start = START + 2 * DAY
    data = data_of(ingested, training_data_start_time=start, training_data_end_time=start + MINUTE)
    assert data.span == (nanoseconds(START) - 1, nanoseconds(start + MINUTE))
    assert RUN_UP > 2 * DAY
    late = replace(data.model, training_data_start_time=START + 2 * DAY + RUN_UP, training_data_end_time=None)
    assert find_training_data(ingested.resources, late, data.version).span == (
        nanoseconds(START + 2 * DAY) - 1,
        nanoseconds(START + 3 * DAY),
    )


def test_in_a_retraining_the_dataset_wins_and_the_rest_is_filled_from_what_accumulated(ingested, monkeypatch):
    """Accumulated rows at half minutes join those of the dataset; at the same times they do not count."""
    end = START + 4 * DAY
    asked = []

    def accumulated(resources, model, component, sensors, start, until):
        asked.append((component, start, until))
        moments = [at("2026-02-03T23:59"), at("2026-02-03T23:59:30"), at("2026-02-04T12:00"), until + MINUTE]
        times = np.array([moment.replace(tzinfo=None) for moment in moments], dtype="datetime64[ns]")
        names = tuple(f"{component}\\{sensor}" for sensor in sensors)
        yield Readings(times, np.full((len(times), len(names)), -1.0), names)

    monkeypatch.setattr(training_data, "accumulated", accumulated)
    data = data_of(ingested, RETRAINING, training_data_start_time=START, training_data_end_time=end)
    span = (nanoseconds(at("2026-02-03T23:58")), data.span[1])
    for readings in read_span(ingested.resources, data, span):
        stamps = [str(time)[11:19] for time in readings.times]
        assert stamps == ["23:59:00", "23:59:30", "00:00:00", "12:00:00"]
        assert [(row < 0).all() for row in readings.values] == [False, True, False, True]
    assert {component for component, _, _ in asked} == {"pump", "motor"}
    assert data.span[1] == nanoseconds(end)


def test_a_first_training_does_not_look_at_accumulated_data(ingested, monkeypatch):
    monkeypatch.setattr(training_data, "accumulated", lambda *_: pytest.fail("asked for"))
    data = data_of(ingested)
    rows = read_span(ingested.resources, data, data.span)
    assert [len(readings) for readings in rows] == [3 * 1440 + 1, 3 * 1440 + 1]


def test_a_copy_that_is_gone_is_told_as_such(ingested):
    resources = ingested.resources
    data = data_of(ingested)
    resources.objects.delete_prefix(resources.settings.engine_bucket, data.prefix)
    with pytest.raises(InputProblem, match=r"has no content of component pump.* Start a data ingestion job\."):
        find_training_data(resources, data.model, data.version)


def test_data_that_reach_farther_need_more_cells(ingested):
    few = data_of(ingested, training_data_start_time=START, training_data_end_time=START + DAY)
    more = replace(few, span=(few.span[0], nanoseconds(START + 3 * DAY)))
    assert few.cells == pytest.approx(3 * 1440, rel=0.01)
    assert more.cells == pytest.approx(3 * 3 * 1440, rel=0.01)
    assert len(more.spans(2000)) > len(few.spans(2000)) > 1
