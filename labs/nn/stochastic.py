"""Checking that numbers are probabilities."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def probabilities(name: str, values: npt.ArrayLike, tolerance: float) -> Floats:
    """`values` as float64, rescaled so that each row (last axis) sums to 1 exactly.

    Args:
        name: what the message calls them.
        values: (..., R), finite and non-negative, each row summing to 1.
        tolerance: by how much a sum may miss 1.

    Raises:
        ValueError: naming the argument, the rule and the offending value.

    >>> probabilities("p", [0.5, 0.6], 1e-4)
    Traceback (most recent call last):
        ...
    ValueError: p must sum to 1 within 0.0001 in every row, got a sum of 1.1
    """
    p = np.asarray(values, dtype=np.float64)
    if p.ndim < 1 or p.size == 0:
        raise ValueError(f"{name} must have at least one row of numbers, got shape {p.shape}")
    wrong = p[~np.isfinite(p) | (p < 0)]
    if wrong.size:
        raise ValueError(f"{name} must be finite and non-negative, got {wrong[0]}")
    sums = p.sum(-1, keepdims=True)
    off = sums[np.abs(sums - 1) > tolerance]
    if off.size:
        raise ValueError(
            f"{name} must sum to 1 within {tolerance} in every row, got a sum of {off[0]:.6g}"
        )
    return p / sums
