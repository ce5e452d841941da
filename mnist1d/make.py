"""MNIST-1D in the grammar of scikit-learn's `make_*` generators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from mnist1d.checks import LARGEST, flag, shown, whole
from mnist1d.exact import LegacyStream
from mnist1d.generate import Data, generate, generate_from
from mnist1d.memory import fitting_samples
from mnist1d.pipeline import Array
from mnist1d.recipe import Recipe
from mnist1d.templates import checked_templates

RandomState = int | np.random.RandomState | np.random.Generator | ModuleType | None


class Bunch(dict[str, Any]):
    """A dict whose entries are attributes too, like scikit-learn's."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no entry {name!r}; there are {', '.join(self)}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __dir__(self) -> Iterable[str]:
        return sorted({*super().__dir__(), *self})


def make_mnist1d(
    n_samples: int = 5000,
    *,
    random_state: RandomState = None,
    return_X_y: bool = True,
    **knobs: Any,
) -> tuple[Array, Array] | Bunch:
    """Generate MNIST-1D samples.

    Parameters
    ----------
    n_samples : int, default=5000
        The number of samples, at least 1.
    random_state : int, RandomState instance, Generator or None, default=None
        Determines the data, as in scikit-learn: None and ``numpy.random`` are numpy's global
        generator, which ``numpy.random.seed`` governs, and an int is the same as a new
        ``RandomState`` of it. Pass an int for the same data at every call; with 42, the default
        `n_samples` are the published training and test set in one. A ``Generator`` is asked for
        a seed.
    return_X_y : bool, default=True
        If False, return a `Bunch` instead of the pair.
    **knobs
        Any knob of :class:`mnist1d.Recipe` other than sizes and seed, such as
        ``final_seq_length=72``.

    Returns
    -------
    X : ndarray of shape (n_samples, final_seq_length), float64
        The samples, of mean 0 and standard deviation 1 over all of them.
    y : ndarray of shape (n_samples,), int64
        The digits 0 to 9, in random order; stratified: their counts differ by one at most.
    bunch : Bunch
        Instead of the pair if `return_X_y` is False: ``X``, ``y``, ``t`` (positions of the
        points), ``templates`` and ``recipe``, which gives the same data again; None where
        `random_state` is numpy's global generator or a RandomState, whose state no recipe holds.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or value, its name is unknown, or the samples do not
        fit in memory.

    Examples
    --------
    >>> X, y = make_mnist1d(200, random_state=0)
    >>> X.shape, np.bincount(y).tolist()
    ((200, 40), [20, 20, 20, 20, 20, 20, 20, 20, 20, 20])
    """
    n_samples = whole("n_samples", n_samples, 1, LARGEST)
    for name in ("num_samples", "train_split", "n_train", "n_val", "n_test", "seed"):
        if name in knobs:
            raise ValueError(
                f"{name} must be left out for n_samples and random_state, got {shown(knobs[name])}"
            )
    if "shuffle" in knobs:  # no knob, and shuffle_seq would not be what is meant
        got = shown(knobs["shuffle"])
        raise ValueError(f"shuffle must be left out: the order is always random, got {got}")
    pair = flag("return_X_y", return_X_y)
    recipe = Recipe.from_mapping({**knobs, "n_train": n_samples})
    random_state = _checked(random_state)
    with fitting_samples(recipe, 10, LegacyStream.dtype.itemsize, {"n_samples": n_samples}):
        if isinstance(random_state, np.random.RandomState):
            data, source = _drawn_from(random_state, recipe), None
        else:
            data = generate(replace(recipe, seed=_seed(random_state)))
            source = data.recipe
    if pair:
        return data.x, data.y
    return Bunch(X=data.x, y=data.y, t=data.t, templates=data.templates, recipe=source)


def _checked(random_state: RandomState) -> int | np.random.RandomState | np.random.Generator:
    """What scikit-learn's `check_random_state` means by it; numbers stay numbers."""
    if random_state is None or random_state is np.random:
        return np.random.mtrand._rand
    if isinstance(random_state, (np.random.RandomState, np.random.Generator)):
        return random_state
    if hasattr(random_state, "__index__"):
        return whole("random_state", random_state, 0, 2**32 - 1)
    raise TypeError(
        "random_state must be an integer, a RandomState, a Generator, numpy.random or None, "
        f"got {shown(random_state)}"
    )


def _drawn_from(generator: np.random.RandomState, recipe: Recipe) -> Data:
    if generator.get_state(legacy=False)["bit_generator"] != "MT19937":  # somebody's own bits
        return generate(replace(recipe, seed=int(generator.randint(2**32, dtype=np.uint64))))
    stream = LegacyStream(generator)
    data = generate_from(stream, recipe, checked_templates(None))
    generator.set_state(stream.generator.get_state())
    return data


def _seed(random_state: int | np.random.Generator) -> int:
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**32))
    return random_state
