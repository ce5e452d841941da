"""Signals and the mechanisms that they go through.

The mechanisms move the law of the signals, so that what undoes them can be told from the signals
alone; a signal upside down or backwards is again one of the law, or nearly so, and is left out.
All act on raw signals, whose deviation is 0.155, before they are standardised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from labs.data.domains import Domain
from labs.data.mnist1d import units
from labs.data.signals import draw
from labs.mechanisms.grid import MECHANISMS, NAME, SWAPPED, Cell

Array = np.ndarray[Any, Any]

OFFSET = 0.3  # that is added to every sample

# Ramp, gain, square and offset can be undone; of the slopes the mean of the signal is lost, and
# what noise is small stays small.
ACTS: dict[str, Callable[[Array], Array]] = {
    "ramp": Domain(ramp=2).transform,
    "gain": Domain(gain=0.3).transform,
    "square": Domain(square=True).transform,
    "diff": Domain(diff=True).transform,
    "offset": lambda raw: raw + np.float32(OFFSET),
    "fall": Domain(ramp=-2).transform,
}


class Signals(NamedTuple):
    """The signals of a replicate, standardised as its clean set is.

    Attributes:
        clean: that train the critic (n, 40) float32.
        mixed: other signals, each of which went through one of `MECHANISMS` (n, 40) float32.
        swapped: the same signals, with `SWAPPED` in place of `MECHANISMS` (n, 40) float32.
        mechanism: of each of them, which the learner is not told (n,) int64.
        test: fresh clean signals (t, 40) float32.
        digit: theirs (t,) int64.
        changed: the fresh signals through each of `MECHANISMS` (5, t, 40) float32.
        changed_swapped: the same through each of `SWAPPED` (5, t, 40) float32.
    """

    clean: Array
    mixed: Array
    swapped: Array
    mechanism: Array
    test: Array
    digit: Array
    changed: Array
    changed_swapped: Array


def through(names: Sequence[str], x: Array, replicate: int) -> Array:
    """Standardised clean signals (n, 40) through each of the named mechanisms (m, n, 40).

    >>> x = np.zeros((2, 40), np.float32)
    >>> through(("gain", "offset"), x, 0).shape
    (2, 2, 40)
    """
    mean, sd = map(np.float32, units(replicate))
    raw = x * sd + mean
    return np.stack([(ACTS[name](raw) - mean) / sd for name in names]).astype(np.float32)


def drawn(cell: Cell) -> Signals:
    """The signals of a cell; the same for all arms of a replicate."""
    return _drawn(cell.replicate, cell.examples, cell.tests)


@lru_cache(maxsize=16)
def _drawn(replicate: int, examples: int, tests: int) -> Signals:
    clean = draw("clean", replicate, examples, f"{NAME}: clean").x
    others = draw("clean", replicate, examples, f"{NAME}: changed").x
    test = draw("clean", replicate, tests, f"{NAME}: test")
    rows = np.arange(examples)
    which = rows % len(MECHANISMS)  # signals come in random order
    return Signals(
        clean,
        through(MECHANISMS, others, replicate)[which, rows],
        through(SWAPPED, others, replicate)[which, rows],
        which,
        test.x,
        test.y,
        through(MECHANISMS, test.x, replicate),
        through(SWAPPED, test.x, replicate),
    )
