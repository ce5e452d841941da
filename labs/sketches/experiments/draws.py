"""Random scenes, and spaces for them: what the experiments share."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from labs.kit.seeds import seed, stream
from labs.sketches.grid import NAME, Cell
from labs.sketches.objects import Object, Scene
from labs.sketches.space import Space

ATTRIBUTES = 12  # of every object: a waveform of MNIST-1D has twelve points


def rng(cell: Cell, purpose: str) -> np.random.Generator:
    """The stream of one purpose of a question in a replicate: all its arms and sizes share it."""
    return stream(NAME, f"{cell.question}  {purpose}", cell.replicate)


def trials(cell: Cell) -> Iterator[tuple[int, np.random.Generator]]:
    """For every trial the seed of a space of its own, and the stream of its scene."""
    scenes = rng(cell, "scenes")
    for trial in range(cell.trials):
        yield seed(NAME, f"{cell.question}  space {trial}", cell.replicate), scenes


def units(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Uniformly random vectors of norm 1 (*shape)."""
    x = rng.normal(size=shape)
    unit: np.ndarray = x / np.linalg.norm(x, axis=-1, keepdims=True)
    return unit


def names(count: int) -> list[str]:
    """Names of modules."""
    return [f"M{i}" for i in range(count)]


def space_of(cell: Cell, modules: Sequence[str], positions: int, seed: int) -> Space:
    """A space in which every module has twelve attributes."""
    return Space(cell.d, dict.fromkeys(modules, ATTRIBUTES), positions, seed=seed)


def flat(x: np.ndarray, modules: Sequence[str], weights: Sequence[float] | None = None) -> Scene:
    """A flat scene of objects of some modules with attributes x (k, n)."""
    return Scene([Object(m, row) for m, row in zip(modules, x, strict=True)], weights)


def one_weight(weight: float, objects: int) -> list[float]:
    """Weights of a scene whose first object has this weight and whose others are alike."""
    return [weight, *[(1 - weight) / (objects - 1)] * (objects - 1)]


def rms(values: Any) -> float:
    """Root of the mean square of all numbers of an array-like."""
    return float(np.sqrt(np.mean(np.square(values))))
