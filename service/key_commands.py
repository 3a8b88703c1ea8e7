"""`lookout keys …`: API keys made, listed and revoked by whoever runs the service."""

import getpass
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from service.key_arguments import lifetime, name, read_by, scopes, team

_DAYS = 365
_COLUMNS = ("ID", "TEAM", "SCOPES", "NAME", "STATE", "CREATED", "EXPIRES", "LAST USED")


class KeyCommandError(Exception):
    """A command about keys cannot be carried out. The message is one sentence that says what to do."""


@click.group
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command
@click.option("--team", required=True, callback=read_by(team), help="Whose schedulers it opens.")
@click.option(
    "--scopes",
    default="read,operate",
    show_default=True,
    callback=read_by(scopes),
    help="Of read,operate,admin: each includes those before it.",
)
@click.option("--name", default="", callback=read_by(name), help="What it is for.")
@click.option(
    "--expires-in",
    default=str(_DAYS),
    show_default=True,
    metavar="DAYS",
    callback=read_by(lifetime),
    help="Or `never`.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the key and all about it as JSON.")
def create(team: str, scopes: tuple[str, ...], name: str, expires_in: timedelta | None, as_json: bool) -> None:
    """Make a key and print it, this once."""
    from service.facade.usecases.keys import NewKey, create_key

    wanted = NewKey(team=team, scopes=scopes, name=name, lifetime=expires_in)
    with _database() as database:
        key, text = create_key(database, wanted, _actor(), datetime.now(UTC))
    if as_json:
        print(json.dumps({"key": text, **_shown(key)}))
        return
    until = "never expires" if key.expires_at is None else f"expires on {key.expires_at:%Y-%m-%d}"
    print(
        f"Key {key.id} of team {key.team} may {', '.join(key.scopes)} and {until}."
        " Keep it now: only its hash is stored, and it is not shown again.",
        file=sys.stderr,
    )
    print(text)


@keys.command("list")
@click.option("--team", callback=read_by(team), help="Only keys of this team.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(team: str | None, as_json: bool) -> None:
    """Print the keys there are, though never the keys themselves."""
    from service.facade.usecases.keys import list_keys

    with _database() as database:
        found = [_shown(key) for key in list_keys(database, team)]
    if as_json:
        print(json.dumps(found))
        return
    rows = [[_cell(value) for value in key.values()] for key in found]
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    for row in (_COLUMNS, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@keys.command
@click.argument("id")
def revoke(id: str) -> None:
    """Let a key open nothing any more. ID is as `lookout keys list` shows it."""
    from service.facade.store.known_keys import FRESH_SECONDS
    from service.facade.usecases.keys import revoke_key

    with _database() as database:
        key = revoke_key(database, id, _actor(), datetime.now(UTC))
    if key is None:
        raise KeyCommandError(f"There is no key {id}: `lookout keys list` shows the ids.")
    print(f"Key {key.id} of team {key.team} is revoked; within {FRESH_SECONDS:.0f} seconds it opens nothing any more.")


@contextmanager
def _database() -> Iterator[Any]:
    """The facade's database: the one in the settings, else the one that runs on this machine."""
    from sqlalchemy.exc import ProgrammingError

    from service.embedded.running import running_facade_database
    from service.facade.problems import DatabaseUnavailable
    from service.facade.store.database import connect
    from service.settings import load_settings

    settings = load_settings()
    database = connect(settings.facade_database_url or running_facade_database(settings), connections=1)
    try:
        yield database
    except DatabaseUnavailable as problem:
        reason = " ".join(str(getattr(problem.__cause__, "orig", None) or problem.detail).split())
        raise KeyCommandError(f"The facade's database cannot be reached: {reason}") from problem
    except ProgrammingError as error:
        raise KeyCommandError("The facade's database has no table of keys: run `lookout migrate` first.") from error
    finally:
        database.close()


def _actor() -> str:
    """Who sits at the command line, for the audit log."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # an account without a name, as containers have
        return f"cli:{os.getuid()}"


def _shown(key: Any) -> dict[str, Any]:
    return {
        "id": key.id,
        "team": key.team,
        "scopes": list(key.scopes),
        "name": key.name,
        "state": key.state(datetime.now(UTC)),
        "created_at": _time(key.created_at),
        "expires_at": _time(key.expires_at),
        "last_used_at": _time(key.last_used_at),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _cell(value: str | Sequence[str] | None) -> str:
    return (value or "-") if isinstance(value, str | None) else ",".join(value)
