"""Bring the tables of a house up to date: alembic, without a configuration file of its own."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import OperationalError

from service.settings import Settings

MIGRATIONS = Path(__file__).parents[1] / "migrations"
HOUSES = ("engine", "facade")


class MigrationError(Exception):
    """A database cannot be brought up to date. The message is one sentence that names it."""


def migrate(settings: Settings) -> None:
    """Bring both databases to the newest revision. Several at once do no harm: each history takes a lock."""
    migrate_house("engine", settings.engine_database_url)
    migrate_house("facade", settings.facade_database_url)


def migrate_house(house: str, database_url: str) -> None:
    """Bring one database to the newest revision of `migrations/<house>`.

    Raises:
        MigrationError: it cannot be reached.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / house))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    config.attributes["database_url"] = database_url
    try:
        command.upgrade(config, "head")
    except OperationalError as error:
        reason = " ".join(str(error.orig).split())
        raise MigrationError(f"The database of the {house} cannot be brought up to date: {reason}") from error
