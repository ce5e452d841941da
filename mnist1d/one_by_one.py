"""The data set sample by sample, for what the original takes and the recipe does not.

Slow, and right for whatever can be computed at all: every number goes through
:mod:`mnist1d.transform`, on numpy's global generator.
"""
# ruff: noqa: NPY002  (the global generator is what the old face promises)

from __future__ import annotations

import operator
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

from mnist1d.memory import fitting
from mnist1d.pipeline import Array
from mnist1d.transform import positions, sample


def one_by_one(values: Mapping[str, Any], templates: Any) -> dict[str, Any]:
    """The data set of these knobs from the global generators, which stand where it ends.

    Parameters
    ----------
    values
        Every knob of the original, of whatever type it computes with.
    templates
        ``templates["x"][i]``, ``templates["t"]`` and ``templates["y"][i]`` are all that is asked
        of it: signals may have different lengths, and labels be anything that can be stacked.
    """
    knobs = SimpleNamespace(**values)
    seed = None if knobs.seed is None else operator.index(knobs.seed)
    random.seed(seed)
    np.random.seed(seed)
    classes = range(len(templates["y"]))
    repeats = knobs.num_samples // len(classes)
    x = _filled(int(repeats) * len(classes), _samples(repeats, classes, knobs, templates))
    y = np.repeat(np.stack([templates["y"][i] for i in classes]), repeats, axis=0)
    order = np.random.permutation(len(y))
    x, y = x[order], y[order]
    if knobs.shuffle_seq:
        x = np.ascontiguousarray(x[..., np.random.permutation(knobs.final_seq_length)])
    sd, split = x.std(), int(len(y) * knobs.train_split)
    t, x = positions(templates["t"], knobs) / sd, (x - x.mean()) / sd
    return {
        **{"x": x[:split], "x_test": x[split:], "y": y[:split], "y_test": y[split:]},
        **{"t": t, "templates": templates},
    }


def _samples(repeats: int, classes: range, knobs: Any, templates: Any) -> Iterator[Array]:
    for i in classes:
        for _ in range(repeats):
            yield sample(templates["x"][i], knobs)


def _filled(n: int, rows: Iterator[Array]) -> Array:
    """`n` rows in one array, whose memory is asked for before the second row is made."""
    first = next(rows, None)
    if first is None:
        raise ValueError("num_samples must be at least the number of classes")
    with fitting(2 * n * first.nbytes, {"num_samples": n}):  # and once more in random order
        array = np.empty((n, *first.shape), first.dtype)
    array[0] = first
    for place, row in enumerate(rows, start=1):
        array[place] = row
    return array


@contextmanager
def global_generators(*, keep: bool) -> Iterator[None]:
    """A block that draws from the global generators, after which they stand as before.

    With ``keep=False`` only where it fails.
    """
    before = random.getstate(), np.random.get_state()
    try:
        yield
    except BaseException:
        keep = True
        raise
    finally:
        if keep:
            random.setstate(before[0])
            np.random.set_state(before[1])
