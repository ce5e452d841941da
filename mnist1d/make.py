"""MNIST-1D in the grammar of scikit-learn's `make_*` generators."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnist1d.generate import generate
from mnist1d.pipeline import Array
from mnist1d.recipe import Recipe, whole

RandomState = int | np.random.RandomState | np.random.Generator | None


class Bunch(dict[str, Any]):
    """A dict whose entries are attributes too, like scikit-learn's."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no entry {name!r}; there are {', '.join(self)}") from None


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
        Determines the data. Pass an int for the same data at every call; with 42, the default
        `n_samples` are the published training and test set in one.
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
        The digits 0 to 9.
    bunch : Bunch
        Instead of the pair if `return_X_y` is False: ``X``, ``y``, ``t`` (positions of the
        points), ``templates`` and ``recipe``.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type or value, or its name is unknown.

    Examples
    --------
    >>> X, y = make_mnist1d(200, random_state=0)
    >>> X.shape, np.bincount(y).tolist()
    ((200, 40), [20, 20, 20, 20, 20, 20, 20, 20, 20, 20])
    """
    n_samples = whole("n_samples", n_samples, 1)
    for name in ("num_samples", "train_split", "n_train", "n_val", "n_test", "seed"):
        if name in knobs:
            raise ValueError(f"give n_samples and random_state here, got {name}={knobs[name]!r}")
    if not isinstance(return_X_y, bool):
        raise TypeError(f"return_X_y must be True or False, got {return_X_y!r}")
    data = generate(
        Recipe.from_mapping({**knobs, "n_train": n_samples, "seed": _seed(random_state)})
    )
    if return_X_y:
        return data.x, data.y
    return Bunch(X=data.x, y=data.y, t=data.t, templates=data.templates, recipe=data.recipe)


def _seed(random_state: RandomState) -> int:
    """The seed itself, or one drawn from the generator, or from the system for None."""
    if random_state is None:
        random_state = np.random.default_rng()
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**32))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**32, dtype=np.uint64))
    return whole("random_state", random_state, 0, 2**32 - 1)
