"""What `lookout keys` reads on its command line. A value that is not allowed is refused with a sentence."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click

from service.facade.domain.access import SCOPES
from service.teams import TEAM

Callback = Callable[[click.Context, click.Parameter, str | None], Any]


def read_by(read: Callable[[str], Any]) -> Callback:
    """The callback of an option whose text `read` understands; what was not given stays None."""

    def callback(_: click.Context, __: click.Parameter, text: str | None) -> Any:
        return None if text is None else read(text)

    return callback


def team(text: str) -> str:
    """The name of a team."""
    if not re.fullmatch(TEAM, text):
        raise click.BadParameter(f"{text!r} is no team name: up to 63 small letters, digits and hyphens")
    return text


def scopes(text: str) -> tuple[str, ...]:
    """`read,operate`: scopes with commas between."""
    asked = [scope.strip() for scope in text.split(",")]
    if unknown := [scope for scope in asked if scope not in SCOPES]:
        raise click.BadParameter(f"there is no scope {unknown[0]!r}: there are {', '.join(SCOPES)}")
    return tuple(scope for scope in SCOPES if scope in asked)


def name(text: str) -> str:
    """What a key is for, in a few words."""
    if not re.fullmatch(r"[ -~]{0,100}", text):
        raise click.BadParameter("a name has up to 100 visible ASCII characters")
    return text


def lifetime(text: str) -> timedelta | None:
    """Days, or None for `never`."""
    if text == "never":
        return None
    if not re.fullmatch(r"[1-9]\d{0,4}", text):
        raise click.BadParameter(f"{text!r} is neither `never` nor a number of days, 1 to 99999")
    return timedelta(days=int(text))
