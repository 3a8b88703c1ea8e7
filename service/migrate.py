"""Bring the tables of a house up to date: alembic, without a configuration file of its own."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from service.settings import Settings

MIGRATIONS = Path(__file__).parents[1] / "migrations"
HOUSES = ("engine", "facade")


def migrate(settings: Settings) -> None:
    """Bring both databases to the newest revision. Several at once do no harm: each history takes a lock."""
    migrate_house("engine", settings.engine_database_url)
    migrate_house("facade", settings.facade_database_url)


def migrate_house(house: str, database_url: str) -> None:
    """Bring one database to the newest revision of `migrations/<house>`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / house))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")
