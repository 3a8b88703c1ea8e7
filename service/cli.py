"""The command `lookout`: thin over the rooms that do the work, which are imported when they are needed."""

import os
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import click

from service.client.events import events
from service.client.executions import executions
from service.client.maintenance import maintenance
from service.client.predictions import predictions
from service.client.replays import replay
from service.client.schedulers import schedulers
from service.client.uploads import upload
from service.client.webhooks import webhooks
from service.completion import completion
from service.doctor.command import doctor
from service.key_commands import keys
from service.sections import Sections

OPENAPI = Path(__file__).parents[1] / "openapi"
INTERRUPTED = 130  # 128 and the number of SIGINT, as shells count


def main(arguments: list[str] | None = None) -> int:
    """Run one command. What is wrong on this machine is one sentence and exit code 1, never a traceback."""
    try:
        return lookout.main(arguments, prog_name="lookout", standalone_mode=False) or 0
    except click.UsageError as error:
        error.show()
        raise SystemExit(error.exit_code) from error
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        if not isinstance(error, _told_in_a_sentence()):
            raise
        print(error, file=sys.stderr)
        return 1


def _told_in_a_sentence() -> tuple[type[Exception], ...]:
    from service.embedded.program import EmbeddedError
    from service.key_commands import KeyCommandError
    from service.migrate import MigrationError
    from service.settings import SettingsError

    return SettingsError, EmbeddedError, MigrationError, KeyCommandError


@click.group(cls=Sections, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def lookout() -> None:
    """Scheduled anomaly detection for machines: run the service, look after it, and use its REST API."""


@click.command
def up() -> None:
    """Start everything on this machine and serve until Ctrl-C."""
    from service.embedded.up import up
    from service.settings import load_settings

    up(load_settings(), os.environ, partial(print, flush=True))


@click.command
def demo() -> None:
    """The same, with a pump, its model, its data and a fault in them."""
    from service.demo.permissions import with_demo_permissions
    from service.embedded.up import up
    from service.settings import load_settings

    settings = with_demo_permissions(load_settings())
    up(settings, os.environ, partial(print, flush=True), lead=(sys.executable, "-m", "service.demo"))


@click.command
def migrate() -> None:
    """Bring the tables of both databases up to date."""
    from service.migrate import migrate
    from service.settings import load_settings

    migrate(load_settings())


def _processes() -> dict[str, tuple[str, ...]]:
    from service.commands import commands
    from service.settings import Settings

    return commands(Settings())


def _process(names: Iterable[str], value: str, context: click.Context, parameter: click.Parameter) -> str:
    return click.Choice(sorted(names)).convert(value, parameter, context)


@click.command
@click.argument("name", callback=lambda context, given, value: _process(_processes(), value, context, given))
def run(name: str) -> None:
    """Become one process of the stack, as a container does."""
    from service.commands import commands
    from service.settings import load_settings

    command = commands(load_settings())[name]
    os.execv(command[0], command)


@click.command
@click.argument(
    "name", callback=lambda context, given, value: _process({*_processes()} - {"tick"}, value, context, given)
)
def healthy(name: str) -> int:
    """Ask a process on this machine whether it is alive."""
    from service.commands import health_url, ping_command
    from service.embedded.probe import answers_http
    from service.settings import load_settings

    if url := health_url(load_settings(), name):
        return 0 if answers_http(url) else 1
    command = ping_command(name)
    return os.execv(command[0], command)


@click.command
def tick() -> None:
    """Wake the engine's schedulers until told to end."""
    from service.engine.ticking import tick_until_told
    from service.settings import load_settings

    tick_until_told(load_settings())


@click.command
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is not up to date.")
def openapi(check: bool) -> int:
    """Write openapi/: the document, and a page for each kind of problem."""
    from service.facade.app import openapi_files, write_openapi

    if not check:
        write_openapi(OPENAPI)
        return 0
    stale = [name for name, text in openapi_files().items() if _text_of(OPENAPI / name) != text]
    for name in stale:
        print(f"{OPENAPI / name} is not what the code says: run `make openapi` and commit it", file=sys.stderr)
    return 1 if stale else 0


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


@click.command
def settings() -> None:
    """Print every setting, its default and its meaning."""
    from service.settings import ClientSettings, setting_fields

    for name, entry in (setting_fields() | setting_fields(ClientSettings)).items():
        print(f"{name}={entry.default}\n    {entry.metadata['meaning']}")


lookout.add_section("On the machine of the service", up, demo, doctor, keys, migrate, settings)
lookout.add_section(
    "Anywhere, on the REST API", schedulers, upload, predictions, events, executions, replay, maintenance, webhooks,
    completion,
)  # fmt: skip
lookout.add_section("For containers and developers", run, healthy, tick, openapi)

if __name__ == "__main__":
    sys.exit(main())
