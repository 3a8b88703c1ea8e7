"""The engine's migrations and its tables are the same thing said twice."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from service.embedded.postgres import make_database
from service.engine.store.database import open_database
from service.engine.store.tables import metadata
from service.migrate import MIGRATIONS

HISTORY = MIGRATIONS / "engine"


@pytest.fixture
def empty_database_url(postgres_sockets: Path, unique: str) -> Iterator[str]:
    name = f"migrated_{unique}"
    yield make_database(postgres_sockets, name)
    with _connected(make_database(postgres_sockets, "postgres")) as database, database.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def _connected(url: str) -> Iterator[Engine]:
    database = open_database(url, pool_size=2)
    yield database
    database.dispose()


def alembic(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HISTORY))
    config.attributes["database_url"] = database_url
    return config


def tables(database: Engine) -> set[str]:
    return set(inspect(database).get_table_names()) - {"alembic_version"}


def test_the_migrations_make_the_tables(empty_database_url: str):
    command.upgrade(alembic(empty_database_url), "head")
    with _connected(empty_database_url) as database, database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert tables(database) == set(metadata.tables)


def test_constraints_have_the_names_that_the_tables_give_them(empty_database_url: str):
    """Autogenerate does not compare these; a later migration drops them by name."""
    command.upgrade(alembic(empty_database_url), "head")
    with _connected(empty_database_url) as database:
        found = inspect(database)
        for name, table in metadata.tables.items():
            named = {
                found.get_pk_constraint(name)["name"],
                *(entry["name"] for entry in found.get_foreign_keys(name)),
                *(entry["name"] for entry in found.get_unique_constraints(name)),
                *(entry["name"] for entry in found.get_check_constraints(name)),
            }
            assert named == {constraint.name for constraint in table.constraints}, name


def test_down_and_up_again(empty_database_url: str):
    config = alembic(empty_database_url)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    with _connected(empty_database_url) as database:
        assert tables(database) == set()
    command.upgrade(config, "head")
    with _connected(empty_database_url) as database:
        assert tables(database) == set(metadata.tables)


def test_several_that_migrate_at_once_do_not_collide(empty_database_url: str):
    """Containers start together. Alembic keeps its context in the process, so each migrator is a process."""
    code = f"from service.migrate import migrate_house; migrate_house('engine', {empty_database_url!r})"

    def migrate(_: int) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    with ThreadPoolExecutor(3) as threads:
        ended = list(threads.map(migrate, range(3)))
    assert [process.returncode for process in ended] == [0, 0, 0], [process.stderr for process in ended]


def test_the_history_is_one_line_of_numbered_files():
    script = ScriptDirectory(str(HISTORY))
    revisions = list(script.walk_revisions())
    assert len(script.get_heads()) == 1
    for revision in revisions:
        assert Path(revision.path).name.startswith(f"{revision.revision}_")


def _by_command_line(url: str, environment: dict[str, str]) -> Config:
    return Config(cmd_opts=type("Options", (), {"x": [f"database_url={url}"]})())


def _by_setting(url: str, environment: dict[str, str]) -> Config:
    environment["LOOKOUT_ENGINE_DATABASE_URL"] = url
    return Config()


@pytest.mark.parametrize("tell", [_by_command_line, _by_setting], ids=["-x database_url", "the setting"])
def test_the_database_may_also_be_given_by(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, tell: Callable[[str, dict[str, str]], Config]
):
    environment: dict[str, str] = {}
    config = tell(empty_database_url, environment)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    config.set_main_option("script_location", str(HISTORY))
    command.upgrade(config, "head")
    with _connected(empty_database_url) as database:
        assert tables(database) == set(metadata.tables)


def test_without_a_database_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("LOOKOUT_ENGINE_DATABASE_URL", raising=False)
    config = Config()
    config.set_main_option("script_location", str(HISTORY))
    with pytest.raises(SystemExit, match="LOOKOUT_ENGINE_DATABASE_URL"):
        command.upgrade(config, "head")
