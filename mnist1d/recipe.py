"""What a data set is made of: every knob, its default, its unit and its legal range."""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from mnist1d import mixture  # noqa: F401  (every file of ours comes by here)
from mnist1d.arguments import knobs_of
from mnist1d.checks import LARGEST, checked_padding, flag, real, shown, whole

# Names people type that no spelling distance would lead to the right knob.
MISTAKES = {
    "noise_scale": "corr_noise_scale (beside the digit) or iid_noise_scale (everywhere)",
    "num_test_samples": "n_test",
    "num_train_samples": "n_train",
    "random_state": "seed",
}

# name -> lowest and highest legal value, both included.
WHOLE: dict[str, tuple[int, float]] = {
    "num_samples": (1, LARGEST),
    "template_len": (2, LARGEST),
    "max_translation": (1, 2**32),  # the exact stream draws 32 bits
    "final_seq_length": (2, LARGEST),
    "seed": (0, 2**32 - 1),
    "n_train": (0, LARGEST),
    "n_val": (0, LARGEST),
    "n_test": (0, LARGEST),
}
REAL = {
    "train_split": (0.0, 1.0),
    "scale_coeff": (0.0, math.nextafter(2.0, 0.0)),
    "corr_noise_scale": (0.0, math.inf),
    "iid_noise_scale": (0.0, math.inf),
    "shear_scale": (0.0, math.inf),
}


@dataclass(frozen=True)
class Recipe:
    """Everything that determines an MNIST-1D data set; the defaults make the published one.

    Lengths are counted in points of the *canvas*, the intermediate signal of
    ``template_len + padding[1]`` points (72) on which a digit is placed before it is
    subsampled. Heights are in units of the raw signal, whose templates have a standard
    deviation of 1/6; the finished set is standardised.

    Parameters
    ----------
    num_samples
        Size of training and test set together, at least 1. As in the original, every class
        gets ``num_samples // n_classes`` samples and the remainder is dropped.
    train_split
        Fraction of the samples that train, in [0, 1]; the others test. As in the original, one
        permutation of all samples decides which: the set is balanced, its splits are not.
    template_len
        Points that a template contributes to the canvas, at least 2. A template of another
        length is stretched, it need not have this one.
    padding
        ``(low, high)``, ``0 <= low <= high``: how many zeros, uniform over low..high, are
        appended to the template before both are stretched to the canvas.
    scale_coeff
        Width of the range of the height factor, ``1 + scale_coeff * U(-1/2, 1/2)``; in [0, 2),
        which keeps the factor positive.
    max_translation
        Number of circular shifts, at least 1: the shift is uniform over
        0 .. max_translation - 1 points of the canvas, at most 2**32 of them. (As in the original,
        a shift of the whole canvas or more leaves the signal in place.)
    corr_noise_scale
        Height of the noise that replaces the padding, at least 0: standard deviation *before*
        smoothing with a Gaussian of 2 points, which leaves 0.38 of it.
    iid_noise_scale
        Standard deviation of the white noise added everywhere, at least 0.
    shear_scale
        Width of the range of the slope over the canvas, at least 0: ``U(-1/2, 1/2)`` times this.
    shuffle_seq
        Whether one random permutation reorders the positions of all samples.
    final_seq_length
        Points of a finished sample, at least 2.
    seed
        Seed of the stream, 0 .. 2**32 - 1.
    n_train, n_val, n_test
        Exact sizes, at least 0, as an alternative to ``num_samples`` and ``train_split`` (which
        then keep their defaults). ``n_train`` must be given; the other two default to 0. Each
        split is stratified: its counts of classes differ by one at most.
        ``n_val`` without ``n_train`` holds out the last of the samples that train:
        ``Recipe(n_val=500)`` is the published set as 3500, 500 and the 1000 for testing.

    Raises
    ------
    TypeError, ValueError
        If a value has the wrong type or lies outside its range; the message names all three.

    Notes
    -----
    Table 2 of Greydanus and Kobak (2024), "Scaling Down Deep Learning with MNIST-1D",
    arXiv:2011.14439, lists the defaults; ``scale_coeff`` is in the code only.

    Examples
    --------
    >>> Recipe().sizes
    (4000, 0, 1000)
    >>> Recipe(n_train=190, n_test=1000).sizes
    (190, 0, 1000)
    >>> Recipe(n_val=500).sizes
    (3500, 500, 1000)
    >>> Recipe(scale_coeff=4)
    Traceback (most recent call last):
        ...
    ValueError: scale_coeff must lie in [0, 2), so that the height factor stays positive, got 4.0
    """

    num_samples: int = 5000
    train_split: float = 0.8
    template_len: int = 12
    padding: tuple[int, int] = (36, 60)
    scale_coeff: float = 0.4
    max_translation: int = 48
    corr_noise_scale: float = 0.25
    iid_noise_scale: float = 0.02
    shear_scale: float = 0.75
    shuffle_seq: bool = False
    final_seq_length: int = 40
    seed: int = 42
    n_train: int | None = None
    n_val: int | None = None
    n_test: int | None = None

    def __new__(cls, *args: Any, **knobs: Any) -> Recipe:
        _check_names(knobs)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for name, (low, high) in WHOLE.items():
            value = getattr(self, name)
            if value is not None or not name.startswith("n_"):
                object.__setattr__(self, name, whole(name, value, low, high))
        for name, bounds in REAL.items():
            object.__setattr__(self, name, real(name, getattr(self, name), *bounds))
        object.__setattr__(self, "padding", checked_padding(self.padding))
        object.__setattr__(self, "shuffle_seq", flag("shuffle_seq", self.shuffle_seq))
        self._check_sizes()

    def _check_sizes(self) -> None:
        if self.n_train is None:
            if self.n_test is not None:
                raise ValueError("n_test needs n_train, got n_train=None")
            _check_held_out(self.n_val or 0, int(self.num_samples * self.train_split))
            return
        for name in ("num_samples", "train_split"):
            if (value := getattr(self, name)) != getattr(Recipe, name):
                raise ValueError(
                    f"give either n_train, n_val and n_test or num_samples and train_split, "
                    f"not both, got n_train={self.n_train} and {name}={value}"
                )
        if sum(self.sizes) == 0:
            raise ValueError("n_train + n_val + n_test must be at least 1, got 0")

    @property
    def sizes(self) -> tuple[int, int, int]:
        """``(n_train, n_val, n_test)`` with the ten published templates."""
        return self.sizes_for(10)

    def sizes_for(self, n_classes: int) -> tuple[int, int, int]:
        """``(n_train, n_val, n_test)`` with templates of `n_classes` classes.

        >>> Recipe(num_samples=101, train_split=0.5).sizes_for(4)
        (50, 0, 50)

        Raises
        ------
        ValueError
            If that leaves fewer samples to train than ``n_val`` holds out.
        """
        if self.n_train is not None:
            return self.n_train, self.n_val or 0, self.n_test or 0
        total, n_val = self.num_samples // n_classes * n_classes, self.n_val or 0
        n_train = int(total * self.train_split)
        _check_held_out(n_val, n_train)
        return n_train - n_val, n_val, total - n_train

    @property
    def canvas(self) -> int:
        """Points of the signal before it is subsampled: ``template_len + padding[1]``."""
        return self.template_len + self.padding[1]

    @property
    def law(self) -> Recipe:
        """The recipe with sizes and seed at their defaults: equal means the same distribution."""
        return replace(
            self,
            num_samples=Recipe.num_samples,
            train_split=Recipe.train_split,
            seed=Recipe.seed,
            n_train=None,
            n_val=None,
            n_test=None,
        )

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Recipe:
        """The recipe with these knobs, the others at their defaults.

        Raises
        ------
        TypeError
            If `mapping` is none.
        ValueError
            If it holds a name that is no knob (the message says which was probably meant) or a
            value outside its range.

        >>> Recipe.from_mapping({"num_test_samples": 500})
        Traceback (most recent call last):
            ...
        ValueError: unknown knob 'num_test_samples'; did you mean n_test?
        """
        if not isinstance(mapping, Mapping):
            raise TypeError(f"mapping must be a mapping of knobs, got {type(mapping).__name__}")
        return cls(**mapping)

    @classmethod
    def from_args(cls, args: object) -> Recipe:
        """The recipe in the attributes of an argument object, as upstream's notebooks pass it.

        Only what the original reads is read, so sizes are ``num_samples`` and ``train_split``;
        a missing knob takes its default, and a name that is a known mistake a warning. An object
        without any knob, such as a dict, is a TypeError; a `Recipe` is itself.

        >>> from types import SimpleNamespace
        >>> Recipe.from_args(SimpleNamespace(seed=7, url="somewhere", n_train=1)) == Recipe(seed=7)
        True
        """
        return args if isinstance(args, cls) else cls(**knobs_of(args, stacklevel=2))


