"""Rows leave the store as dataclasses with one field per column."""

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import Table

from service.engine.store import (
    datasets,
    executions,
    ingestion_jobs,
    model_versions,
    models,
    replays,
    retraining_schedulers,
    schedulers,
    tables,
)


@pytest.mark.parametrize(
    ("kind", "table", "joined", "renamed"),
    [
        (datasets.Dataset, tables.datasets, set(), {}),
        (ingestion_jobs.IngestionJob, tables.ingestion_jobs, {"dataset_name"}, {}),
        (models.Model, tables.models, {"dataset_name"}, {}),
        (model_versions.ModelVersion, tables.model_versions, set(), {}),
        (schedulers.Scheduler, tables.inference_schedulers, {"model_name"}, {}),
        (executions.Execution, tables.inference_executions, set(), {}),
        (retraining_schedulers.RetrainingScheduler, tables.retraining_schedulers, {"model_name"}, {}),
        (replays.Replay, tables.inference_replays, {"scheduler_name"}, {"status": "actual"}),
    ],
)
def test_a_dataclass_has_the_columns_of_its_table(kind: Any, table: Table, joined: set[str], renamed: dict[str, str]):
    columns = {renamed.get(column.name, column.name) for column in table.columns}
    assert {field.name for field in fields(kind)} == columns | joined


def test_every_pair_of_wanted_and_actual_has_a_status():
    assert set(schedulers.STATUS.values()) == {"PENDING", "RUNNING", "STOPPING", "STOPPED"}
