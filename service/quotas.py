"""The engine's quotas, and how a setting names them: `models=50, label_groups=100`; the rest keep their defaults.

Defaults are the service's (AWS user guide, guidelines and limits) unless a line says otherwise.
"""

from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """How much of everything there may be, per account and region where nothing else is said."""

    datasets: int = 15
    models: int = 15
    label_groups: int = 15
    labels_per_group: int = 10_000
    """Our own: the service had one and did not publish it."""
    tags_per_resource: int = 50
    schedulers_per_model: int = 1
    pending_ingestion_jobs: int = 5
    pending_trainings: int = 5
    dataset_components: int = 3000
    dataset_columns: int = 3000
    model_components: int = 300
    model_columns: int = 300
    dataset_files_per_component: int = 1000
    dataset_gigabytes: int = 50
    file_gigabytes: int = 5
    training_rows: int = 1_500_000
    """After resampling; so are the other rows."""
    evaluation_rows: int = 1_500_000
    execution_files_per_component: int = 60
    execution_megabytes_per_minute: int = 1
    """Of the window: 5 MB in five minutes, 60 MB in an hour."""
    execution_rows_per_minute: int = 60
    replay_windows: int = 366 * 24 * 12
    """Our own: a leap year of five-minute windows."""


QUOTAS = tuple(entry.name for entry in fields(Quotas))


@lru_cache(maxsize=16)
def parse_quotas(text: str) -> Quotas:
    """The quotas in a text; an empty one changes none.

    Raises:
        ValueError: a part of it is no known quota with a whole number of at least 1, or one is there twice.
    """
    given: dict[str, int] = {}
    for part in text.split(",") if text.strip() else ():
        name, number = _read(part.strip())
        if name in given:
            raise ValueError(f"{name} is there twice")
        given[name] = number
    return Quotas(**given)


def _read(part: str) -> tuple[str, int]:
    name, _, number = (side.strip() for side in part.partition("="))
    if name not in QUOTAS:
        near = get_close_matches(name, QUOTAS, n=1)
        hint = f", did you mean {near[0]}?" if near else "."
        raise ValueError(f"{name!r} is no quota{hint} There are {', '.join(QUOTAS)}")
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 16 and int(number)):
        raise ValueError(f"{part!r} needs a whole number of at least 1, such as {name}={getattr(Quotas, name)}")
    return name, int(number)
