"""What is measured on, by name: each gives data sets, by title; a folder that lacks them gives none."""

from collections.abc import Callable, Mapping
from pathlib import Path

from support.detection.cases import Case
from support.detection.planted import planted_faults
from support.detection.public_data import skab, tennessee_eastman
from support.detection.sample_pump import sample_pump

DATA_SETS: dict[str, Callable[[Path], Mapping[str, list[Case]]]] = {
    "skab": skab,
    "tep": tennessee_eastman,
    "pump": lambda _: {"Sample pump": sample_pump()},
    "planted": lambda _: {"Planted faults of single sensors": planted_faults()},
}
