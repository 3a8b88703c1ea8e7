"""Covariances that can be trusted although the rows were few or the sensors nearly copies of each other.

A covariance is pulled towards equal variance in all directions. By how much is not a setting: it is the amount under
which each block of time is most likely when the others describe it.
"""

from collections.abc import Sequence

import numpy as np

from service.engine.detection.moments import Moments, merged, wander

AMOUNTS = (0.9, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
WANDER = 3.0  # what normal did between blocks of training it may go on doing: weight of that movement in the covariance


def precision_of(blocks: Sequence[Moments], amount: float) -> np.ndarray:
    """Inverse of the shrunken covariance of the blocks together; shape [d, d], symmetric, positive."""
    variances, directions = _spectrum(blocks)
    return (directions / _shrunken(variances, amount)) @ directions.T


def best_amount(blocks: Sequence[Moments]) -> float:
    """The amount of shrinkage under which each held-back block is most likely for a normal distribution of the rest."""
    misfit = np.zeros(len(AMOUNTS))
    for held_back, rest in held_back_in_turn(blocks):
        variances, directions = _spectrum(rest)
        spread = held_back.covariance(around=merged(rest).mean)
        seen = np.einsum("ij,ij->j", directions, spread @ directions)
        for number, amount in enumerate(AMOUNTS):
            expected = _shrunken(variances, amount)
            misfit[number] += held_back.count * np.sum(seen / expected + np.log(expected))
    return AMOUNTS[int(np.argmin(misfit))]


def held_back_in_turn(blocks: Sequence[Moments]) -> list[tuple[Moments, list[Moments]]]:
    """Each block beside the list of all others."""
    return [(block, [*blocks[:number], *blocks[number + 1 :]]) for number, block in enumerate(blocks)]


def _spectrum(blocks: Sequence[Moments]) -> tuple[np.ndarray, np.ndarray]:
    variances, directions = np.linalg.eigh(merged(blocks).covariance() + WANDER * wander(blocks))
    return np.maximum(variances, 0.0), directions


def _shrunken(variances: np.ndarray, amount: float) -> np.ndarray:
    return (1 - amount) * variances + amount * variances.mean()
