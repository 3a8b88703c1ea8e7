"""Chance without memory: the same channel and number always draw the same value, in whatever order they are asked."""

from hashlib import sha256

import numpy as np

_STEP, _MIX_1, _MIX_2 = (np.uint64(value) for value in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def uniform(channel: str, numbers: np.ndarray) -> np.ndarray:
    """One draw between 0 and 1 (neither included) for every whole number; splitmix64 of channel and number."""
    seed = np.uint64(int.from_bytes(sha256(channel.encode()).digest()[:8], "big"))
    mixed = numbers.astype(np.int64).view(np.uint64) * _STEP + seed
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    mixed ^= mixed >> np.uint64(31)
    return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53


def normal(channel: str, numbers: np.ndarray) -> np.ndarray:
    """One draw from the standard normal distribution for every whole number (Box-Muller)."""
    radius = np.sqrt(-2.0 * np.log(uniform(f"{channel}/radius", numbers)))
    return radius * np.cos(2.0 * np.pi * uniform(f"{channel}/angle", numbers))


def wandering(channel: str, minutes: np.ndarray, period: int) -> np.ndarray:
    """A smooth curve between -1.7 and 1.7 through a new draw every `period` minutes; it has bounds, as levels have."""
    knots, phase = np.divmod(minutes, period)
    blend = 0.5 - 0.5 * np.cos(np.pi * phase / period)
    draws = (1.0 - blend) * uniform(channel, knots) + blend * uniform(channel, knots + 1)
    return np.sqrt(12.0) * (draws - 0.5)
