"""Inner products of two sketches: without and with a shared module, and of nearly equal scenes."""

from collections.abc import Iterator

import numpy as np
from sklearn.metrics import roc_auc_score

from labs.sketches.experiments.draws import (
    ATTRIBUTES,
    flat,
    names,
    one_weight,
    rms,
    space_of,
    trials,
    units,
)
from labs.sketches.experiments.reading import tree
from labs.sketches.grid import Cell
from labs.sketches.objects import Scene
from labs.sketches.sketching import overall_sketch

EPS = 0.1  # how far every attribute vector is moved
FAN = 3  # of random trees


def disjoint(cell: Cell) -> dict[str, float]:
    """The cosine of sketches of two scenes that have no module in common."""
    return {"cosine_rms": rms([_cosine(*pair) for pair in _pairs(cell, shared=False)])}


def shared(cell: Cell) -> dict[str, float]:
    """The inner product of sketches of two scenes that share one module."""
    return {"product": float(np.mean([one @ two for one, two in _pairs(cell, shared=True)]))}


def detection(cell: Cell) -> dict[str, float]:
    """How well the cosine tells pairs that share one module from pairs that share none."""
    cosines = [[_cosine(*pair) for pair in _pairs(cell, shared=shared)] for shared in (True, False)]
    truth = np.repeat([1, 0], cell.trials)
    return {"auc": float(roc_auc_score(truth, np.concatenate(cosines)))}


def lipschitz(cell: Cell) -> dict[str, float]:
    """How far the sketch of a random tree moves when all its attribute vectors move by `EPS`, over
    `EPS`."""
    ratios = []
    for seed, rng in trials(cell):
        modules = names(sum(FAN**level for level in range(1, cell.depth + 1)))
        space = space_of(cell, modules, FAN, seed)
        x, away = units(rng, 2, len(modules), ATTRIBUTES)
        near, far = (
            overall_sketch(space, tree(x * (1 - EPS) + shift, FAN, cell.depth))
            for shift in (0, EPS * away)
        )
        ratios.append(float(np.linalg.norm(near - far)) / EPS)
    return {"ratio": float(np.mean(ratios)), "largest_ratio": max(ratios)}


Pair = tuple[np.ndarray, np.ndarray]


def _pairs(cell: Cell, *, shared: bool) -> Iterator[Pair]:
    for seed, rng in trials(cell):
        yield _pair(cell, seed, rng, shared=shared)


def _pair(cell: Cell, seed: int, rng: np.random.Generator, *, shared: bool) -> Pair:
    """Sketches of two scenes of k objects; a shared module stands first in one and, where the arm
    says "other", last in the other."""
    k = cell.objects
    modules = names(2 * k)
    space = space_of(cell, modules, k, seed)
    x, other = units(rng, 2, k, ATTRIBUTES)
    weights = one_weight(cell.weight, k) if k > 1 else [1.0]
    own = modules[k:]
    if shared:
        own = [modules[0], *own[1:]]
        other[0] = _at_cosine(rng, x[0], cell.cosine)
    second = flat(other, own, weights)
    if "other" in cell.arm:
        second = Scene(second.objects, second.weights, np.roll(range(k), 1).tolist())
    return overall_sketch(space, flat(x, modules[:k], weights)), overall_sketch(space, second)


def _at_cosine(rng: np.random.Generator, x: np.ndarray, cosine: float) -> np.ndarray:
    across = rng.normal(size=x.shape)
    across -= (across @ x) * x
    across /= np.linalg.norm(across)
    moved = cosine * x + np.sqrt(1 - cosine**2) * across
    unit: np.ndarray = moved / np.linalg.norm(moved)
    return unit


def _cosine(one: np.ndarray, two: np.ndarray) -> float:
    return float(one @ two / np.linalg.norm(one) / np.linalg.norm(two))
