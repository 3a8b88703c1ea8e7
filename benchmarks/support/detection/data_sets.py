"""What is measured on, by name: each gives data sets, by title; a folder that lacks them gives none."""

from collections.abc import Callable, Mapping
from pathlib import Path

from support.detection.cases import Case
from support.detection.planted import planted_faults
from support.detection.plants import daily_cycle, operating_modes
from support.detection.public_data import skab, tennessee_eastman
from support.detection.sample_pump import sample_pump

DATA_SETS: dict[str, Callable[[Path], Mapping[str, list[Case]]]] = {
    "skab": skab,
    "tep": tennessee_eastman,
    "pump": lambda _: {"Sample pump": sample_pump()},
    "planted": lambda _: {"Faults of single sensors": planted_faults()},
    "modes": lambda _: {"Three operating modes": operating_modes()},
    "daily": lambda _: {"A daily cycle": daily_cycle()},
    "few": lambda _: {"Few sensors, little data": planted_faults(2, sensors=4, training_rows=600)},
    "many": lambda _: {"Many sensors": planted_faults(3, sensors=150, broken=range(0, 150, 15))},
}