def checked_recipe(recipe: object) -> Recipe:
    """`recipe` itself; TypeError if it is none."""
    if not isinstance(recipe, Recipe):
        raise TypeError(f"recipe must be a Recipe, got {shown(recipe)}")
    return recipe


def recipe_or_published(recipe: object) -> Recipe:
    """`recipe` itself, or the published one for None; TypeError if it is neither."""
    return Recipe() if recipe is None else checked_recipe(recipe)


# What notebooks and `help` show of a call: `__new__` is there for names that are no knobs.
_made = inspect.signature(Recipe.__init__)
_shown = _made.replace(parameters=list(_made.parameters.values())[1:])
Recipe.__signature__ = _shown  # type: ignore[attr-defined]

KNOBS = tuple(field.name for field in fields(Recipe))


def _check_held_out(n_val: int, n_train: int) -> None:
    if n_val > n_train:
        raise ValueError(f"n_val must be at most {n_train}, the samples that train, got {n_val}")


def _check_names(names: Iterable[str]) -> None:
    for name in names:
        if name not in KNOBS:
            raise ValueError(f"unknown knob {shown(name)}" + _hint(name))


def _hint(name: str) -> str:
    close = MISTAKES.get(name) or ", ".join(difflib.get_close_matches(name, KNOBS, n=1))
    return f"; did you mean {close}?" if close else f"; the knobs are {', '.join(KNOBS)}"
