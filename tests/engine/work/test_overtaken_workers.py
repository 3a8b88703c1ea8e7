"""A worker that lost its lock with its connection and comes back late, when another has ended the piece."""

from sqlalchemy import select, update
from test_ingestions import MOTOR, PUMP, dataset, ingest
from test_store_away import END, scheduler
from test_trainings import ingested

from service.engine.store import execution_runs, executions
from service.engine.store.execution_runs import Outcome
from service.engine.store.tables import datasets, inference_executions, ingestion_jobs
from service.engine.work import ingestions

__all__ = ["ingested", "scheduler"]


def test_a_late_ingestion_does_not_take_the_place_of_a_newer_one(plant, monkeypatch):
    dataset(plant)
    plant.put("training/pump/all.csv", PUMP)
    plant.put("training/motor/all.csv", MOTOR)
    ours = ingestions._ingest

    def overtaken(resources, job, of_dataset):
        monkeypatch.setattr(ingestions, "_ingest", ours)
        found = ours(resources, job, of_dataset)
        with resources.database.begin() as connection:  # another worker ends the same job, and a newer job follows
            connection.execute(update(ingestion_jobs).values(status="SUCCESS"))
            connection.execute(update(datasets).values(status="ACTIVE", current_job_id="newer"))
        return found

    monkeypatch.setattr(ingestions, "_ingest", overtaken)
    ingest(plant)
    with plant.resources.database.begin() as connection:
        assert connection.execute(select(datasets.c.current_job_id)).scalar_one() == "newer"


def test_a_window_that_has_ended_is_not_recorded_again(plant, scheduler):
    plant.work()
    with plant.resources.database.begin() as connection:
        row_id = connection.execute(select(inference_executions.c.id)).scalar_one()
        late = executions.get(connection, row_id)
        execution_runs.record(connection, late, Outcome(status="FAILED", failed_reason="late"), END)
    assert plant.latest()["Status"] == "SUCCESS"
