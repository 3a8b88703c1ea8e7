"""Which migration the database is at."""

from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from service.facade.store.database import Database

_CURRENT = text("SELECT version_num FROM alembic_version")


def current_revision(database: Database) -> str | None:
    """None where nothing was ever migrated.

    Raises:
        DatabaseUnavailable
    """
    try:
        with database.begin() as db:
            return db.scalar(_CURRENT)
    except ProgrammingError:  # there is no such table
        return None
