"""`lookout keys …`: API keys made, listed and revoked by whoever runs the service."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from service.key_arguments import lifetime, name, scopes, team
from service.settings import Settings, load_settings

_DAYS = 365
_COLUMNS = ("ID", "TEAM", "SCOPES", "NAME", "STATE", "CREATED", "EXPIRES", "LAST USED")


class KeyCommandError(Exception):
    """A command about keys cannot be carried out. The message is one sentence that says what to do."""


def offer_key_commands(keys: argparse.ArgumentParser) -> None:
    """Add `create`, `list` and `revoke` to the command `lookout keys`."""
    commands = keys.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def offer(word: str, run: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(word, help=text, description=text)
        command.set_defaults(run=run)
        return command

    create = offer("create", _create, "make a key and print it, this once")
    create.add_argument("--team", required=True, type=team, help="whose schedulers it opens")
    create.add_argument(
        "--scopes",
        type=scopes,
        default=("read", "operate"),
        help="of read,operate,admin: each includes those before it (read,operate)",
    )
    create.add_argument("--name", default="", type=name, help="what it is for")
    create.add_argument(
        "--expires-in", type=lifetime, default=timedelta(days=_DAYS), metavar="DAYS", help=f"or `never` ({_DAYS})"
    )
    create.add_argument("--json", action="store_true", help="print the key and all about it as JSON")
    shown = offer("list", _list, "print the keys there are, though never the keys themselves")
    shown.add_argument("--team", type=team, help="only keys of this team")
    shown.add_argument("--json", action="store_true", help="as JSON")
    revoke = offer("revoke", _revoke, "let a key open nothing any more")
    revoke.add_argument("id", metavar="ID", help="as `lookout keys list` shows it")


def _create(chosen: argparse.Namespace) -> None:
    from service.facade.usecases.keys import NewKey, create_key

    wanted = NewKey(team=chosen.team, scopes=chosen.scopes, name=chosen.name, lifetime=chosen.expires_in)
    with _database() as database:
        key, text = create_key(database, wanted, _actor(), datetime.now(UTC))
    if chosen.json:
        print(json.dumps({"key": text, **_shown(key)}))
        return
    until = "never expires" if key.expires_at is None else f"expires on {key.expires_at:%Y-%m-%d}"
    print(
        f"Key {key.id} of team {key.team} may {', '.join(key.scopes)} and {until}."
        " Keep it now: only its hash is stored, and it is not shown again.",
        file=sys.stderr,
    )
    print(text)


def _list(chosen: argparse.Namespace) -> None:
    from service.facade.usecases.keys import list_keys

    with _database() as database:
        keys = [_shown(key) for key in list_keys(database, chosen.team)]
    if chosen.json:
        print(json.dumps(keys))
        return
    rows = [[_cell(value) for value in key.values()] for key in keys]
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    for row in (_COLUMNS, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _revoke(chosen: argparse.Namespace) -> None:
    from service.facade.store.known_keys import FRESH_SECONDS
    from service.facade.usecases.keys import revoke_key

    with _database() as database:
        key = revoke_key(database, chosen.id, _actor(), datetime.now(UTC))
    if key is None:
        raise KeyCommandError(f"There is no key {chosen.id}: `lookout keys list` shows the ids.")
    print(f"Key {key.id} of team {key.team} is revoked; within {FRESH_SECONDS:.0f} seconds it opens nothing any more.")


@contextmanager
def _database() -> Iterator[Any]:
    """The facade's database: the one in the settings, else the one that runs on this machine."""
    from sqlalchemy.exc import ProgrammingError

    from service.embedded.stack import running_facade_database
    from service.facade.problems import DatabaseUnavailable
    from service.facade.store.database import connect

    settings: Settings = load_settings()
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
