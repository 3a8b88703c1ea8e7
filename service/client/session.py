"""What a command on the REST API works with; `rest_command` gives it to one, with the options that all of them have."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from service.client.rest import Rest
    from service.client.screen import Screen

_COMPLETING_SECONDS = 1.0
_Shown = TypeVar("_Shown")


@dataclass(frozen=True)
class Session:
    """One run of one command. urllib3 and rich are imported when they are used: they are most of a quick command."""

    api_url: str | None
    api_key: str | None
    as_json: bool

    @cached_property
    def rest(self) -> "Rest":
        from service.client.place import find_place
        from service.client.rest import Rest

        place = find_place(self.api_url, self.api_key)
        if place.note:
            self.screen.note(place.note)
        return Rest(place.address, place.key, tell=self.screen.note)

    @cached_property
    def screen(self) -> "Screen":
        from service.client.screen import Screen

        return Screen()

    def show(self, document: _Shown, for_people: Callable[[_Shown], None]) -> None:
        """The document itself where JSON is asked for, else what people read."""
        if self.as_json:
            self.screen.json(document)
        else:
            for_people(document)

    def done(self, words: str) -> None:
        """Something is done that has no document."""
        if not self.as_json:
            self.screen.line(words)

    def confirm(self, question: str, yes: bool) -> None:
        """Go on if the user agrees.

        Raises:
            click.UsageError: nobody can be asked.
        """
        if yes:
            return
        if not sys.stdin.isatty():
            raise click.UsageError("Nobody can be asked here: say --yes.")
        if not click.confirm(question, err=True):
            raise click.exceptions.Exit(1)


def rest_command(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its `Session` as the first argument, and the options `--api-url`, `--api-key` and `--json`."""

    @click.option("--api-url", metavar="URL", help="Where the service is (LOOKOUT_API_URL; else this machine).")
    @click.option(
        "--api-key", metavar="KEY", help="API key or token (LOOKOUT_API_KEY; else the demo's, if it is here)."
    )
    @click.option("--json", "as_json", is_flag=True, help="For machines: JSON on standard output.")
    @wraps(command)
    def with_session(*arguments: Any, api_url: str | None, api_key: str | None, as_json: bool, **options: Any) -> Any:
        return command(Session(api_url, api_key, as_json), *arguments, **options)

    return with_session


def scheduler_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument NAME: a scheduler, completed by those that the service has."""
    return click.argument("name", shell_complete=_known_schedulers)(command)


def _known_schedulers(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """Names that begin so, if they can be had at once; whatever is wrong is no matter for a completion."""
    from service.client.place import find_place
    from service.client.rest import Rest

    try:
        place = find_place(context.params.get("api_url"), context.params.get("api_key"))
        rest = Rest(place.address, place.key, patience=0, timeout=_COMPLETING_SECONDS)
        query = {"name_prefix": begun} if begun else {}
        return [one["inference_scheduler_name"] for one in rest.get("/v1/schedulers", **query)["schedulers"]]
    except Exception:
        return []
