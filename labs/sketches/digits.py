"""Scenes of digits: every class is a module, and a digit's attributes are its waveform.

The oracle pass: what a perfect network would say. The same functions take what a trained network
says, since that is arrays of labels and waveforms too.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from labs.sketches.objects import Object, Scene
from labs.sketches.space import Space
from mnist1d.templates import get_templates

CLASSES, POINTS = 10, 12
MODULES = tuple(f"digit {digit}" for digit in range(CLASSES))
NOISE = 0.05  # standard deviation of a waveform's numbers around its template's


class Digits(NamedTuple):
    """Digits in an array of scenes: labels (...) int, waveforms (..., 12) of norm 1."""

    labels: np.ndarray
    waveforms: np.ndarray


def unit(waveforms: np.ndarray) -> np.ndarray:
    """Waveforms (..., 12), each divided by its norm.

    >>> unit(np.array([[3.0, 4.0], [0.0, 2.0]])).tolist()
    [[0.6, 0.8], [0.0, 1.0]]
    """
    return waveforms / np.linalg.norm(waveforms, axis=-1, keepdims=True)


@lru_cache(maxsize=1)
def templates() -> np.ndarray:
    """The ten digits as they were drawn (10, 12), each of norm 1; read-only.

    >>> templates()[4].round(2).tolist()
    [0.0, -0.15, -0.29, -0.44, -0.59, -0.59, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    x = unit(get_templates()["x"])
    x.flags.writeable = False
    return x


def digits(labels: np.ndarray, rng: np.random.Generator, noise: float = NOISE) -> Digits:
    """Digits of given labels: their templates, normal noise on each number, norm 1 again.

    >>> drawn = digits(np.array([[4, 7]]), np.random.default_rng(0))
    >>> (drawn.waveforms @ templates()[[4, 7]].T).argmax(-1).tolist()  # each most like its own
    [[0, 1]]
    """
    drawn = templates()[labels]
    return Digits(labels, unit(drawn + noise * rng.standard_normal(drawn.shape)))


def digit_space(d: int, positions: int, seed: int) -> Space:
    """The space of scenes of digits: ten modules of twelve attributes.

    >>> modules = digit_space(64, positions=3, seed=0).modules
    >>> len(modules), modules["digit 7"]
    (10, 12)
    """
    return Space(d, dict.fromkeys(MODULES, POINTS), positions, seed=seed)


def scenes(seen: Digits) -> list[Scene]:
    """A flat scene for every row of digits: labels (n, k), waveforms (n, k, 12).

    >>> seen = digits(np.array([[4, 7], [0, 0]]), np.random.default_rng(0))
    >>> [[item.module for item in scene.objects] for scene in scenes(seen)]
    [['digit 4', 'digit 7'], ['digit 0', 'digit 0']]
    """
    return [
        Scene([Object(MODULES[c], x) for c, x in zip(*row, strict=True)])
        for row in zip(seen.labels.tolist(), seen.waveforms, strict=True)
    ]


def histograms(labels: np.ndarray) -> np.ndarray:
    """How often each class stands in every row of labels (n, k): (n, 10) int.

    >>> histograms(np.array([[4, 7, 4]])).tolist()
    [[0, 0, 0, 0, 2, 0, 0, 1, 0, 0]]
    """
    return (labels[..., None] == np.arange(CLASSES)).sum(axis=-2)
