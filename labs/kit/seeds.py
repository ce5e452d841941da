"""Named random streams: one more draw for one purpose never shifts another purpose.

A stream belongs to (lab, purpose, replicate). The name is hashed, so the streams are independent
of one another and the same on every machine and in every version of Python and numpy.
"""

import hashlib
import json
import operator

import numpy as np

TUNING = 1_000_000  # a replicate that no run has: its data choose rates and other settings


def stream(lab: str, purpose: str, replicate: int) -> np.random.Generator:
    """Return a fresh generator (PCG64) for one purpose of one replicate of a lab.

    Args:
        lab: the lab's name.
        purpose: what the draws are for, such as ``"initialisation"`` or ``"batch order"``.
        replicate: which repetition of the experiment, 0 or more.

    Raises:
        TypeError: a name is not text, or `replicate` is not an integer.
        ValueError: a name is empty, or `replicate` is negative.

    >>> stream("toy", "order", 0).integers(100, size=4).tolist()
    [96, 55, 61, 48]
    """
    return np.random.Generator(np.random.PCG64(int.from_bytes(_digest(lab, purpose, replicate))))


def seed(lab: str, purpose: str, replicate: int) -> int:
    """Return a 63-bit seed for one purpose of one replicate, for generators other than numpy's.

    Arguments and errors are those of `stream`.

    >>> 0 <= seed("toy", "initialisation", 0) < 2**63
    True
    """
    return int.from_bytes(_digest(lab, purpose, replicate)[:8]) >> 1


def _digest(lab: str, purpose: str, replicate: int) -> bytes:
    for argument, value in (("lab", lab), ("purpose", purpose)):
        if not isinstance(value, str):
            raise TypeError(f"{argument} must be text, got {value!r}")
        if not value:
            raise ValueError(f"{argument} must hold a text, got ''")
    if isinstance(replicate, bool):
        raise TypeError(f"replicate must be an integer, got {replicate!r}")
    number = operator.index(replicate)
    if number < 0:
        raise ValueError(f"replicate must be at least 0, got {number}")
    return hashlib.sha256(json.dumps([lab, purpose, number]).encode()).digest()
