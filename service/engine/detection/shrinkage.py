"""Covariances that can be trusted although the rows were few or the sensors nearly copies of each other.

A covariance is pulled towards equal variance in all directions. By how much is not a setting: it is the amount under
which each block of time is most likely when the others describe it.
"""

import numpy as np

from service.engine.detection.lagged import LaggedMoments, held_back_in_turn, merged, wander

AMOUNTS = (0.9, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5)
WANDER = 3.0  # what normal did between blocks of training it may go on doing: weight of that movement in the covariance


def precision_of(blocks: list[LaggedMoments], rows: int, amount: float) -> np.ndarray:
    """Inverse of the shrunken covariance of means over so many rows; shape [m, m], symmetric, positive."""
    variances, directions = _spectrum(blocks, rows)
    return (directions / _shrunken(variances, amount)) @ directions.T


def best_amount(blocks: list[LaggedMoments], rows: int) -> float:
    """The amount of shrinkage under which each held-back block is most likely for a normal distribution of the rest."""
    misfit = np.zeros(len(AMOUNTS))
    for held_back, rest in zip(blocks, held_back_in_turn(blocks), strict=True):
        variances, directions = _spectrum(rest, rows)
        spread = held_back.covariance(rows, around=merged(rest).mean)
        seen = np.einsum("ij,ij->j", directions, spread @ directions)
        for number, amount in enumerate(AMOUNTS):
            expected = _shrunken(variances, amount)
            misfit[number] += held_back.counts[0] * np.sum(seen / expected + np.log(expected))
    return AMOUNTS[int(np.argmin(misfit))]


def _spectrum(blocks: list[LaggedMoments], rows: int) -> tuple[np.ndarray, np.ndarray]:
    moved = np.tile(wander(blocks), (2, 2) if rows else (1, 1))
    variances, directions = np.linalg.eigh(merged(blocks).covariance(rows) + WANDER * moved)
    return np.maximum(variances, 0.0), directions


def _shrunken(variances: np.ndarray, amount: float) -> np.ndarray:
    return (1 - amount) * variances + amount * variances.mean()
