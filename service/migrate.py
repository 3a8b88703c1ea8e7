"""Bring the tables of a house up to date: alembic, without a configuration file of its own."""

from pathlib import Path

from alembic import command, context
from alembic.config import Config
from psycopg.errors import LockNotAvailable
from sqlalchemy import MetaData, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from service.settings import Settings, load_settings

MIGRATIONS = Path(__file__).parents[1] / "migrations"
LOCKS = {"engine": 7_236_001, "facade": 7_236_002}  # any numbers, the same for every migrator of a history
LOCK_TIMEOUT = "5s"  # whoever asks for a table waits behind a migration that waits for it


class MigrationError(Exception):
    """A database cannot be brought up to date. The message is one sentence that names it."""


def migrate(settings: Settings) -> None:
    """Bring both databases to the newest revision. Several at once do no harm: each history takes a lock."""
    migrate_house("engine", settings.engine_database_url)
    migrate_house("facade", settings.facade_database_url)


def migrate_house(house: str, database_url: str, revision: str = "head") -> None:
    """Bring one database to a revision of `migrations/<house>`, the newest unless another is named.

    Raises:
        MigrationError: it cannot be reached, or somebody kept a table for so long that nothing was changed.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / house))
    config.attributes["database_url"] = database_url
    try:
        command.upgrade(config, revision)
    except OperationalError as error:
        reason = " ".join(str(error.orig).split())
        if isinstance(error.orig, LockNotAvailable):
            reason = f"a table was in use for more than {LOCK_TIMEOUT} ({reason}); nothing was changed, so run it again"
        raise MigrationError(f"The database of the {house} cannot be brought up to date: {reason}") from error


def run_history(house: str, metadata: MetaData) -> None:
    """What `migrations/<house>/env.py` does when alembic loads it: migrate in one transaction, one migrator at a time.

    Where several start at once, the others wait and then find no work. The database is the URL in
    ``config.attributes["database_url"]``, ``-x database_url=…`` on the command line, or the setting of the house.
    """
    url = make_url(_database_url(house)).set(drivername="postgresql+psycopg")
    database = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    with database.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, compare_server_default=True)
        with context.begin_transaction():
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCKS[house]})
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            context.run_migrations()


def _database_url(house: str) -> str:
    typed = context.get_x_argument(as_dictionary=True).get("database_url")
    url = context.config.attributes.get("database_url") or typed or getattr(load_settings(), f"{house}_database_url")
    if not url:
        setting = f"LOOKOUT_{house.upper()}_DATABASE_URL"
        raise SystemExit(f"No database to migrate: set {setting} or give -x database_url=postgresql://…")
    return url
