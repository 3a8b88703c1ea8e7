"""The migrations that this version of the code brings, without loading what runs them."""

from functools import cache
from pathlib import Path

_VERSIONS = "migrations/{house}/versions"


@cache
def known_revisions(house: str) -> tuple[str, ...]:
    """Their numbers, in order: a file is named after its own (`0017_record_heartbeats.py`)."""
    folder = Path(__file__).parents[1] / _VERSIONS.format(house=house)
    return tuple(sorted(file.name.partition("_")[0] for file in folder.glob("[0-9]*.py")))


def head(house: str) -> str:
    """The newest."""
    return known_revisions(house)[-1]
