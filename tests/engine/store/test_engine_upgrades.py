"""An engine that has worked for a while is upgraded: its rows, those of work under way among them, go on."""

from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, insert, make_url, text
from sqlalchemy import MetaData as Tables
from test_engine_migrations import _connected, alembic, empty_database_url

from service.engine.store import due, model_versions, models, unfinished
from service.engine.store.tables import model_versions as versions
from service.engine.store.unfinished import Piece

__all__ = ["empty_database_url"]

THEN, NOW = datetime(2026, 3, 1, 13, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
OF = {"account_id": "123456789012", "region": "eu-west-1"}
PLACE = {"S3InputConfiguration": {"Bucket": "bucket", "Prefix": "in/"}}
WINDOW = {"data_start_time": THEN.replace(minute=0), "data_end_time": THEN.replace(minute=5)}
ROWS: list[tuple[str, dict[str, Any]]] = [
    ("datasets", {"id": "d", **OF, "name": "plant", "schema": {"Components": []}, "status": "INGESTION_IN_PROGRESS"}),
    (
        "ingestion_jobs",
        {"id": "j", "dataset_id": "d", "input_configuration": PLACE, "role_arn": "role", "status": "IN_PROGRESS"},
    ),
    *(
        (
            "models",
            {
                "id": id,
                **OF,
                "name": id,
                "dataset_id": "d",
                "schema": {"Components": [id]},
                "off_condition": "pump\\Sensor0<1",
                "training_data_start_time": THEN,
                "status": status,
            },
        )
        for id, status in (("trained", "SUCCESS"), ("training", "IN_PROGRESS"))
    ),
    *(
        (
            "model_versions",
            {
                "model_id": id,
                "version": 1,
                "status": status,
                "source_type": "TRAINING",
                "training_ended_at": ended,
                "created_at": THEN,
            },
        )
        for id, status, ended in (("trained", "SUCCESS", THEN.replace(hour=14)), ("training", "IN_PROGRESS", None))
    ),
    *(
        (
            "inference_schedulers",
            {
                "id": id,
                **OF,
                "name": id,
                "model_id": model,
                "data_upload_frequency": "PT5M",
                "data_input_configuration": PLACE,
                "data_output_configuration": {},
                "role_arn": "role",
                "wanted": state,
                "actual": state,
                "activated_at": THEN,
            },
        )
        for id, model, state in (("running", "trained", "RUNNING"), ("resting", "training", "STOPPED"))
    ),
    (
        "inference_executions",
        {
            "scheduler_id": "running",
            **WINDOW,
            "scheduled_start_time": THEN.replace(minute=5),
            "data_input_configuration": PLACE,
            "data_output_configuration": {},
            "status": "IN_PROGRESS",
        },
    ),
]


@pytest.fixture
def upgraded(empty_database_url: str) -> Engine:
    """The database of an engine of the first revision, with rows in it, brought to the newest."""
    config = alembic(empty_database_url)
    command.upgrade(config, "0001")
    fill(empty_database_url)
    command.upgrade(config, "head")
    with _connected(empty_database_url) as database:
        yield database


def fill(url: str, rows: list[tuple[str, dict[str, Any]]] = ROWS) -> None:
    """Insert rows, by what the tables are at that moment."""
    database, then = create_engine(make_url(url).set(drivername="postgresql+psycopg")), Tables()
    then.reflect(database)
    with database.begin() as connection:
        for table, row in rows:
            connection.execute(insert(then.tables[table]).values(**row))
    database.dispose()


def test_a_version_keeps_what_its_model_said_when_it_was_made(upgraded):
    with upgraded.begin() as connection:
        done, under_way = (model_versions.get(connection, id, 1) for id in ("trained", "training"))
        as_made = model_versions.as_made(models.get(connection, "trained"), done)
    assert as_made.schema == {"Components": ["trained"]}
    assert (as_made.off_condition, as_made.training_data_start_time) == ("pump\\Sensor0<1", THEN)
    assert (done.updated_at, under_way.updated_at) == (THEN.replace(hour=14), THEN)
    assert under_way.schema == {"Components": ["training"]}


def test_a_version_that_the_old_engine_makes_in_the_meantime_is_as_its_model_says(upgraded, empty_database_url):
    old = {"model_id": "training", "version": 2, "status": "IN_PROGRESS", "source_type": "TRAINING"}
    fill(empty_database_url, [("model_versions", old)])
    with upgraded.begin() as connection:
        for made in (model_versions.get(connection, "training", 2), model_versions.newest(connection, "training")):
            assert (made.version, made.schema, made.training_data_start_time) == (2, {"Components": ["training"]}, THEN)


def test_every_scheduler_is_looked_at_by_the_first_tick(upgraded):
    with upgraded.begin() as connection:
        found = {scheduler.id: scheduler for scheduler in due.take_due(connection, NOW, 10)}
    assert set(found) == {"running", "resting"}
    assert (found["running"].anomaly_threshold, found["running"].shadow_version) == (0.5, None)


def test_work_under_way_is_found_by_the_sweep_and_keeps_its_threshold(upgraded):
    kinds = ("execution", "replay", "ingestion", "training", "import", "export", "training_piece")
    with upgraded.begin() as connection:
        waiting = unfinished.waiting(connection, NOW, 10, kinds)
        assert connection.execute(text("SELECT anomaly_threshold FROM inference_executions")).scalar_one() == 0.5
    assert {piece.kind for piece in waiting} == {"execution", "ingestion", "training"}
    assert Piece("training", "training/1") in waiting


def test_an_engine_can_go_back_and_keeps_its_rows(upgraded, empty_database_url):
    with upgraded.begin() as connection:
        connection.execute(
            insert(versions).values(
                model_id="trained",
                version=2,
                status="CANCELED",
                source_type="RETRAINING",
                schema={},
                scheduled_for=THEN,
            )
        )
    upgraded.dispose()
    command.downgrade(alembic(empty_database_url), "0001")
    with upgraded.begin() as connection:
        counts = {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table, _ in ROWS}
    assert counts == {
        "datasets": 1,
        "ingestion_jobs": 1,
        "models": 2,
        "model_versions": 3,
        "inference_schedulers": 2,
        "inference_executions": 1,
    }
