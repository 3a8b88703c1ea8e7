"""What `lookout keys` reads on its command line. A value that is not allowed is refused with a sentence."""

import re
from argparse import ArgumentTypeError
from datetime import timedelta

from service.facade.domain.access import SCOPES
from service.teams import TEAM


def team(text: str) -> str:
    """The name of a team."""
    if not re.fullmatch(TEAM, text):
        raise ArgumentTypeError(f"{text!r} is no team name: up to 63 small letters, digits and hyphens")
    return text


def scopes(text: str) -> tuple[str, ...]:
    """`read,operate`: scopes with commas between."""
    asked = [scope.strip() for scope in text.split(",")]
    if unknown := [scope for scope in asked if scope not in SCOPES]:
        raise ArgumentTypeError(f"there is no scope {unknown[0]!r}: there are {', '.join(SCOPES)}")
    return tuple(scope for scope in SCOPES if scope in asked)


def name(text: str) -> str:
    """What a key is for, in a few words."""
    if not re.fullmatch(r"[ -~]{0,100}", text):
        raise ArgumentTypeError("a name has up to 100 visible ASCII characters")
    return text


def lifetime(text: str) -> timedelta | None:
    """Days, or None for `never`."""
    if text == "never":
        return None
    if not re.fullmatch(r"[1-9]\d{0,4}", text):
        raise ArgumentTypeError(f"{text!r} is neither `never` nor a number of days, 1 to 99999")
    return timedelta(days=int(text))
