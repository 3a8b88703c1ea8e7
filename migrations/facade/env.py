"""Alembic's entry: finds the facade's database and migrates it, one migrator at a time.

The database is, in this order: ``config.attributes["connection"]`` (an open connection), the URL in
``config.attributes["database_url"]``, ``-x database_url=…`` on the command line, or the setting
LOOKOUT_FACADE_DATABASE_URL.
"""

from alembic import context
from sqlalchemy import Connection, text

from service.facade.store import all_tables
from service.facade.store.database import connect
from service.settings import load_settings

LOCK = 7_236_002  # any number, the same for every migrator of this history


def database_url() -> str:
    """Where to migrate; the empty setting is an error that says what to set."""
    asked = context.config.attributes.get("database_url") or context.get_x_argument(as_dictionary=True).get(
        "database_url"
    )
    url = asked or load_settings().facade_database_url
    if not url:
        raise SystemExit(
            "No database to migrate: set LOOKOUT_FACADE_DATABASE_URL or give -x database_url=postgresql://…"
        )
    return url


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction. Where several start at once, the others wait and then find no work."""
    context.configure(connection=connection, target_metadata=all_tables(), compare_server_default=True)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()


def run() -> None:
    """Migrate over the connection that was handed in, or over one of our own."""
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    database = connect(database_url(), connections=1)
    with database.engine.connect() as connection:
        migrate(connection)
    database.close()


run()
