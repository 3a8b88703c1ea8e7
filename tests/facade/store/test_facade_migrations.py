"""The facade's migrations make what its tables say, and several migrators at once do no harm."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, make_url, text

from service.embedded.postgres import make_database
from service.facade.store import all_tables, operations, watched_schedulers
from service.migrate import MIGRATIONS, migrate_house

HISTORY = MIGRATIONS / "facade"
UNDER_WAY = text("""
    INSERT INTO operations (id, team, kind, inference_scheduler_name, status, created_at, updated_at, deadline_at)
    VALUES ('old', 'default', 'stop_scheduler', 'pump', 'in_progress', now(), now(), now())
""")
SCORED = (
    "INSERT INTO followed_schedulers (inference_scheduler_arn, inference_scheduler_name, team) VALUES ('a', 'p', 't')",
    """INSERT INTO predictions (scheduler_id, timestamp, data_start_time, prediction)
    SELECT 1, moment, moment, 1 FROM generate_series(timestamptz '2026-01-01', '2026-01-01 00:59', '1m') AS moment""",
)


@pytest.fixture
def empty_url(postgres_sockets: Path, unique: str) -> Iterator[str]:
    name = f"facade_migrated_{unique}"
    yield make_database(postgres_sockets, name)
    with psycopg.connect(make_database(postgres_sockets, "postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(empty_url: str) -> Iterator:
    engine = create_engine(make_url(empty_url).set(drivername="postgresql+psycopg"))
    yield engine
    engine.dispose()


def alembic(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HISTORY))
    config.attributes["database_url"] = url
    return config


def tables(database) -> set[str]:
    return set(inspect(database).get_table_names()) - {"alembic_version"}


def test_the_migrations_make_what_the_tables_say(empty_url, database):
    migrate_house("facade", empty_url)

    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, all_tables()) == []
    assert tables(database) == set(all_tables().tables)


def test_constraints_have_the_names_that_a_later_migration_drops_them_by(empty_url, database):
    migrate_house("facade", empty_url)

    found = inspect(database)
    for name, table in all_tables().tables.items():
        named = {
            found.get_pk_constraint(name)["name"],
            *(entry["name"] for entry in found.get_foreign_keys(name)),
            *(entry["name"] for entry in found.get_unique_constraints(name)),
            *(entry["name"] for entry in found.get_check_constraints(name)),
        }
        assert named == {constraint.name for constraint in table.constraints}, name


def test_up_down_and_up_again(empty_url, database):
    command.upgrade(alembic(empty_url), "head")
    command.downgrade(alembic(empty_url), "base")
    assert tables(database) == set()

    command.upgrade(alembic(empty_url), "head")
    assert tables(database) == set(all_tables().tables)


def test_an_operation_under_way_is_watched_on_after_its_status_got_another_name(empty_url, database):
    command.upgrade(alembic(empty_url), "0010")
    with database.begin() as db:
        db.execute(UNDER_WAY)

    command.upgrade(alembic(empty_url), "head")
    with database.begin() as db:
        assert operations.unwatched(db, datetime.now(UTC)) == ["old"]

    command.downgrade(alembic(empty_url), "0010")
    with database.begin() as db:
        assert db.scalar(text("SELECT status FROM operations")) == "in_progress"


def test_what_was_scored_before_is_counted_and_no_news_to_listeners(empty_url, database):
    command.upgrade(alembic(empty_url), "0011")
    with database.begin() as db:
        for statement in SCORED:
            db.execute(text(statement))

    command.upgrade(alembic(empty_url), "head")
    with database.begin() as db:
        assert watched_schedulers.with_news(db) == []
        assert db.scalar(text("SELECT sum(anomalous) FROM prediction_hours")) == 60

    command.downgrade(alembic(empty_url), "0011")
    with database.begin() as db:
        assert db.scalar(text("SELECT count(*) FROM predictions")) == 60


def test_several_migrators_at_once_do_it_once(empty_url, database):
    code = f"from service.migrate import migrate_house; migrate_house('facade', {empty_url!r})"
    migrators = [Popen([sys.executable, "-c", code]) for _ in range(2)]

    assert [migrator.wait(60) for migrator in migrators] == [0, 0]

    assert tables(database) == set(all_tables().tables)


def test_the_history_is_one_line_and_each_step_is_numbered():
    script = ScriptDirectory(str(HISTORY))
    revisions = [revision.revision for revision in script.walk_revisions()]

    assert len(script.get_heads()) == 1
    assert sorted(revisions) == [f"{number:04}" for number in range(1, len(revisions) + 1)]
