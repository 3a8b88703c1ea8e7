"""PostgreSQL of each house: whether it can be reached, may be written to, and has the tables of this version."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic.script import ScriptDirectory
from psycopg.conninfo import conninfo_to_dict

from service.doctor.findings import Finding, View, failed, ok, warning
from service.migrate import MIGRATIONS

OLDEST_VERSION = 14
_CONNECT_SECONDS = 3
_SETTINGS = {"facade": "LOOKOUT_FACADE_DATABASE_URL", "engine": "LOOKOUT_ENGINE_DATABASE_URL"}
_REFUSALS = {  # what PostgreSQL says while a connection is made, where it has no code -> what to do
    "password authentication failed": "Put the right user and password into {setting}.",
    "no password supplied": "Put user and password into {setting}.",
    "does not exist": "Create the database, or name another with {setting}; then run `lookout migrate`.",
    "too many clients": "Raise max_connections of PostgreSQL, or run fewer processes.",
    "remaining connection slots": "Raise max_connections of PostgreSQL, or run fewer processes.",
    "no pg_hba.conf entry": "Let this machine connect: an entry in pg_hba.conf of PostgreSQL.",
}


def look_at_facade_database(view: View) -> Iterator[Finding]:
    yield from _look("facade", view.settings.facade_database_url)


def look_at_engine_database(view: View) -> Iterator[Finding]:
    if has_own_engine(view):
        yield from _look("engine", view.settings.engine_database_url)
    else:
        yield ok("Not used here: the engine is another machine's.")


def has_own_engine(view: View) -> bool:
    """Whether the engine is ours to look after, and not only somebody's whom the facade asks."""
    return bool(view.given.engine_database_url or not view.given.lookoutequipment_endpoint_url)


def connect(url: str) -> psycopg.Connection:
    """A connection that says soon that it is none."""
    return psycopg.connect(url, connect_timeout=_CONNECT_SECONDS, autocommit=True, application_name="lookout-doctor")


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    with connect(url) as connection:
        connection.execute("SET statement_timeout = '3s'")
        yield connection


def _look(house: str, url: str) -> Iterator[Finding]:
    setting = _SETTINGS[house]
    try:
        with _connected(url) as connection:
            version = connection.info.server_version // 10_000
            if version < OLDEST_VERSION:
                yield warning(f"PostgreSQL {version} is older than {OLDEST_VERSION}.", "Upgrade PostgreSQL.")
            yield from _writable(connection, setting)
            yield from _migrated(connection, house, version)
    except psycopg.OperationalError as error:
        yield _unreachable(error, url, setting)


def _writable(connection: psycopg.Connection, setting: str) -> Iterator[Finding]:
    row = connection.execute("SELECT pg_is_in_recovery(), current_setting('transaction_read_only')").fetchone()
    if row and (row[0] or row[1] == "on"):
        yield failed("PostgreSQL only lets us read: it is a standby.", f"Name the primary with {setting}.")


def _migrated(connection: psycopg.Connection, house: str, version: int) -> Iterator[Finding]:
    history = reversed(list(ScriptDirectory(str(MIGRATIONS / house)).walk_revisions()))
    files = {script.revision: Path(script.path).stem for script in history}
    known = list(files)
    exists = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    rows = connection.execute("SELECT version_num FROM alembic_version").fetchall() if exists and exists[0] else []
    current = rows[0][0] if rows else None
    if current is not None and current not in known:
        yield failed(
            f"The tables are of another version of this program: revision {current} is not known here.",
            "Install the version that made them, or a newer one.",
        )
        return
    if pending := known[known.index(current) + 1 :] if current else known:
        yield failed(f"Migrations are pending: {', '.join(files[one] for one in pending)}.", "lookout migrate")
        return
    yield ok(f"PostgreSQL {version} at {_where(connection.info.dsn)}, revision {files[current]}.")


def _unreachable(error: psycopg.OperationalError, url: str, setting: str) -> Finding:
    said = " ".join(str(error).split())
    for words, mend in _REFUSALS.items():
        if words in said:
            return failed(f"PostgreSQL at {_where(url)} refuses us: {_last_part(said)}.", mend.format(setting=setting))
    if "timeout" in said:
        return failed(f"PostgreSQL at {_where(url)} does not answer: it hangs.", "Restart PostgreSQL.")
    return failed(
        f"PostgreSQL at {_where(url)} cannot be reached: {_last_part(said)}.",
        f"Start PostgreSQL, or name another with {setting}.",
    )


def _where(conninfo: str) -> str:
    """Host, port and database, without user and password."""
    parts = conninfo_to_dict(conninfo)
    return f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}, database {parts.get('dbname', '')}"


def _last_part(said: str) -> str:
    """`FATAL: password authentication failed for user "lookout"` without what psycopg says before it."""
    return said.rpartition("failed: ")[2].removeprefix("FATAL: ").strip().rstrip(".?").partition(" Is the server")[0]
