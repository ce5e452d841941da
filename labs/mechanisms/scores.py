"""Who wins what: numbers of a matrix of wins (mechanisms, K), counts or shares."""

from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from labs.mechanisms.published import IDLE

Array = np.ndarray[Any, Any]


def matching(wins: Array) -> dict[int, int]:
    """Mechanism -> the expert matched to it, so that the matched win most in all (Hungarian).

    >>> matching(np.array([[0.2, 0.8], [0.4, 0.6]]))
    {0: 1, 1: 0}
    """
    rows, columns = linear_sum_assignment(shares(wins), maximize=True)
    return {int(m): int(k) for m, k in zip(rows, columns, strict=True)}


def matched(wins: Array) -> float:
    """Share of a mechanism's signals that its matched expert wins, mean over mechanisms; one
    without an expert counts 0.

    >>> matched(np.array([[0.2, 0.8], [0.4, 0.6]]))
    0.6
    """
    won = sum(shares(wins)[m, k] for m, k in matching(wins).items())
    return round(float(won / len(wins)), 12)


def largest(wins: Array) -> float:
    """Share of all signals that the busiest expert wins, mechanisms weighing alike.

    >>> largest(np.array([[0.2, 0.8], [0.4, 0.6]]))
    0.7
    """
    return float(shares(wins).mean(0).max())


def idle(wins: Array) -> int:
    """Experts that win fewer than 2 % of all signals.

    >>> idle(np.array([[0.0, 1.0], [0.01, 0.99]]))
    1
    """
    return int((shares(wins).mean(0) < IDLE).sum())


def shares(wins: Array) -> Array:
    """Wins as shares of each mechanism's signals (mechanisms, K)."""
    wins = np.asarray(wins, dtype=float)
    return wins / np.maximum(wins.sum(1, keepdims=True), 1)
