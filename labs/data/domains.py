"""Domains: the signals of the published law, changed on the input side.

A domain is a value: it says how signals differ, and draws none (`labs.data.signals` does). The
domains are ours; what they are for is told by Pfeiffer, Ruder, Vulic and Ponti 2023, "Modular Deep
Learning", arXiv:2302.11529.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter1d

from labs.data.mnist1d import LENGTH
from labs.kit import seeds
from labs.kit.checks import known
from labs.kit.settings import check, setting
from mnist1d.pipeline import interpolation
from mnist1d.recipe import Recipe

Array = np.ndarray[Any, Any]

CLEAN = Recipe()
# padding[0], padding[1] and max_translation: as published, and where `stretch` is 1
PUBLISHED, STRETCHED = (*CLEAN.padding, CLEAN.max_translation), (8, 20, 20)
KNOBS = ("shear_scale", "iid_noise_scale", "corr_noise_scale", "final_seq_length")

# What is done to raw signals (n, 40), in this order, by each field that is not at its default.
CHANGES: dict[str, Callable[[Array, Any], Array]] = {
    "smooth": lambda x, sigma: gaussian_filter1d(x, sigma, axis=1),
    "pieces": lambda x, pieces: x[:, _order(pieces)],
    "reverse": lambda x, _: x[:, ::-1],
    "diff": lambda x, _: 3 * np.gradient(x, axis=1),
    "negate": lambda x, _: -x,
    "square": lambda x, _: x * np.abs(x),
    "gain": lambda x, gain: x * float(gain),
    "ramp": lambda x, ramp: x + float(ramp) * np.linspace(-0.5, 0.5, LENGTH, dtype=x.dtype),
}


@dataclass(frozen=True)
class Domain:
    """How signals differ from the published ones; the defaults are the published law.

    First the pipeline runs with other knobs: `stretch`, and those of `Recipe` that bear its names;
    where it ends with fewer points than 40, these are interpolated. Then the signals are changed,
    in the order of the fields from `smooth` to `ramp`. All of this happens before they are
    standardised: heights are in units of the raw signal, whose deviation is 0.155.

    Raises:
        TypeError, ValueError: a field of another type, or against its law.

    >>> Domain(reverse=True, ramp=2)
    Domain(reverse=True, ramp=2)
    >>> Domain(gain=0)
    Traceback (most recent call last):
        ...
    ValueError: gain must be above 0, got 0
    """

    stretch: float = setting(0.0, "padding 36-60 and 48 shifts, at 1: 8-20 and 20", least=0, most=1)
    shear_scale: float = setting(CLEAN.shear_scale, "range of the random slope", least=0)
    iid_noise_scale: float = setting(CLEAN.iid_noise_scale, "white noise", least=0)
    corr_noise_scale: float = setting(CLEAN.corr_noise_scale, "noise beside the digit", least=0)
    final_seq_length: int = setting(LENGTH, "points that the pipeline ends with", least=2, most=40)
    smooth: float = setting(0.0, "deviation of a Gaussian filter, in samples", least=0)
    pieces: int = setting(1, "equal pieces, put into another order, always the same", least=1)
    reverse: bool = setting(False, "last sample first")
    diff: bool = setting(False, "3 times the slope per sample, in place of the sample")
    negate: bool = setting(False, "upside down")
    square: bool = setting(False, "squares, with the sign of the sample")
    gain: float = setting(1.0, "factor of all samples", above=0)
    ramp: float = setting(0.0, "rise from first to last sample of a line that is added")

    def __post_init__(self) -> None:
        check(self)
        if LENGTH % self.pieces:
            raise ValueError(f"pieces must be a divisor of {LENGTH}, got {self.pieces}")

    def __repr__(self) -> str:
        return f"Domain({', '.join(f'{name}={value!r}' for name, value in self._own().items())})"

    @property
    def law(self) -> Recipe:
        """The recipe of the pipeline that the signals come from.

        >>> Domain(stretch=0.5).law.padding
        (22, 40)
        """
        low, high, shifts = (
            round(a + self.stretch * (b - a)) for a, b in zip(PUBLISHED, STRETCHED, strict=True)
        )
        knobs = {name: getattr(self, name) for name in KNOBS}
        return Recipe(padding=(low, high), max_translation=shifts, **knobs)

    def transform(self, raw: Array) -> Array:
        """What the domain makes of raw signals (n, `final_seq_length`) of its law: (n, 40).

        Raises:
            ValueError: an array of another shape.

        >>> Domain(gain=0.5, ramp=2).transform(np.ones((1, 40)))[0, [0, -1]].tolist()
        [-0.5, 1.5]
        """
        points = self.final_seq_length
        if np.ndim(raw) != 2 or raw.shape[1] != points:
            raise ValueError(f"raw must be of shape (n, {points}), got {np.shape(raw)}")
        if points != LENGTH:
            raw = raw @ interpolation(points, LENGTH).astype(raw.dtype)
        own = self._own()
        for name, change in CHANGES.items():
            raw = change(raw, own[name]) if name in own else raw
        return raw

    def metadata(self) -> Array:
        """Numbers (6,) float32 that tell beforehand which domain it is; all 0 for the clean one.

        They are (reverse, ramp / 3, diff, stretch, log gain / log 0.3, square), and tell nothing of
        the other fields.

        >>> Domain(reverse=True, gain=0.3).metadata().tolist()
        [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
        """
        gain = math.log(self.gain) / math.log(0.3)
        numbers = (self.reverse, self.ramp / 3, self.diff, self.stretch, gain, self.square)
        return np.array(numbers, np.float32)

    def _own(self) -> dict[str, Any]:
        values = {item.name: (getattr(self, item.name), item.default) for item in fields(self)}
        return {name: value for name, (value, default) in values.items() if value != default}


DOMAINS: dict[str, Domain] = {
    "clean": Domain(),
    "reverse": Domain(reverse=True),
    "ramp": Domain(ramp=2),
    "diff": Domain(diff=True),
    "stretch": Domain(stretch=1),
    "negate": Domain(negate=True),
    "square": Domain(square=True),
    "gain": Domain(gain=0.3),
    "reverse+ramp": Domain(reverse=True, ramp=2),
    "shear3": Domain(shear_scale=3),
    "smooth": Domain(smooth=2),
    "iid.1": Domain(iid_noise_scale=0.1),
    "iid.25": Domain(iid_noise_scale=0.25),
    "len20": Domain(final_seq_length=20),
    "len14": Domain(final_seq_length=14),
    "blockperm": Domain(pieces=8),
    "corr1": Domain(corr_noise_scale=1),
    "shuffle": Domain(pieces=LENGTH),
}


def named(domain: Domain | str) -> Domain:
    """The domain of a name in `DOMAINS`, or the domain itself.

    Raises:
        ValueError: an unknown name; the message offers the nearest.

    >>> named("reverse"), named(Domain(ramp=2.5))
    (Domain(reverse=True), Domain(ramp=2.5))
    """
    return domain if isinstance(domain, Domain) else DOMAINS[known("domain", domain, DOMAINS)]


def _order(pieces: int) -> Array:
    """Places (40,) of the samples that take the places 0 to 39; the same for every replicate."""
    order = seeds.stream("domains", f"order of {pieces} pieces", 0).permutation(pieces)
    return np.arange(LENGTH).reshape(pieces, -1)[order].ravel()
