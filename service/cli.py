"""The command `lookout`: thin over the rooms that do the work."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

from service.settings import Settings, SettingsError, load_settings, setting_fields

OPENAPI = Path(__file__).parents[1] / "openapi"


def main(arguments: list[str] | None = None) -> int:
    """Run one command. What is wrong on this machine is one sentence and exit code 1, never a traceback."""
    from service.embedded.program import EmbeddedError
    from service.key_commands import KeyCommandError
    from service.migrate import MigrationError

    chosen = _parser().parse_args(arguments)
    try:
        return chosen.run(chosen) or 0
    except (SettingsError, EmbeddedError, MigrationError, KeyCommandError) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # `lookout settings | head` is no error; nor is what is left in the buffer
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    from service.key_commands import offer_key_commands

    parser = argparse.ArgumentParser(prog="lookout", description=__doc__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def offer(name: str, run: Callable[[argparse.Namespace], int | None], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    offer("up", _up, "start everything on this machine and serve until Ctrl-C")
    offer("demo", _demo, "the same, with a pump, its model, its data and a fault in them")
    offer("migrate", _migrate, "bring the tables of both databases up to date")
    offer_key_commands(commands.add_parser("keys", help="make, list and revoke API keys"))
    run = offer("run", _run, "become one process of the stack, as a container does")
    run.add_argument("name", choices=sorted(_commands()), metavar="NAME", help=", ".join(_commands()))
    healthy = offer("healthy", _healthy, "ask a process on this machine whether it is alive")
    healthy.add_argument("name", choices=sorted(set(_commands()) - {"tick"}), metavar="NAME")
    offer("tick", _tick, "wake the engine's schedulers until told to end")
    openapi = offer("openapi", _openapi, "write openapi/: the document, and a page for each kind of problem")
    openapi.add_argument("--check", action="store_true", help="write nothing; fail if the file is not up to date")
    offer("settings", _settings, "print every setting, its default and its meaning")
    return parser


def _up(_: argparse.Namespace) -> None:
    from service.embedded.up import up

    up(load_settings(), os.environ, partial(print, flush=True))


def _demo(_: argparse.Namespace) -> None:
    from service.embedded.up import up

    up(load_settings(), os.environ, partial(print, flush=True), lead=(sys.executable, "-m", "service.demo"))


def _migrate(_: argparse.Namespace) -> None:
    from service.migrate import migrate

    migrate(load_settings())


def _commands() -> dict[str, tuple[str, ...]]:
    from service.commands import commands

    return commands(Settings())


def _run(chosen: argparse.Namespace) -> None:
    from service.commands import commands

    command = commands(load_settings())[chosen.name]
    os.execv(command[0], command)


def _healthy(chosen: argparse.Namespace) -> int:
    from service.commands import health_url, ping_command
    from service.embedded.probe import answers_http

    if url := health_url(load_settings(), chosen.name):
        return 0 if answers_http(url) else 1
    command = ping_command(chosen.name)
    return os.execv(command[0], command)


def _tick(_: argparse.Namespace) -> None:
    from service.engine.queue import CeleryQueue
    from service.engine.resources import join_resources
    from service.engine.work.tick import run_tick_loop
    from service.logs import configure_logs

    settings = load_settings()
    configure_logs(settings)
    told_to_end = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told_to_end.set())
    run_tick_loop(join_resources(settings, CeleryQueue(settings), threads=1), told_to_end)


def _openapi(chosen: argparse.Namespace) -> int:
    from service.facade.app import openapi_files, write_openapi

    if not chosen.check:
        write_openapi(OPENAPI)
        return 0
    stale = [name for name, text in openapi_files().items() if _text_of(OPENAPI / name) != text]
    for name in stale:
        print(f"{OPENAPI / name} is not what the code says: run `make openapi` and commit it", file=sys.stderr)
    return 1 if stale else 0


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _settings(_: argparse.Namespace) -> None:
    for name, entry in setting_fields().items():
        print(f"{name}={entry.default}\n    {entry.metadata['meaning']}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
